import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { assemblePlan, createVersion } from '../../lambdas/data-lake/create-version/create-version';
import { type Closing, closingFor } from '../../lambdas/data-lake/drop';
import { checksumOf } from './fakes';
import { DATASET, type Files, Killed, World } from './world';

vi.setConfig({ testTimeout: 120_000 });

const CREATED = 'Dataset Version Created';

/** A fault that is put into a world: each must make a property fail, or the property proves nothing. */
type Fault = (world: World) => void;
const none: Fault = () => {};

/** So little that three changed files are a large drop already. */
const LITTLE = { changes: 2, bytes: 2 ** 40 };
const AMPLE = { changes: 100, bytes: 2 ** 40 };
const limits = fc.constantFrom(LITTLE, AMPLE);

/** What happens to objects, in order; a content of undefined is a deletion. */
interface Change {
  readonly key: string;
  readonly content: string | undefined;
}
const csv = fc.nat(9).map((delay) => `carrier,delay\nUA,${delay}\n`);
const changes = fc.array(
  fc.record({
    key: fc.constantFrom('a.csv', 'b.csv', 'c.csv', 'é.csv', 'é.csv'.normalize('NFD')),
    content: fc.option(csv, { nil: undefined, freq: 4 }),
  }),
  { minLength: 1, maxLength: 10 },
);
const seed = fc.integer();

