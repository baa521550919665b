/**
 * How long a search for runs takes, cold and warm, on the in-process table:
 *
 *     node --expose-gc --import tsx bench/registry/search.ts [runs ...]      (default: 1000 10000 100000)
 *
 * Each run has 30 metrics, 30 params and 30 tags. Times are of the search service with the table's reads, without
 * HTTP. Cold is the first search of a process; warm searches follow a write, so that each has a change to read.
 */
import { createSearchService } from '../../lambdas/registry/search';
import type { SearchRunsRequest } from '../../lambdas/registry/search/search-service';
import { createTrackingStore } from '../../lambdas/registry/tracking';
import { processChangeLog } from '../../lambdas/registry/tracking/change-log';
import { createTable } from '../../local/tracking/table';
import { benchRuns } from './search-runs-data';

const REPEATS = 30;
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
  const sizes = process.argv.slice(2).map(Number);
  for (const size of sizes.length > 0 ? sizes : [1000, 10_000, 100_000]) await measure(size);
}

async function measure(size: number): Promise<void> {
  const { client } = createTable();
  const tracking = createTrackingStore({
    client,
    tableName: 'bench',
    defaultArtifactRoot: 's3://bucket/mlflow',
    changes: processChangeLog('bench'),
  });
  const experimentId = await tracking.createExperiment({ name: 'bench' });
  const began = performance.now();
  let last = '';
  for (const { startTime, name, params, tags, metrics } of benchRuns(size)) {
    const run = await tracking.createRun({ experimentId, startTime, runName: name, userId: 'bench' });
    await tracking.logBatch(run.runId, { params, tags, metrics });
    last = run.runId;
  }
  console.log(`\n${size} runs (written in ${((performance.now() - began) / 1000).toFixed(1)} s)`);
  const before = memory();
  const service = createSearchService({ tracking, models: {} as never, memoryBytes: 1_000_000_000 });
  const cold = await timed(() =>
    service.searchRuns({ experimentIds: [experimentId], filter: 'metrics.metric_3 > 2' }),
  );
  console.log(`cold ${cold.milliseconds.toFixed(0)} ms; the index takes ${memory() - before} MB`);
  for (const [name, query] of QUERIES) {
    const times: number[] = [];
    let found = 0;
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      await tracking.logBatch(last, {
        metrics: [{ key: 'metric_3', value: repeat, timestamp: repeat, step: 10_000 + repeat }],
      });
      const one = await timed(() => service.searchRuns({ experimentIds: [experimentId], ...query }));
      times.push(one.milliseconds);
      found = one.result.items.length;
    }
    times.sort((a, b) => a - b);
    const [p50, p95] = [0.5, 0.95].map((share) => times[Math.floor(share * (REPEATS - 1))]!.toFixed(1));
    console.log(`${name.padEnd(28)} p50 ${p50!.padStart(7)} ms   p95 ${p95!.padStart(7)} ms   ${found} runs`);
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ milliseconds: number; result: T }> {
  const began = performance.now();
  const result = await work();
  return { milliseconds: performance.now() - began, result };
}

/** Megabytes in use. */
function memory(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return Math.round((heapUsed + arrayBuffers) / 1_000_000);
}

void main();
