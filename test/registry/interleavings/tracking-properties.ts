import fc from 'fast-check';
import { expect } from 'vitest';
import { createTrackingStore } from '../../../lambdas/registry/tracking/create-tracking-store';
import type { MetricPoint } from '../../../lambdas/registry/tracking/entities';
import { TrackingError } from '../../../lambdas/registry/tracking/errors';
import { historyOrder, latestOrder } from '../../../lambdas/registry/tracking/point-order';
import type { SearchableRun } from '../../../lambdas/registry/tracking/tracking-store';
import { FixedClock } from '../../../lambdas/shared/clock';
import { backoff, chance, insist, once, type Property, World } from './harness';

const RUN = 'run-1';
const clock = new FixedClock('2026-11-23T12:00:00.000Z');

const storeOf = (world: World) =>
  createTrackingStore({
    client: world.process(),
    tableName: 'registry',
    defaultArtifactRoot: 's3://artifacts',
    clock,
    backoff,
  });

async function begin(world: World, params: readonly (readonly [string, string])[] = []): Promise<void> {
  await world.calmly(async () => {
    const store = storeOf(world);
    await store.createRun({ experimentId: '0', startTime: 1, runId: RUN, runName: 'run' });
    if (params.length > 0) await store.logBatch(RUN, { params });
  });
}

/** Leaves a document almost no room, so that what follows lies beside it. */
const FILLING = Array.from({ length: 51 }, (_, at) => [`filling-${at}`, 'x'.repeat(5990)] as const);

export const paramsAreImmutable: Property = {
  claim: 'a param keeps the value that was acknowledged first, for every client, in and beside the document',
  check: (bug) =>
    fc.asyncProperty(
      chance,
      fc.array(fc.constantFrom('1', '2'), { minLength: 2, maxLength: 3 }),
      fc.nat({ max: 9 }),
      async (luck, values, filling) => {
        const world = new World(luck, bug);
        // In one of ten worlds the document becomes full while the clients write.
        await begin(world, filling === 0 ? FILLING : []);
        const acknowledged: string[] = [];
        await world.race(
          values.map((value, index) => async () => {
            const params = [
              ['depth', value],
              [`own-${index}`, value],
            ] as const;
            try {
              await insist(() => storeOf(world).logBatch(RUN, { params }));
            } catch (error) {
              if (!(error instanceof TrackingError)) throw error;
              return;
            }
            acknowledged.push(value);
            const read = await insist(() => storeOf(world).getRun(RUN));
            expect(read.params.get('depth')).toBe(value);
            expect(read.params.get(`own-${index}`)).toBe(value);
          }),
        );
        const { params } = await storeOf(world).getRun(RUN);
        expect(new Set(acknowledged).size).toBe(1);
        expect(params.get('depth')).toBe(acknowledged[0]);
      },
    ),
};

const points = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b'),
    step: fc.nat({ max: 2 }),
    timestamp: fc.nat({ max: 1 }),
    value: fc.constantFrom(0, 1, Number.NaN),
  }),
  { minLength: 1, maxLength: 3 },
);

export const latestIsRight: Property = {
  claim: 'the latest point is the greatest of the history, and a batch that is repeated counts once',
  check: (bug) =>
    fc.asyncProperty(chance, fc.array(points, { minLength: 2, maxLength: 3 }), async (luck, batches) => {
      const world = new World(luck, bug);
      await begin(world);
      await world.race(
        batches.map((metrics) => async () => {
          await insist(() => storeOf(world).logBatch(RUN, { metrics }));
          const read = await insist(() => storeOf(world).getRun(RUN));
          for (const point of metrics) {
            expect(latestOrder(read.metrics.get(point.key)!) >= latestOrder(point)).toBe(true);
          }
        }),
      );
      const store = storeOf(world);
      const { metrics } = await store.getRun(RUN);
      for (const key of new Set(batches.flat().map((point) => point.key))) {
        const ofKey = batches.flat().filter((point) => point.key === key);
        const history = (await store.getMetricHistory({ runId: RUN, key })).points;
        expect(history.map(historyOrder)).toEqual([...new Set(ofKey.map(historyOrder))].sort());
        expect(latestOrder(metrics.get(key)!)).toBe(greatest(ofKey));
      }
    }),
};

