import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MetricPoint } from '../../../lambdas/registry/tracking/entities';
import {
  historyOrder,
  latestOrder,
  readHistory,
  readLatest,
} from '../../../lambdas/registry/tracking/point-order';
import type { TrackingStore } from '../../../lambdas/registry/tracking/tracking-store';
import { aWorld, START, type World } from './support';

let world: World;
let store: TrackingStore;
let runId: string;

beforeEach(async () => {
  world = aWorld();
  store = world.store;
  runId = (await store.createRun({ experimentId: '0', startTime: START })).runId;
});

const point = (step: number, value: number, timestamp = 1000 + step, key = 'loss'): MetricPoint => ({
  key,
  value,
  step,
  timestamp,
});
const log = (...metrics: MetricPoint[]) => store.logBatch(runId, { metrics });
const history = async (key = 'loss', id = runId) => (await store.getMetricHistory({ runId: id, key })).points;

describe('the latest point of a metric', () => {
  const latest = async () => (await store.getRun(runId)).metrics.get('loss');

  it('has the greatest step, then timestamp, then value', async () => {
    await log(point(3, 1));
    await log(point(2, 9, 999_999));
    expect(await latest()).toEqual({ step: 3, timestamp: 1003, value: 1 });
    await log(point(3, 0.5, 1004));
    expect(await latest()).toEqual({ step: 3, timestamp: 1004, value: 0.5 });
    await log(point(3, -0.5, 1004), point(3, 0.75, 1004));
    expect(await latest()).toEqual({ step: 3, timestamp: 1004, value: 0.75 });
  });

  it('may have a negative step, and NaN', async () => {
    await log(point(-10, 1), point(-9, Number.NaN));
    expect(await latest()).toEqual({ step: -9, timestamp: 991, value: Number.NaN });
  });

  it('keeps infinities as the largest numbers', async () => {
    await log(point(1, Number.POSITIVE_INFINITY));
    expect((await latest())!.value).toBe(1.7976931348623157e308);
    await log(point(2, Number.NEGATIVE_INFINITY));
    expect((await latest())!.value).toBe(-1.7976931348623157e308);
  });

  it('is right whatever the order and the grouping of calls', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(
            fc.record({
              key: fc.constantFrom('a', 'b'),
              step: fc.integer({ min: -3, max: 3 }),
              timestamp: fc.integer({ min: 0, max: 3 }),
              value: fc.constantFrom(-1, 0, 0.5, 1e300),
            }),
            { minLength: 1, maxLength: 30 },
          ),
          { minLength: 1, maxLength: 5 },
        ),
        async (batches) => {
          const { store } = aWorld();
          const run = await store.createRun({ experimentId: '0', startTime: START });
          for (const metrics of batches) await store.logBatch(run.runId, { metrics });
          const { metrics } = await store.getRun(run.runId);
          for (const [key, found] of metrics) {
            const expected = batches
              .flat()
              .filter((metric) => metric.key === key)
              .reduce((a, b) => (isLater(b, a) ? b : a));
            expect({ key, ...found }).toEqual(expected);
          }
          expect(metrics.size).toBe(new Set(batches.flat().map(({ key }) => key)).size);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is kept for a thousand keys of one call, and for ten thousand keys of a run', async () => {
    for (let batch = 0; batch < 10; batch += 1) {
      const keys = Array.from({ length: 1000 }, (_, at) => `metric-with-a-long-name/${batch}/${at}`);
      await log(...keys.map((key, at) => point(1, at, 1000, key)));
      await log(...keys.map((key, at) => point(2, at + 0.5, 1000, key)));
    }
    const { metrics } = await store.getRun(runId);
    expect(metrics.size).toBe(10_000);
    expect(metrics.get('metric-with-a-long-name/9/999')).toEqual({ step: 2, timestamp: 1000, value: 999.5 });
    await log(point(1, 7, 1000, 'metric-with-a-long-name/9/999'));
    expect((await store.getRun(runId)).metrics.get('metric-with-a-long-name/9/999')!.step).toBe(2);
  }, 60_000);
});

const isLater = (a: MetricPoint, b: MetricPoint) =>
  a.step !== b.step
    ? a.step > b.step
    : a.timestamp !== b.timestamp
      ? a.timestamp > b.timestamp
      : a.value > b.value;