/** Numbers from 0 up to 1 that a seed determines (mulberry32). */
function* numbers(from: number): Generator<number, never> {
  for (let state = from | 0; ; ) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** The same items, some of them more than once, in any order. */
function mixed<T>(items: readonly T[], random: Iterator<number>): T[] {
  const draw = () => random.next().value as number;
  const all = items.flatMap((item) => Array.from({ length: 1 + Math.floor(draw() * 3) }, () => item));
  return all
    .map((item) => ({ item, at: draw() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

const stateOf = (all: readonly Change[]): Map<string, string> => {
  const state = new Map<string, string>();
  for (const { key, content } of all) {
    if (content === undefined) state.delete(key);
    else state.set(key, checksumOf(content));
  }
  return state;
};

const contentsOf = async (world: World): Promise<Map<string, string>> =>
  new Map((await world.contents()).map(({ key, checksum }) => [key, checksum]));

function apply(world: World, all: readonly Change[]): void {
  for (const { key, content } of all) {
    if (content === undefined) world.lake.remove(key);
    else world.lake.put(key, content);
  }
}

/** Events of these changes, repeated and in any order, and the closings that they bring. */
async function events(world: World, all: readonly Change[], random: Iterator<number>): Promise<Closing[]> {
  const closings: Closing[] = [];
  for (const { content } of mixed(all, random)) {
    const at = world.clock.now().toISOString();
    const drop = await world.drops.record({ dataset: DATASET, at, deleted: content === undefined });
    const { delaySeconds: _, ...closing } = closingFor(drop, 'data', 120);
    closings.push(closing);
  }
  return closings;
}

/** Delivers parts, repeated and in any order, and what is to be assembled as soon as somebody asks for it. */
async function drainMixed(world: World, random: Iterator<number>): Promise<void> {
  while (world.parts.length > 0) {
    for (const part of mixed(world.parts.splice(0), random)) {
      await world.resolve(part);
      for (const message of world.assemblies.splice(0)) await assemblePlan(world.deps, message);
    }
  }
}

/** Whatever the order of the events and however often they come: one version, of what the bucket holds. */
async function anyOrderComesToTheSame(fault: Fault): Promise<void> {
  await fc.assert(
    fc.asyncProperty(changes, seed, limits, async (all, start, limit) => {
      const random = numbers(start);
      const world = new World(limit);
      fault(world);
      apply(world, all);
      const closings = await events(world, all, random);
      for (const closing of mixed(closings, random)) await createVersion(world.deps, closing);
      await drainMixed(world, random);
      const expected = stateOf(all);
      expect(await contentsOf(world)).toEqual(expected);
      expect(world.catalog.moves).toHaveLength(expected.size === 0 ? 0 : 1);
    }),
    { numRuns: 60, seed: 1, endOnFailure: true },
  );
}

/** A closing that comes again after it was cut off anywhere: the same version, once, and never without its event. */
async function cutOffAnywhereComesToTheSame(fault: Fault): Promise<void> {
  for (const limit of [LITTLE, AMPLE]) {
    for (const when of ['before', 'after'] as const) {
      for (let step = 1, killed = true; killed; step += 1) {
        const world = new World(limit);
        fault(world);
        const files: Files = Object.fromEntries(
          ['a', 'b', 'c', 'd', 'e'].map((key, at) => [`${key}.csv`, `x\n${at}\n`]),
        );
        const closing = await world.land(files);
        killed = await runKilled(world, closing, world.killedAt(step, when));
        await createVersion(world.deps, closing);
        await world.drain();
        const at = `${when} call ${step}`;
        expect(await world.keys(), at).toEqual(['a.csv', 'b.csv', 'c.csv', 'd.csv', 'e.csv']);
        expect(world.catalog.moves, at).toHaveLength(1);
        expect(new Set(world.types()), at).toEqual(new Set([CREATED]));
        expect(await world.drop({}), at).toEqual([]);
      }
    }
  }
}

/** Runs a closing and all that follows from it until it is killed; says whether it was. */
async function runKilled(world: World, closing: Closing, deps: World['deps']): Promise<boolean> {
  const waiting = () => [...world.parts];
  try {
    await createVersion(deps, closing);
    await world.drain(deps);
    return false;
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    // What was being handled comes back: all parts and assemblies again, as a queue would bring them.
    for (const part of waiting()) await world.resolve(part);
    return true;
  }
}

/** Closings of the same state side by side, their calls interleaved in every way that the scheduler thinks of. */
async function sideBySideMakesOneVersion(fault: Fault): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), changes, limits, async (scheduler, all, limit) => {
      const world = new World(limit);
      fault(world);
      apply(world, all);
      const closing = await world.landed();
      const deps = world.watched((call) => scheduler.schedule(Promise.resolve()).then(call));
      const runs = [1, 2].map(() => createVersion(deps, closing));
      await scheduler.waitFor(Promise.all(runs));
      await world.drain();
      const expected = stateOf(all);
      expect(await contentsOf(world)).toEqual(expected);
      expect(world.catalog.moves).toHaveLength(expected.size === 0 ? 0 : 1);
    }),
    { numRuns: 60, seed: 2, endOnFailure: true },
  );
}

/** Whatever happens to objects between the list of a closing and its commit, and is closed there: it is current. */
async function changeBeforeTheCommitIsCurrent(fault: Fault): Promise<void> {
  for (const limit of [LITTLE, AMPLE]) {
    const back: Files = { 'a.csv': 'x\n1\n' };
    for (const late of [back, { ...back, 'b.csv': undefined, 'c.csv': undefined }]) {
      for (let step = 1, met = true; met; step += 1) {
        const world = new World(limit);
        fault(world);
        await world.drop({ 'a.csv': 'x\n1\n' });
        const closing = await world.land({ 'a.csv': 'x\n2\n', 'b.csv': 'x\n3\n', 'c.csv': 'x\n4\n' });
        let calls = 0;
        const deps = world.watched(async (call) => {
          calls += 1;
          if (calls === step) await createVersion(world.deps, await world.land(late));
          return call();
        });
        await createVersion(deps, closing);
        await world.drain(deps);
        met = calls >= step;
        if (!met) break;
        const keys = 'b.csv' in late ? ['a.csv'] : ['a.csv', 'b.csv', 'c.csv'];
        const at = `call ${step} of ${limit.changes}`;
        expect(await world.keys(), at).toEqual(keys);
        expect((await contentsOf(world)).get('a.csv'), at).toBe(checksumOf('x\n1\n'));
      }
    }
  }
}

class Throttled extends Error {}

/** S3 and DynamoDB refuse calls now and then; the queues bring the messages again. */
async function throttledComesToTheSame(fault: Fault): Promise<void> {
  await fc.assert(
    fc.asyncProperty(changes, seed, limits, async (all, start, limit) => {
      const random = numbers(start);
      const world = new World(limit);
      fault(world);
      const deps = world.watched(async (call) => {
        const luck = random.next().value as number;
        if (luck < 0.02) throw new Throttled();
        const result = await call();
        if (luck < 0.04) throw new Throttled(); // done, but the answer got lost
        return result;
      });
      const again = async (run: () => Promise<unknown>): Promise<void> => {
        for (;;) {
          try {
            await run();
            return;
          } catch (error) {
            if (!(error instanceof Throttled)) throw error;
          }
        }
      };
      apply(world, all);
      const closing = await world.landed();
      await again(() => createVersion(deps, closing));
      while (world.parts.length > 0) {
        const part = world.parts.shift()!;
        await again(() => world.resolve(part, deps));
      }
      await world.drain();
      const expected = stateOf(all);
      expect(await contentsOf(world)).toEqual(expected);
      expect(world.catalog.moves).toHaveLength(expected.size === 0 ? 0 : 1);
      expect(new Set(world.types())).toEqual(new Set(expected.size === 0 ? [] : [CREATED]));
    }),
    { numRuns: 60, seed: 3, endOnFailure: true },
  );
}

describe('a drop comes to one version of what the bucket holds', () => {
  test('whatever the order of its events, and however often each comes', () => anyOrderComesToTheSame(none));
  test('when the function is killed at any call and the message comes again', () =>
    cutOffAnywhereComesToTheSame(none));
  test('when two functions close it at once', () => sideBySideMakesOneVersion(none));
  test('when objects change, and that is closed, between its list and its commit', () =>
    changeBeforeTheCommitIsCurrent(none));
  test('when S3 and DynamoDB refuse calls or lose answers', () => throttledComesToTheSame(none));
});

describe('these properties fail when there is a fault', () => {
  const unconditional: Fault = ({ catalog }) => {
    const accept = catalog.accept.bind(catalog);
    catalog.accept = (version, _, ...rest) => accept(version, catalog.pointer, ...rest);
  };
  const blindToClosings: Fault = ({ drops }) => {
    // As if nobody noted how far drops are closed.
    drops.closed.set = () => drops.closed;
  };
  const oldestFirst: Fault = ({ lake }) => {
    const list = lake.list.bind(lake);
    lake.list = async function* (dataset, range) {
      const all = [];
      for await (const version of list(dataset, range)) all.push(version);
      for (const key of new Set(all.map((version) => version.key))) {
        yield* all.filter((version) => version.key === key).reverse();
      }
    };
  };
  const blindToDeletions: Fault = ({ lake }) => {
    const list = lake.list.bind(lake);
    lake.list = async function* (dataset, range) {
      for await (const version of list(dataset, range)) if (!version.deleted) yield version;
    };
  };
  const countsMessages: Fault = ({ deps }) => {
    let done = 0;
    deps.work.markDone = async () => {
      done += 1;
      return done;
    };
  };
  const takenForAnnounced: Fault = ({ catalog }) => {
    const accept = catalog.accept.bind(catalog);
    catalog.accept = async (version, ...rest) => {
      await accept(version, ...rest);
      await catalog.markAnnounced(DATASET, version.id, new Date(0));
    };
  };

  test.each<[string, (fault: Fault) => Promise<void>, Fault]>([
    ['the pointer moves without a condition', sideBySideMakesOneVersion, unconditional],
    ['how far drops are closed is not noted', changeBeforeTheCommitIsCurrent, blindToClosings],
    ['the oldest version of a key is taken for the newest', anyOrderComesToTheSame, oldestFirst],
    ['deletions are overlooked', anyOrderComesToTheSame, blindToDeletions],
    ['parts that come twice are counted twice', anyOrderComesToTheSame, countsMessages],
    ['an event is noted as sent before it is', cutOffAnywhereComesToTheSame, takenForAnnounced],
    ['lost answers leave an event unsent', throttledComesToTheSame, takenForAnnounced],
  ])('%s', async (_, property, fault) => {
    await expect(property(fault)).rejects.toThrow();
  });
});
