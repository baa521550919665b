import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { World } from './world';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

describe('the API', () => {
  it('says that it lives, and a version without traces', async () => {
    expect((await world.send('GET', '/health')).body).toBe('OK');
    const { body } = await world.send('GET', '/version');
    const [major, minor] = body.split('.').map(Number);
    expect(major * 100 + minor).toBeLessThan(304);
  });

  it.each([
    ['GET', '/api/2.0/mlflow/nothing'],
    ['GET', '/api/2.0/preview/mlflow/runs/get'],
    ['PUT', '/api/2.0/mlflow/runs/get'],
    ['POST', '/v1/traces'],
    ['GET', '/../etc/passwd'],
  ])('says ENDPOINT_NOT_FOUND to %s %s', async (method, path) => {
    expect(await world.send(method, path)).toMatchObject({
      status: 404,
      body: { error_code: 'ENDPOINT_NOT_FOUND', message: `There is no endpoint ${method} ${path}.` },
    });
  });

  it('says only that it failed when something unforeseen happens, and logs the rest', async () => {
    const broken = new World();
    Object.assign(broken.service.tracking, {
      getRun: () => Promise.reject(new Error('secret detail of the table')),
    });
    const answer = await broken.get('runs/get', { run_id: 'r' });
    expect(answer).toMatchObject({ status: 500, body: { error_code: 'INTERNAL_ERROR' } });
    expect(JSON.stringify(answer.body)).not.toContain('secret detail');
    expect(JSON.stringify(broken.errors)).toContain('secret detail');
    broken.close();
  });

  it('answers the UI about parts that it does not have with nothing', async () => {
    expect((await world.send('POST', '/ajax-api/3.0/mlflow/traces/search', { body: {} })).body).toEqual({});
    expect((await world.send('GET', '/ajax-api/2.0/mlflow/traces')).body).toEqual({});
  });

  it('tells clients what artifacts can do here', async () => {
    expect((await world.send('GET', '/api/3.0/mlflow/server-info')).body).toMatchObject({
      workspaces_enabled: false,
      artifact_serving_enabled: true,
      presigned_upload_run_id_supported: false,
    });
  });
});

describe('GraphQL', () => {
  const ask = (query: string, variables: object = {}) =>
    world.send('POST', '/graphql', { body: { query, variables } });

  it('answers the run page: the run, its experiment and its model versions', async () => {
    const runId = await world.run({ run_name: 'brisk' });
    await world.post('registered-models/create', { name: 'm' });
    await world.post('model-versions/create', { name: 'm', source: `runs:/${runId}/model`, run_id: runId });
    const { body } = await ask(
      `query GetRun($data: MlflowGetRunInput!) {
        mlflowGetRun(input: $data) {
          apiError { code }
          run { info { runName startTime } experiment { name } modelVersions { name version } data { tags { key } } }
        }
      }`,
      { data: { runId } },
    );
    expect(body).toEqual({
      errors: null,
      data: {
        mlflowGetRun: {
          apiError: null,
          run: {
            info: { runName: 'brisk', startTime: '1000' },
            experiment: { name: 'Default' },
            modelVersions: [{ name: 'm', version: '1' }],
            data: { tags: [{ key: 'mlflow.runName' }] },
          },
        },
      },
    });
  });

  it('answers null and the reason for a run that does not exist', async () => {
    const { status, body } = await ask(
      '{ mlflowGetRun(input: {runId: "nobody"}) { run { info { runId } } } }',
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ data: { mlflowGetRun: null }, errors: [expect.stringContaining('nobody')] });
  });

  it('answers the experiment, a search and a sample of a history', async () => {
    const runId = await world.run();
    await world.post('runs/log-metric', { run_id: runId, key: 'm', value: 'NaN', timestamp: 1 });
    const { body } = await ask(`{
      mlflowGetExperiment(input: {experimentId: "0"}) { experiment { name } }
      mlflowSearchRuns(input: {experimentIds: ["0"], filter: "attributes.status = 'RUNNING'"}) { runs { info { runId } } }
      mlflowGetMetricHistoryBulkInterval(input: {runIds: ["${runId}"], metricKey: "m"}) { metrics { runId value step } }
    }`);
    expect(body).toEqual({
      errors: null,
      data: {
        mlflowGetExperiment: { experiment: { name: 'Default' } },
        mlflowSearchRuns: { runs: [{ info: { runId } }] },
        mlflowGetMetricHistoryBulkInterval: { metrics: [{ runId, value: null, step: '0' }] },
      },
    });
  });

  it('refuses what it does not know', async () => {
    expect((await ask('{ __schema { types { name } } }')).body.errors[0]).toContain('Cannot query field');
    expect((await ask('mutation { a }')).status).toBe(400);
    expect((await world.send('POST', '/graphql', { body: {} })).status).toBe(400);
  });

  it('pages searches by 100 runs, and asks for the versions of 16 at a time', async () => {
    for (let at = 0; at < 101; at += 1) await world.run({ start_time: at });
    const { versionsOfRun } = world.service.models;
    let atOnce = 0;
    let most = 0;
    vi.spyOn(world.service.models, 'versionsOfRun').mockImplementation(async (runId) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      const versions = await versionsOfRun(runId);
      atOnce -= 1;
      return versions;
    });
    const search = async (input: object) =>
      (
        await ask(
          'query S($data: MlflowSearchRunsInput!) { mlflowSearchRuns(input: $data) { runs { info { startTime } } nextPageToken } }',
          { data: { experimentIds: ['0'], ...input } },
        )
      ).body.data.mlflowSearchRuns;
    const first = await search({ maxResults: 1000 });
    expect(first.runs.map((run: { info: { startTime: string } }) => run.info.startTime)).toEqual(
      Array.from({ length: 100 }, (_, at) => String(100 - at)),
    );
    const second = await search({ maxResults: 1000, pageToken: first.nextPageToken });
    expect(second).toEqual({ runs: [{ info: { startTime: '0' } }], nextPageToken: null });
    expect((await search({})).runs).toHaveLength(100);
    expect((await search({ maxResults: 3 })).runs).toHaveLength(3);
    expect(most).toBe(16);
  });
});