const greatest = (ofKey: readonly MetricPoint[]): string => ofKey.map(latestOrder).sort().at(-1)!;

export const noTagIsLost: Property = {
  claim: 'each tag has the value that its last acknowledged write gave it',
  check: (bug) =>
    fc.asyncProperty(
      chance,
      fc.integer({ min: 2, max: 3 }),
      fc.nat({ max: 9 }),
      async (luck, clients, filling) => {
        const world = new World(luck, bug);
        await begin(world, filling === 0 ? FILLING : []);
        await world.race(
          Array.from({ length: clients }, (_, index) => async () => {
            for (const value of ['first', 'second']) {
              await insist(() => storeOf(world).setTag(RUN, `own-${index}`, value));
              const read = await insist(() => storeOf(world).getRun(RUN));
              expect(read.tags.get(`own-${index}`)).toBe(value);
            }
            await insist(() => storeOf(world).setTag(RUN, `gone-${index}`, 'x'));
            // A deletion whose reply was lost finds the tag gone when it is repeated.
            await insist(() => storeOf(world).deleteTag(RUN, `gone-${index}`)).catch((error: Error) => {
              if (!(error instanceof TrackingError)) throw error;
            });
          }),
        );
        const { tags } = await storeOf(world).getRun(RUN);
        const own = Array.from({ length: clients }, (_, index) => `own-${index}`);
        expect([...tags.keys()].sort()).toEqual(['mlflow.runName', ...own]);
        expect(own.map((key) => tags.get(key))).toEqual(own.map(() => 'second'));
      },
    ),
};

export const searchSeesAll: Property = {
  claim: 'a reader that reads changed runs again sees every acknowledged write',
  check: (bug) =>
    fc.asyncProperty(chance, fc.integer({ min: 1, max: 2 }), async (luck, writers) => {
      const world = new World(luck, bug);
      await begin(world);
      const view = new Map<string, SearchableRun>();
      let mark: string | undefined;
      const refresh = async () => {
        const store = storeOf(world);
        const changes = await store.readRunChanges('0', mark);
        const read: SearchableRun[] = [];
        if (changes.runs === 'everything') for await (const page of store.scanRuns('0')) read.push(...page);
        else read.push(...(await store.readSearchableRuns('0', changes.runs)));
        for (const run of read) view.set(run.runId, run);
        mark = changes.mark;
      };
      const writing = Array.from({ length: writers }, (_, index) => async () => {
        const runId = `run-${index + 1}`;
        if (index > 0) {
          await insist(() => storeOf(world).createRun({ experimentId: '0', startTime: 1, runId }));
        }
        await insist(() =>
          storeOf(world).logBatch(runId, { metrics: [{ key: 'a', step: 1, timestamp: 1, value: 1 }] }),
        );
        await once(() => storeOf(world).setTag(runId, 'a', 'b'));
        await insist(() => storeOf(world).deleteRun(runId));
      });
      const reading = async () => {
        for (let looks = 0; looks < 2; looks += 1) await once(refresh);
      };
      await world.race([...writing, reading]);
      await refresh();
      const all: SearchableRun[] = [];
      for await (const page of storeOf(world).scanRuns('0')) all.push(...page);
      expect([...view.values()].sort(byId)).toEqual(all.sort(byId));
      expect(all).toHaveLength(writers);
    }),
};

const byId = (a: SearchableRun, b: SearchableRun) => (a.runId < b.runId ? -1 : 1);

export const trackingProperties = [paramsAreImmutable, latestIsRight, noTagIsLost, searchSeesAll];
