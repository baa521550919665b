import type { Done, Final, FinalModel, FinalRun, Point } from './history';
import type { RetryingClient } from './retrying-client';

/** What all clients share, and get into each other's way at. */
export interface Shared {
  readonly experimentId: string;
  readonly runs: readonly string[];
  readonly models: readonly string[];
}

export async function prepare(client: RetryingClient, name: string): Promise<Shared> {
  const experiment = async (suffix: string): Promise<string> =>
    (await expectOk(client.post('experiments/create', { name: `${name}-${suffix}` }))).experiment_id;
  const shared = await experiment('shared');
  const runs: string[] = [];
  for (let index = 0; index < 3; index += 1) {
    const { run } = await expectOk(client.post('runs/create', { experiment_id: shared, start_time: index }));
    runs.push(run.info.run_id);
  }
  const models = ['first', 'second', 'third'].map((each) => `${name}-${each}`);
  for (const model of models) await expectOk(client.post('registered-models/create', { name: model }));
  return { experimentId: await experiment('own'), runs, models };
}

// biome-ignore lint/suspicious/noExplicitAny: replies of many shapes
async function expectOk(reply: Promise<{ status: number; body: any }>): Promise<any> {
  const { status, body } = await reply;
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

/** One operation of one client, by turns of every kind. `random` is in [0, 1). */
export async function operate(
  client: RetryingClient,
  shared: Shared,
  who: number,
  index: number,
  random: () => number,
): Promise<Done[]> {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
  const token = `client-${who}-${index}`;
  const run = pick(shared.runs);
  const model = pick(shared.models);
  switch (index % 6) {
    case 0: {
      const body = { experiment_id: shared.experimentId, start_time: index };
      const reply = await expectOk(client.post('runs/create', body, token));
      return [{ kind: 'run', token, runId: reply.run.info.run_id }];
    }
    case 1: {
      const source = `${await artifactUri(client, run)}/model`;
      const body = { name: model, source, run_id: run };
      const reply = await expectOk(client.post('model-versions/create', body, token));
      return [{ kind: 'version', model, token, version: Number(reply.model_version.version) }];
    }
    case 2: {
      const points = Array.from({ length: 3 }, (): { key: string } & Point => ({
        key: pick(['loss', 'accuracy']),
        value: Math.floor(random() * 1000) / 8,
        timestamp: Math.floor(random() * 50),
        step: Math.floor(random() * 200),
      }));
      await expectOk(client.post('runs/log-batch', { run_id: run, metrics: points }));
      return points.map(({ key, ...point }) => ({ kind: 'metric', run, key, point }));
    }
    case 3: {
      const key = `param-${Math.floor(random() * 150)}`;
      const value = String(Math.floor(random() * 3));
      const { status } = await client.post('runs/log-parameter', { run_id: run, key, value });
      if (status !== 200 && status !== 400) throw new Error(`log-parameter: ${status}`);
      return [{ kind: 'param', run, key, value, accepted: status === 200 }];
    }
    case 4: {
      await expectOk(client.post('runs/set-tag', { run_id: run, key: token, value: String(index) }));
      const read = await readRun(client, run);
      return [{ kind: 'tag', run, key: token, value: String(index), seen: read.tags.get(token) }];
    }
    default: {
      const { registered_model } = await expectOk(client.get(`registered-models/get?name=${model}`));
      const newest = Math.max(
        0,
        ...(registered_model.latest_versions ?? []).map((each: { version: string }) => Number(each.version)),
      );
      if (newest === 0) return [];
      const version = 1 + Math.floor(random() * newest);
      await expectOk(
        client.post('registered-models/alias', { name: model, alias: 'champion', version: String(version) }),
      );
      return [{ kind: 'alias', model, version }];
    }
  }
}

async function artifactUri(client: RetryingClient, run: string): Promise<string> {
  return (await expectOk(client.get(`runs/get?run_id=${run}`))).run.info.artifact_uri;
}

async function readRun(client: RetryingClient, run: string): Promise<Omit<FinalRun, 'history'>> {
  const { data } = (await expectOk(client.get(`runs/get?run_id=${run}`))).run;
  const pairs = (list: { key: string; value: string }[] | undefined) =>
    new Map((list ?? []).map(({ key, value }) => [key, value]));
  const latest = new Map<string, Point>(
    (data.metrics ?? []).map(({ key, value, timestamp, step }: Point & { key: string }) => [
      key,
      { value, timestamp, step },
    ]),
  );
  return { params: pairs(data.params), tags: pairs(data.tags), latest };
}

/** What the server holds of all that the operations touched. */
export async function readFinal(client: RetryingClient, shared: Shared): Promise<Final> {
  const runs = new Map<string, FinalRun>();
  for (const run of shared.runs) {
    const read = await readRun(client, run);
    const history = new Map<string, Point[]>();
    for (const key of read.latest.keys()) {
      const { metrics } = await expectOk(client.get(`metrics/get-history?run_id=${run}&metric_key=${key}`));
      history.set(key, metrics);
    }
    runs.set(run, { ...read, history });
  }
  const models = new Map<string, FinalModel>();
  for (const model of shared.models) {
    const { registered_model } = await expectOk(client.get(`registered-models/get?name=${model}`));
    const filter = encodeURIComponent(`name = '${model}'`);
    const { model_versions = [] } = await expectOk(
      client.get(`model-versions/search?max_results=10000&filter=${filter}`),
    );
    models.set(model, {
      versions: model_versions.map(({ version }: { version: string }) => Number(version)),
      aliases: (registered_model.aliases ?? []).map((each: { alias: string; version: string }) => [
        each.alias,
        Number(each.version),
      ]),
    });
  }
  const { runs: own = [] } = await expectOk(
    client.post('runs/search', { experiment_ids: [shared.experimentId], max_results: 5000 }),
  );
  return { runs, models, runIds: own.map((each: { info: { run_id: string } }) => each.info.run_id) };
}
