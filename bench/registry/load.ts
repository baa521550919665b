import { type Caller, together } from './http';
import type { Server } from './servers';

export interface Measured {
  readonly p50: number;
  readonly p95: number;
  /** Calls per second that succeeded. */
  readonly throughput: number;
  /** Calls that the server refused or left unanswered; their time is not counted. */
  readonly failed: number;
  /** Milliseconds that the server computed for each call that succeeded. */
  readonly processor: number;
}

interface Created {
  readonly run: { readonly info: { readonly run_id: string; readonly artifact_uri: string } };
}

type Work = (index: number) => Promise<unknown>;

/** Times raw HTTP calls with so many clients at once. */
export async function load(
  caller: Caller,
  clients: number,
  { seeded, processorTime }: Pick<Server, 'seeded' | 'processorTime'>,
  note: (name: string, measured: Measured) => void,
): Promise<void> {
  const measure = (at: number, count: number, work: Work) => measured(at, count, work, processorTime);
  const tag = `${process.pid}-${clients}-${Date.now()}`;
  const { experiment_id } = await caller.ok<{ experiment_id: string }>('POST', 'experiments/create', {
    name: `bench-load-${tag}`,
  });
  const newRun = () => caller.ok<Created>('POST', 'runs/create', { experiment_id, start_time: Date.now() });
  note('create_run', await measure(clients, 200, () => newRun()));

  for (const [size, count] of [
    [1, 400],
    [100, 100],
    [1000, 40],
  ] as const) {
    // Each client logs to a run of its own, as training jobs do.
    const runs: string[] = [];
    for (let client = 0; client < clients; client += 1) runs.push((await newRun()).run.info.run_id);
    const batch = (index: number) => ({
      run_id: runs[index % clients],
      metrics: Array.from({ length: size }, (_, n) => ({
        key: `metric-${n}`,
        value: n + index / 7,
        timestamp: 1_700_000_000_000 + index,
        step: index + 1,
      })),
    });
    note(
      `log_batch ${size}`,
      await measure(clients, count, (index) => caller.ok('POST', 'runs/log-batch', batch(index))),
    );
  }

  const name = `bench-${tag}`;
  await caller.ok('POST', 'registered-models/create', { name });
  const { run } = await newRun();
  const version = { name, source: `${run.info.artifact_uri}/model`, run_id: run.info.run_id };
  await caller.ok('POST', 'model-versions/create', version);
  await caller.ok('POST', 'registered-models/alias', { name, alias: 'champion', version: '1' });
  // Each client registers versions of a model of its own: those of one model are numbered one after the other.
  const own = (client: number) => `${name}-${client}`;
  for (let client = 0; client < clients; client += 1) {
    await caller.ok('POST', 'registered-models/create', { name: own(client) });
  }
  note(
    'register version',
    await measure(clients, 60, (index) =>
      caller.ok('POST', 'model-versions/create', { ...version, name: own(index % clients) }),
    ),
  );
  note(
    'load by alias',
    await measure(clients, 200, async () => {
      await caller.ok('GET', `registered-models/alias?name=${name}&alias=champion`);
      await caller.ok('GET', `model-versions/get-download-uri?name=${name}&version=1`);
    }),
  );

  if (clients === 1) {
    note('history of 100000 points', await measure(1, 3, () => readHistory(caller, seeded.history)));
  }

  const shapes = {
    'default order': {},
    'metric filter': { filter: 'metrics.accuracy > 0.9' },
    'order by metric': { order_by: ['metrics.accuracy DESC'] },
  };
  for (const [count, id] of Object.entries(seeded.experiments)) {
    for (const [shape, query] of Object.entries(shapes)) {
      const body = { experiment_ids: [id], max_results: 100, ...query };
      const repeat = Number(count) >= 100_000 ? 20 : 60;
      note(
        `search, ${shape}, ${count} runs`,
        await measure(clients, repeat, () => caller.ok('POST', 'runs/search', body)),
      );
    }
  }
}

/** Every page of the long history. */
async function readHistory(caller: Caller, run: string): Promise<void> {
  let token = '';
  let points = 0;
  do {
    const page = await caller.ok<{ metrics?: unknown[]; next_page_token?: string }>(
      'GET',
      `metrics/get-history?run_id=${run}&metric_key=loss&max_results=25000&page_token=${encodeURIComponent(token)}`,
    );
    points += page.metrics?.length ?? 0;
    token = page.next_page_token ?? '';
  } while (token !== '');
  if (points !== 100_000) throw new Error(`The history has ${points} points.`);
}

async function measured(
  clients: number,
  count: number,
  work: Work,
  processorTime: () => number,
): Promise<Measured> {
  await work(0);
  const samples: number[] = [];
  let failed = 0;
  const computed = processorTime();
  const started = performance.now();
  await together(clients, count, async (index) => {
    const from = performance.now();
    try {
      await work(index + 1);
      samples.push(performance.now() - from);
    } catch {
      failed += 1;
    }
  });
  const seconds = (performance.now() - started) / 1000;
  const processor = (processorTime() - computed) / samples.length;
  return { ...percentiles(samples), throughput: samples.length / seconds, failed, processor };
}

/** The 50th and the 95th percentile, by nearest rank. */
export function percentiles(samples: readonly number[]): { p50: number; p95: number } {
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return { p50: rank(0.5), p95: rank(0.95) };
}