describe('the history of a metric', () => {
  it('is empty for a run or a key that nobody knows', async () => {
    expect(await history('nothing')).toEqual([]);
    expect(await history('loss', 'nobody')).toEqual([]);
    expect(await history('loss', 'a#b')).toEqual([]);
  });

  it('goes by timestamp, step and value, and drops points that are there already', async () => {
    const points = [point(2, 1, 5), point(1, 1, 5), point(1, -1, 5), point(9, 0, 4), point(1, Number.NaN, 5)];
    await log(...points);
    await log(...[...points].reverse());
    expect((await history()).map(({ timestamp, step, value }) => [timestamp, step, value])).toEqual([
      [4, 9, 0],
      [5, 1, -1],
      [5, 1, Number.NaN],
      [5, 1, 1],
      [5, 2, 1],
    ]);
  });

  it('keeps keys apart, also when one begins as the other, is long, or has separators', async () => {
    const keys = [
      'a',
      'ab',
      'a#b',
      'a/b',
      '%',
      `${'k'.repeat(249)}1`,
      `${'𝒳'.repeat(249)}1`,
      `${'𝒳'.repeat(249)}2`,
    ];
    await log(...keys.map((key, at) => point(1, at, 1, key)));
    for (const [at, key] of keys.entries()) {
      expect(await history(key)).toEqual([{ key, value: at, step: 1, timestamp: 1 }]);
    }
  });

  it('is the same whether points came one by one, packed, or both, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(
            fc.record({
              step: fc.integer({ min: 0, max: 40 }),
              timestamp: fc.integer({ min: 0, max: 40 }),
              value: fc.constantFrom(0, 1, Number.NaN),
            }),
            { minLength: 1, maxLength: 60, size: 'max' },
          ),
          { minLength: 1, maxLength: 6 },
        ),
        fc.integer({ min: 1, max: 50 }),
        async (batches, maxResults) => {
          const { store } = aWorld();
          const run = await store.createRun({ experimentId: '0', startTime: START });
          for (const batch of batches) {
            await store.logBatch(run.runId, { metrics: batch.map((each) => ({ key: 'k', ...each })) });
          }
          const expected = [...new Set(batches.flat().map(historyOrder))].sort();
          const found: string[] = [];
          let pageToken: string | undefined;
          do {
            const page = await store.getMetricHistory({ runId: run.runId, key: 'k', maxResults, pageToken });
            expect(page.points.length).toBeLessThanOrEqual(maxResults);
            found.push(...page.points.map(historyOrder));
            pageToken = page.nextPageToken;
          } while (pageToken !== undefined);
          expect(found).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('of 100,000 points comes in four pages, and few items hold it', async () => {
    for (let from = 0; from < 100_000; from += 1000) {
      await log(...Array.from({ length: 1000 }, (_, at) => point(from + at, Math.sin(from + at))));
    }
    const sizes: number[] = [];
    let pageToken: string | undefined;
    let last = -1;
    do {
      const page = await store.getMetricHistory({ runId, key: 'loss', pageToken });
      sizes.push(page.points.length);
      for (const { step } of page.points) {
        if (step !== last + 1) throw new Error(`step ${step} follows ${last}`);
        last = step;
      }
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    expect(sizes).toEqual([25_000, 25_000, 25_000, 25_000]);
    expect(world.table.partition(`R#${runId}`, 'H#')).toHaveLength(100);
  });

  it('refuses a token that was made for another run or key, or by nobody', async () => {
    await log(point(1, 1), point(2, 2));
    const { nextPageToken } = await store.getMetricHistory({ runId, key: 'loss', maxResults: 1 });
    for (const query of [
      { runId, key: 'accuracy', pageToken: nextPageToken! },
      { runId: 'other', key: 'loss', pageToken: nextPageToken! },
      { runId, key: 'loss', pageToken: 'garbage' },
      { runId, key: 'loss', pageToken: Buffer.from('[1,2,3]').toString('base64url') },
    ]) {
      await expect(store.getMetricHistory(query)).rejects.toMatchObject({
        errorCode: 'INVALID_PARAMETER_VALUE',
      });
    }
  });
});

describe('histories of many runs', () => {
  it('come by run id, up to a number of points', async () => {
    const other = (await store.createRun({ experimentId: '0', startTime: START, runId: '0-first' })).runId;
    await log(point(1, 1), point(2, 2));
    await store.logBatch(other, { metrics: [point(5, 5), point(6, 6)] });
    const bulk = await store.getMetricHistoryBulk([runId, other, 'nobody'], 'loss', 3);
    expect(bulk.map((each) => [each.runId, each.step])).toEqual([
      [other, 5],
      [other, 6],
      [runId, 1],
    ]);
  });

  it('are sampled evenly, with the first and the last point of each', async () => {
    await log(...Array.from({ length: 1000 }, (_, step) => point(step, step)));
    const sample = await store.getMetricHistoryBulkInterval({ runIds: [runId], key: 'loss', maxResults: 10 });
    expect(sample.map(({ step }) => step)).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 999]);
    const range = { startStep: 100, endStep: 103 };
    const inside = await store.getMetricHistoryBulkInterval({ runIds: [runId], key: 'loss', ...range });
    expect(inside.map(({ step }) => step)).toEqual([100, 101, 102, 103]);
  });

  it('are bounded though all points have one step', async () => {
    await log(...Array.from({ length: 1000 }, (_, at) => point(0, at, at)));
    const sample = await store.getMetricHistoryBulkInterval({ runIds: [runId], key: 'loss' });
    expect(sample).toHaveLength(320);
  });
});

describe('points as text', () => {
  const integer = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
  const metric = fc.record({
    step: fc.oneof(integer, fc.integer({ min: -20, max: 20 })),
    timestamp: fc.oneof(integer, fc.integer({ min: -20, max: 20 })),
    value: fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => value + 0),
  });

  it('come back bit by bit', () => {
    fc.assert(
      fc.property(metric, (each) => {
        expect(readLatest(latestOrder(each))).toEqual(each);
        expect(readHistory(historyOrder(each))).toEqual(each);
      }),
      { numRuns: 2000 },
    );
  });

  it('sort as the numbers do', () => {
    fc.assert(
      fc.property(metric, metric, (a, b) => {
        const numbers =
          a.step - b.step ||
          a.timestamp - b.timestamp ||
          (a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
        const [left, right] = [latestOrder(a), latestOrder(b)];
        expect(left < right ? -1 : left > right ? 1 : 0).toBe(Math.sign(numbers));
      }),
      { numRuns: 5000 },
    );
  });
});
