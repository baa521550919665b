import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { examine } from '../../lambdas/training/governor';
import { RECIPE_TAG } from '../../lib/training/contract';
import { MODEL } from '../registry/samples';
import { Crash, dataTrigger, driftTrigger, GovernorWorld, version } from './governor-world';

describe('the governor', () => {
  let world: GovernorWorld;
  beforeEach(() => {
    world = new GovernorWorld();
    world.newest = version('a');
  });

  it('starts one run for a trigger that is delivered three times', async () => {
    for (let times = 0; times < 3; times += 1) await world.deliver(dataTrigger('a'));
    expect(world.executions.size).toBe(1);
    expect(world.decisions()).toEqual(['start']);
    expect(await world.store.listPendingTriggers(MODEL)).toEqual([]);
  });

  it('hands the run to the pipeline with its reasons, its dataset version and its lease', async () => {
    await world.deliver(dataTrigger('a'));
    const [runId, { input }] = [...world.executions][0]!;
    expect(input).toEqual({
      runId,
      model: MODEL,
      trigger: 'data',
      reasons: ['dataset version a was accepted'],
      dataset: 'flights',
      datasetVersion: version('a'),
      leaseToken: 1,
      startedAt: '2013-03-01T00:00:00.000Z',
    });
    expect(await world.store.getRun(runId)).toMatchObject({
      status: 'RUNNING',
      tags: { [RECIPE_TAG]: 'r1' },
      answers: [dataTrigger('a').key],
    });
  });

  it('keeps what arrives during a run and answers all of it with one run afterwards', async () => {
    await world.deliver(dataTrigger('a'));
    for (const name of ['b', 'c']) {
      world.newest = version(name);
      await world.deliver(dataTrigger(name));
    }
    expect(world.decisions()).toEqual(['start', 'coalesce', 'coalesce']);
    await world.finish(world.running()[0]!);
    await examine(world.deps);
    expect(world.executions.size).toBe(2);
    const second = await world.store.getRun(world.running()[0]!);
    expect(second).toMatchObject({
      datasetVersion: version('c'),
      answers: [dataTrigger('b').key, dataTrigger('c').key],
    });
  });

  it('frees the lease of an execution that was aborted, records why, and goes on', async () => {
    await world.deliver(dataTrigger('a'));
    const [first] = world.running();
    world.newest = version('b');
    await world.deliver(dataTrigger('b'));
    world.abort(first!);
    await examine(world.deps);
    expect(await world.store.getRun(first!)).toMatchObject({
      status: 'FAILED',
      failure: "the pipeline's execution ended as ABORTED: stopped by a person",
    });
    expect(world.running()).toHaveLength(1);
    expect(world.published.map(({ type }) => type)).toContain('Training Run Completed');
  });

  it('does not take over from a run that outlives its lease', async () => {
    await world.deliver(dataTrigger('a'));
    world.clock.advance(100_000);
    world.newest = version('b');
    await world.deliver(dataTrigger('b'));
    expect(world.executions.size).toBe(1);
  });

  it('takes over when a governor died before it wrote its run', async () => {
    await world.store.acquireLease({
      model: MODEL,
      name: 'training',
      owner: 'data-dead',
      now: world.clock.now(),
      ttlSeconds: 300,
    });
    await world.deliver(dataTrigger('a'));
    expect(world.decisions()).toEqual(['coalesce']);
    world.clock.advance(301);
    await examine(world.deps);
    expect(world.running()).toHaveLength(1);
  });

  it('answers a trigger that it ignores with the reason', async () => {
    await world.deliver(dataTrigger('a'));
    await world.finish(world.running()[0]!);
    await world.deliver(driftTrigger('1'));
    expect(world.published.at(-1)!.detail).toMatchObject({
      decision: 'ignore',
      trigger: 'drift',
      reasons: [expect.stringContaining('cannot answer the drift')],
    });
    expect(await world.store.listPendingTriggers(MODEL)).toEqual([]);
  });
});

