/**
 * How long a search for runs takes, cold and warm, on the in-process table:
 *
 *     node --expose-gc --import tsx bench/registry/search.ts [--without-table] [runs ...]
 *
 * The default is 1000, 10000 and 100000 runs. Each run has 30 metrics, 30 params and 30 tags. Times are of the search
 * service without HTTP: by the clock, and of the processor, which other work on the machine disturbs less. Cold is the
 * first search of a process, with a filter; warm searches follow a write, so that each has a change to read.
 * `--without-table` leaves out the in-process table, whose 100,000 runs take a quarter of an hour to write.
 */
import {
  createSearchService,
  type SearchServiceProps,
} from '../../lambdas/registry/search/create-search-service';
import type { SearchRunsRequest } from '../../lambdas/registry/search/search-service';
import { processChangeLog } from '../../lambdas/registry/tracking/change-log';
import { createTrackingStore } from '../../lambdas/registry/tracking/create-tracking-store';
import type { SearchableRun } from '../../lambdas/registry/tracking/tracking-store';
import { createTable } from '../../local/tracking/table';
import { type BenchRun, benchRuns } from './search-runs-data';

const REPEATS = 30;
/** About as many runs of this shape as DynamoDB answers at once. */
const PAGE = 200;
const QUERIES: readonly (readonly [string, Omit<SearchRunsRequest, 'experimentIds'>])[] = [
  ['default order, 1000', {}],
  ['default order, 100', { maxResults: 100 }],
  ['metric filter, 1000', { filter: 'metrics.metric_3 > 2' }],
  [
    'rare metric filter, 100',
    { filter: 'metrics.metric_29 < 0.01 AND metrics.metric_3 > 2', maxResults: 100 },
  ],
  ['order by metric, 1000', { orderBy: ['metrics.metric_7 DESC'] }],
  ['order by metric, 100', { orderBy: ['metrics.metric_7 DESC'], maxResults: 100 }],
  ['order by tag, 100', { orderBy: ['tags.tag_2'], maxResults: 100 }],
  ['LIKE on a tag, 100', { filter: "tags.tag_9 LIKE 'fraud%'", maxResults: 100 }],
  ['LIKE on a unique tag, 100', { filter: "tags.tag_1 LIKE '%-999%'", maxResults: 100 }],
];

async function main(): Promise<void> {
  const sizes = process.argv.slice(2).map(Number).filter(Boolean);
  const world = process.argv.includes('--without-table') ? generatedWorld : tableWorld;
  for (const size of sizes.length > 0 ? sizes : [1000, 10_000, 100_000]) await measure(size, world);
}

interface World {
  readonly tracking: SearchServiceProps['tracking'];
  readonly experimentId: string;
  /** Changes one run. */
  change(value: number): Promise<void>;
}

async function tableWorld(size: number): Promise<World> {
  const { client } = createTable();
  const changes = processChangeLog('bench');
  const tracking = createTrackingStore({
    client,
    tableName: 'bench',
    defaultArtifactRoot: 's3://bucket',
    changes,
  });
  const experimentId = await tracking.createExperiment({ name: 'bench' });
  let last = '';
  for (const { startTime, name, params, tags, metrics } of benchRuns(size)) {
    const run = await tracking.createRun({ experimentId, startTime, runName: name, userId: 'bench' });
    await tracking.logBatch(run.runId, { params, tags, metrics });
    last = run.runId;
  }
  const change = (value: number): Promise<void> =>
    tracking.logBatch(last, {
      metrics: [{ key: 'metric_3', value, timestamp: value, step: 10_000 + value }],
    });
  return { tracking, experimentId, change };
}

/** Runs that are made while they are read: what remains is the work of the search itself. */
async function generatedWorld(size: number): Promise<World> {
  const lifecycle = { stage: 'active', at: 0 } as const;
  let marks = 0;
  let changed: SearchableRun | undefined;
  const tracking = {
    shards: 16,
    readExperimentLifecycle: async () => lifecycle,
    readRunChanges: async (_: string, since?: string) => ({
      runs: since === undefined ? ('everything' as const) : ['0'.repeat(32)],
      mark: String(marks++),
    }),
    readSearchableRuns: async () => (changed === undefined ? [] : [changed]),
    readShardInOrder: async () => [],
    async *scanRuns() {
      let page: SearchableRun[] = [];
      let at = 0;
      for (const run of benchRuns(size)) {
        page.push(searchable(run, at++));
        if (page.length < PAGE) continue;
        yield page;
        page = [];
      }
      yield page;
    },
    resolveRuns: async (runs: readonly SearchableRun[]) =>
      runs.map(({ lifecycle: _, datasets: __, ...run }) => ({
        ...run,
        lifecycleStage: 'active',
        datasetInputs: [],
      })),
  };
  const [first] = benchRuns(1);
  const change = async (value: number): Promise<void> => {
    const run = searchable(first!, 0);
    const metrics = new Map(run.metrics).set('metric_3', { value, timestamp: value, step: 10_000 + value });
    changed = { ...run, metrics };
  };
  return { tracking: tracking as unknown as World['tracking'], experimentId: '1', change };
}

function searchable(run: BenchRun, at: number): SearchableRun {
  const runId = at.toString(16).padStart(32, '0');
  return {
    runId,
    runName: run.name,
    experimentId: '1',
    userId: 'bench',
    status: 'FINISHED',
    startTime: run.startTime,
    artifactUri: `s3://bucket/1/${runId}/artifacts`,
    lifecycle: { stage: 'active', at: 1 },
    params: new Map(run.params),
    tags: new Map(run.tags),
    metrics: new Map(run.metrics.map(({ key, ...point }) => [key, point])),
    datasets: [],
    modelInputs: [],
    modelOutputs: [],
  };
}

async function measure(size: number, makeWorld: (size: number) => Promise<World>): Promise<void> {
  const made = await timed(() => makeWorld(size));
  const { tracking, experimentId, change } = made.result;
  console.log(`\n${size} runs (made in ${(made.milliseconds / 1000).toFixed(1)} s)`);
  const before = memory();
  const service = createSearchService({ tracking, models: {} as never, memoryBytes: 1_000_000_000 });
  const experimentIds = [experimentId];
  const cold = await timed(() => service.searchRuns({ experimentIds, filter: 'metrics.metric_3 > 2' }));
  console.log(
    `cold ${cold.milliseconds.toFixed(0)} ms (processor ${cold.processor.toFixed(0)} ms); ` +
      `the index takes ${memory() - before} MB`,
  );
  for (const [name, query] of QUERIES) {
    const clock: number[] = [];
    const processor: number[] = [];
    let found = 0;
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      await change(repeat);
      const one = await timed(() => service.searchRuns({ experimentIds, ...query }));
      clock.push(one.milliseconds);
      processor.push(one.processor);
      found = one.result.items.length;
    }
    console.log(`${name.padEnd(26)} clock ${shares(clock)}   processor ${shares(processor)}   ${found} runs`);
  }
}

function shares(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  return [0.5, 0.95]
    .map(
      (share) =>
        `p${share * 100} ${sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(1).padStart(6)} ms`,
    )
    .join('  ');
}

/** Milliseconds by the clock and of the processor, all threads together. */
async function timed<T>(
  work: () => Promise<T>,
): Promise<{ readonly milliseconds: number; readonly processor: number; readonly result: T }> {
  const began = performance.now();
  const used = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(used);
  return { milliseconds: performance.now() - began, processor: (user + system) / 1000, result };
}

/** Megabytes in use. */
function memory(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return Math.round((heapUsed + arrayBuffers) / 1_000_000);
}

void main();
