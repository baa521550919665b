import { type Caller, together } from './http';

export interface Seeded {
  /** Number of runs -> id of the experiment that holds them. */
  readonly experiments: Record<string, string>;
  /** The run with 100,000 points of one metric. */
  readonly history: string;
}

const BASE = 1_700_000_000_000;
const POINTS = 100_000;
const CLIENTS = 16;

const accuracy = (index: number): number => ((index * 7919) % 10_007) / 10_007;

interface Created {
  readonly run: { readonly info: { readonly run_id: string } };
}

/** Logs runs with the content of seed_mlflow.py through the API. */
export async function seed(caller: Caller, counts: readonly number[]): Promise<Seeded> {
  const experiments: Record<string, string> = {};
  for (const count of counts) {
    const { experiment_id: id } = await caller.ok<{ experiment_id: string }>('POST', 'experiments/create', {
      name: `seeded-${count}`,
    });
    experiments[count] = id;
    await together(CLIENTS, count, (index) => seedRun(caller, id, index));
  }
  const { experiment_id } = await caller.ok<{ experiment_id: string }>('POST', 'experiments/create', {
    name: 'history',
  });
  const { run } = await caller.ok<Created>('POST', 'runs/create', { experiment_id, start_time: BASE });
  await together(4, POINTS / 1000, async (batch) => {
    const metrics = Array.from({ length: 1000 }, (_, index) => {
      const step = batch * 1000 + index;
      return { key: 'loss', value: 1 / (step + 1), timestamp: BASE + step, step };
    });
    await caller.ok('POST', 'runs/log-batch', { run_id: run.info.run_id, metrics });
  });
  return { experiments, history: run.info.run_id };
}

async function seedRun(caller: Caller, experiment: string, index: number): Promise<void> {
  const { run } = await caller.ok<Created>('POST', 'runs/create', {
    experiment_id: experiment,
    run_name: `run-${index}`,
    user_id: 'bench',
    start_time: BASE + index,
    tags: [{ key: 'team', value: `team-${index % 5}` }],
  });
  const metric = (key: string, value: number) => ({ key, value, timestamp: BASE + index, step: 1 });
  await caller.ok('POST', 'runs/log-batch', {
    run_id: run.info.run_id,
    metrics: [
      metric('accuracy', accuracy(index)),
      metric('loss', 1 - accuracy(index)),
      metric('seconds', index),
    ],
    params: [
      { key: 'depth', value: String(index % 12) },
      { key: 'rate', value: `0.${index % 97}` },
      { key: 'seed', value: String(index) },
    ],
  });
}
