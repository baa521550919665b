import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PendingTrigger, Run } from '../../lambdas/registry/entities';
import { type AdmissionPolicy, type AdmissionState, admit } from '../../lambdas/training/admission';
import { runIdOf } from '../../lambdas/training/trigger-key';
import { RECIPE_TAG } from '../../lib/training/contract';
import { aRun } from '../registry/samples';

const NOW = new Date('2013-03-01T12:00:00.000Z');
const [V1, V2] = ['a'.repeat(64), 'b'.repeat(64)];
const policy: AdmissionPolicy = { maxDataRunsPerDay: 2, cooldownSeconds: 600 };

const trigger = (kind: PendingTrigger['trigger'], key: string, overrides: Partial<PendingTrigger> = {}) => ({
  key: `${kind}:${key}`,
  trigger: kind,
  reasons: [`because of ${key}`],
  requestedAt: NOW.toISOString(),
  ...overrides,
});
const data = (version: string) => trigger('data', version, { datasetVersion: version });
const drift = trigger('drift', 'flights-drift:2013-03-01');

const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000).toISOString();
const earlier = (secondsAgo: number, overrides: Partial<Run> = {}) =>
  aRun({
    status: 'FINISHED',
    startedAt: ago(secondsAgo),
    tags: { [RECIPE_TAG]: 'r1' },
    datasetVersion: V1,
    ...overrides,
  });

const state = (overrides: Partial<AdmissionState> = {}): AdmissionState => ({
  now: NOW,
  pending: [data(V2)],
  newest: V2,
  runs: [],
  recipe: 'r1',
  ...overrides,
});

describe('the governor', () => {
  it('is idle when nothing waits', () => {
    expect(admit(state({ pending: [] }), policy)).toEqual({ decision: 'idle' });
  });

  it('starts a run for new data', () => {
    expect(admit(state(), policy)).toMatchObject({
      decision: 'start',
      runId: runIdOf(data(V2), V2),
      datasetVersion: V2,
      covers: [data(V2).key],
      reasons: [`because of ${V2}`],
    });
  });

  it('lets a trigger wait while a run goes on', () => {
    expect(admit(state({ current: { runId: 'data-aaaaaaaa-1' } }), policy)).toMatchObject({
      decision: 'coalesce',
      reasons: ['run data-aaaaaaaa-1 goes on: at most one run at a time, so this trigger waits for its end'],
    });
  });

  it('answers all data that has arrived with one run on the newest version', () => {
    const decision = admit(state({ pending: [data(V1), data(V2)] }), policy);
    expect(decision).toMatchObject({
      decision: 'start',
      datasetVersion: V2,
      covers: [data(V1).key, data(V2).key],
    });
  });

  it('defers data beyond the daily limit and says until when', () => {
    const runs = [earlier(3600), earlier(7200)];
    expect(admit(state({ runs }), policy)).toMatchObject({
      decision: 'defer',
      reasons: [
        '2 of at most 2 runs that data may start were started in the last 24 hours: waits until 2013-03-02T10:00:00.000Z, or for drift',
      ],
    });
  });

  it('defers data without a date where data may start no run at all, and holds nothing else back', () => {
    const none = { ...policy, maxDataRunsPerDay: 0 };
    for (const runs of [[], [earlier(3600)]]) {
      expect(admit(state({ runs }), none)).toMatchObject({
        decision: 'defer',
        reasons: ['data may start no run (maxDataRunsPerDay is 0): waits for drift, a schedule or a person'],
      });
      expect(admit(state({ runs, pending: [drift] }), none).decision).toBe('start');
    }
  });

  it('defers data within the cooldown and says until when', () => {
    expect(admit(state({ runs: [earlier(100)] }), policy)).toMatchObject({
      decision: 'defer',
      reasons: [
        'the last run that data started began 100 s ago and the cooldown is 600 s: waits until 2013-03-01T12:08:20.000Z, or for drift',
      ],
    });
  });

  it('starts data again when the day has passed', () => {
    const runs = [earlier(24 * 3600 + 1), earlier(24 * 3600 + 700)];
    expect(admit(state({ runs }), policy).decision).toBe('start');
  });

  it('does not count runs that something else started', () => {
    const runs = [earlier(10, { trigger: 'drift' }), earlier(20, { trigger: 'manual' })];
    expect(admit(state({ runs }), policy).decision).toBe('start');
  });

  it('lets drift train at once on the newest data, which the limits had held back', () => {
    const decision = admit(state({ pending: [data(V2), drift], runs: [earlier(100), earlier(200)] }), policy);
    expect(decision).toMatchObject({
      decision: 'start',
      datasetVersion: V2,
      covers: [data(V2).key, drift.key],
      reasons: [
        'because of flights-drift:2013-03-01',
        'a drift trigger is not held back by the limits on data runs',
        `also answers 1 waiting trigger: data (because of ${V2})`,
      ],
    });
  });

  it('does not answer drift by training again on the same data with the same code', () => {
    const judged = earlier(5000, { datasetVersion: V2, modelVersion: 3 });
    const decision = admit(state({ pending: [drift], runs: [judged] }), policy);
    expect(decision).toMatchObject({ decision: 'ignore', covers: [drift.key] });
    expect((decision as unknown as { reasons: string[] }).reasons[0]).toMatch(
      /^run data-aaaaaaaa-00000001 was trained on dataset version bbbbbbbb.*gave version 3: training again on the same data cannot answer the drift/,
    );
  });

  it('answers drift on the same data when the code has changed since', () => {
    const judged = earlier(5000, { datasetVersion: V2 });
    expect(admit(state({ pending: [drift], runs: [judged], recipe: 'r2' }), policy).decision).toBe('start');
  });

  it('answers drift on the same data when the run on it had failed', () => {
    const failed = earlier(5000, { datasetVersion: V2, status: 'FAILED' });
    expect(admit(state({ pending: [drift], runs: [failed] }), policy).decision).toBe('start');
  });

  it('does what a person asks for, also on an older version and also again', () => {
    const asked = trigger('manual', 'r1', { datasetVersion: V1 });
    const decision = admit(state({ pending: [data(V2), asked], runs: [earlier(10), earlier(20)] }), policy);
    expect(decision).toMatchObject({ decision: 'start', datasetVersion: V1, covers: [asked.key] });
  });

  it('ignores a schedule when nothing is new', () => {
    const judged = earlier(5000, { datasetVersion: V2, status: 'REJECTED' });
    const decision = admit(state({ pending: [trigger('schedule', 'noon')], runs: [judged] }), policy);
    expect(decision).toMatchObject({ decision: 'ignore' });
    expect((decision as unknown as { reasons: string[] }).reasons[0]).toMatch(
      /was rejected: nothing new to learn$/,
    );
  });

  it('says that there is no data yet', () => {
    expect(admit(state({ pending: [drift], newest: undefined }), policy)).toMatchObject({
      decision: 'ignore',
      reasons: ['no dataset version has been accepted yet, so there is nothing to train on'],
    });
  });
});