describe('a governor that was killed', () => {
  let world: GovernorWorld;
  beforeEach(() => {
    world = new GovernorWorld();
    world.newest = version('b');
  });

  /** Kills the governor at its n-th call of this name. */
  function killAt(name: string, nth = 1): void {
    let seen = 0;
    world.beforeCall = async (call) => {
      if (call === name) seen += 1;
      if (seen === nth && call === name) throw new Crash(name);
    };
  }

  it('between lease and run is resumed at once by the next delivery, under the same lease', async () => {
    killAt('createRun');
    await expect(world.deliver(dataTrigger('b'))).rejects.toThrow(Crash);
    world.beforeCall = async () => undefined;
    await world.deliver(dataTrigger('b'));
    expect(world.decisions()).toEqual(['start']);
    expect([...world.executions.values()].map(({ input }) => input.leaseToken)).toEqual([1]);
  });

  it('between run and execution is resumed by whoever comes next', async () => {
    killAt('start');
    await expect(world.deliver(dataTrigger('b'))).rejects.toThrow(Crash);
    world.beforeCall = async () => undefined;
    await world.deliver(driftTrigger('1'));
    expect(world.running()).toHaveLength(1);
    expect(world.decisions()).toEqual(['coalesce']);
  });

  it('after starting a run does not start it again when the run has failed meanwhile', async () => {
    await world.store.putPendingTrigger(MODEL, dataTrigger('a'));
    killAt('settleTrigger');
    await expect(world.deliver(dataTrigger('b'))).rejects.toThrow(Crash);
    world.beforeCall = async () => undefined;
    await examine(world.deps);
    await world.finish(world.running()[0]!, 'FAILED');
    await examine(world.deps);
    expect(world.executions.size).toBe(1);
    expect(await world.store.listPendingTriggers(MODEL)).toEqual([]);
  });

  it('before it could say so does not announce a run that has ended', async () => {
    killAt('publish');
    await expect(world.deliver(dataTrigger('b'))).rejects.toThrow(Crash);
    world.beforeCall = async () => undefined;
    await world.finish(world.running()[0]!, 'FAILED');
    expect(await examine(world.deps)).toEqual({ decision: 'idle' });
    expect(world.decisions()).toEqual([]);
    expect(world.executions.size).toBe(1);
  });

  it('leaves the outcome of a run that was recorded before its lease was given back', async () => {
    await world.deliver(dataTrigger('b'));
    const [runId] = world.running();
    await world.store.updateRun(runId!, { status: 'FINISHED', modelVersion: 1 });
    world.executions.get(runId!)!.status = 'SUCCEEDED';
    await examine(world.deps);
    expect(await world.store.getRun(runId!)).toMatchObject({ status: 'FINISHED', modelVersion: 1 });
    expect(await world.store.getLease(MODEL, 'training')).toBeUndefined();
  });
});

type Step =
  | { readonly do: 'data' | 'drift'; readonly name: string }
  | { readonly do: 'finish' | 'fail' | 'abort' | 'tick' }
  | { readonly do: 'wait'; readonly seconds: number };

describe('a governor that may be killed before any call', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'd');
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: names.map((name) => ({ do: 'data' as const, name })) },
    { weight: 2, arbitrary: names.map((name) => ({ do: 'drift' as const, name })) },
    {
      weight: 3,
      arbitrary: fc.constantFrom('finish', 'fail', 'abort', 'tick').map((what) => ({ do: what }) as Step),
    },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 1, max: 1000 }).map((seconds) => ({ do: 'wait' as const, seconds })),
    },
  );

  async function perform(world: GovernorWorld, what: Step): Promise<void> {
    const [running] = world.running();
    if (what.do === 'data') {
      world.newest = version(what.name);
      await world.insist(() => world.deliver(dataTrigger(what.name)));
    } else if (what.do === 'drift') await world.insist(() => world.deliver(driftTrigger(what.name)));
    else if (what.do === 'wait') world.clock.advance(what.seconds);
    else if (what.do !== 'tick' && running !== undefined) {
      if (what.do === 'abort') world.abort(running);
      else await world.finish(running, what.do === 'finish' ? 'FINISHED' : 'FAILED');
    }
    await world.insist(() => examine(world.deps));
  }

  async function drain(world: GovernorWorld): Promise<void> {
    world.crashes = () => false;
    world.clock.advance(1000);
    for (let rounds = 0; rounds < 50; rounds += 1) {
      await examine(world.deps);
      const [running] = world.running();
      if (running === undefined) return;
      await world.finish(running);
    }
    throw new Error('runs never come to an end');
  }

  it('never has two runs at once, and in the end every trigger is settled by a run or a reason', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 12 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0)),
        async (steps, dice) => {
          const world = new GovernorWorld();
          world.crashes = () => dice.next().value;
          for (const what of steps) await perform(world, what);
          await drain(world);
          expect(world.maxRunning).toBeLessThanOrEqual(1);
          expect(await world.store.listPendingTriggers(MODEL)).toEqual([]);
          for (const what of steps) {
            if (what.do !== 'data' && what.do !== 'drift') continue;
            const key = (what.do === 'data' ? dataTrigger(what.name) : driftTrigger(what.name)).key;
            const settled = (await world.store.getSettledTrigger(MODEL, key))!;
            expect(settled.reasons.length).toBeGreaterThan(0);
            if (settled.decision === 'start') expect(world.executions.has(settled.runId!)).toBe(true);
          }
          const runs = await world.store.listRuns(MODEL, 100);
          expect(runs.map(({ runId }) => runId).sort()).toEqual([...world.executions.keys()].sort());
          expect(runs.filter(({ status }) => status === 'RUNNING')).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('and its rivals start one run at a time, in any interleaving', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(names, { minLength: 2, maxLength: 4 }),
        async (scheduler, delivered) => {
          const world = new GovernorWorld();
          world.newest = version('d');
          world.beforeCall = (name) => scheduler.schedule(Promise.resolve(), name);
          await scheduler.waitFor(Promise.all(delivered.map((name) => world.deliver(dataTrigger(name)))));
          expect(world.maxRunning).toBe(1);
          expect(world.executions.size).toBe(1);
          const held = world.decisions().filter((decision) => decision === 'coalesce').length;
          expect((await world.store.listPendingTriggers(MODEL)).length).toBeLessThanOrEqual(held);
          world.beforeCall = async () => undefined;
          await drain(world);
          expect(await world.store.listPendingTriggers(MODEL)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