describe('whatever waits', () => {
  const anyTrigger = fc
    .record({
      kind: fc.constantFrom('data' as const, 'drift' as const, 'schedule' as const, 'manual' as const),
      version: fc.option(fc.constantFrom(V1, V2), { nil: undefined }),
      key: fc.integer({ min: 0, max: 4 }),
    })
    .map(({ kind, version, key }) => trigger(kind, `${key}`, { datasetVersion: version }));
  const anyState = fc.record({
    now: fc.constant(NOW),
    pending: fc.uniqueArray(anyTrigger, { minLength: 1, maxLength: 6, selector: ({ key }) => key }),
    current: fc.option(fc.constant({ runId: 'x' }), { nil: undefined }),
    newest: fc.option(fc.constantFrom(V1, V2), { nil: undefined }),
    runs: fc.array(
      fc
        .tuple(
          fc.integer({ min: 1, max: 100_000 }),
          fc.constantFrom(V1, V2),
          fc.constantFrom('FINISHED', 'FAILED', 'REJECTED'),
        )
        .map(([seconds, datasetVersion, status]) =>
          earlier(seconds, { datasetVersion, status: status as Run['status'] }),
        ),
      { maxLength: 4 },
    ),
    recipe: fc.constantFrom('r1', 'r2'),
  });

  it('every decision but idle has a reason, settles only what waits, and settles its own trigger', () => {
    fc.assert(
      fc.property(anyState, (situation) => {
        const decision = admit(situation, policy);
        if (decision.decision === 'idle') throw new Error('something waits');
        expect(decision.reasons.length).toBeGreaterThan(0);
        expect(situation.pending).toContainEqual(decision.lead);
        if (!('covers' in decision)) return;
        expect(decision.covers).toContain(decision.lead.key);
        const waiting = situation.pending.map(({ key }) => key);
        expect(decision.covers.every((key) => waiting.includes(key))).toBe(true);
      }),
    );
  });

  it('the order of arrival changes nothing', () => {
    fc.assert(
      fc.property(anyState, (situation) => {
        const reversed = { ...situation, pending: [...situation.pending].reverse() };
        const [one, other] = [admit(situation, policy), admit(reversed, policy)].map((decision) => ({
          ...decision,
          covers: undefined,
          reasons: undefined,
        }));
        expect(one).toEqual(other);
      }),
    );
  });

  it('nothing starts while a run goes on', () => {
    fc.assert(
      fc.property(anyState, (situation) => {
        const decision = admit({ ...situation, current: { runId: 'x' } }, policy).decision;
        expect(decision).toBe('coalesce');
      }),
    );
  });

  it('a person who asks for another version than the one trained on is never taken for answered', () => {
    fc.assert(
      fc.property(anyState, (situation) => {
        const decision = admit(situation, policy);
        if (decision.decision !== 'start') return;
        const answered = situation.pending.filter(({ key }) => decision.covers.includes(key));
        for (const other of answered.filter(({ trigger: kind }) => kind === 'manual')) {
          expect(other.datasetVersion ?? situation.newest).toBe(decision.datasetVersion);
        }
      }),
    );
  });
});
