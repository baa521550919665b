import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Baseline } from '../../lambdas/monitoring/baseline';
import { championAt } from '../../lambdas/monitoring/champion-at';
import { confirmedDrift } from '../../lambdas/monitoring/confirmed-drift';
import { driftOf } from '../../lambdas/monitoring/drift';
import type { FeatureCounts, Profile } from '../../lambdas/monitoring/profile';
import { homogeneity } from '../../lambdas/monitoring/stats/homogeneity';
import { windowOf } from '../../lambdas/monitoring/windows';
import { aDeployment, anAlias, BASELINE, SETTINGS } from './samples';

const STEADY: FeatureCounts = { name: 'carrier', counts: [500, 300, 200], outside: 0, missing: 0 };
const DELAY: FeatureCounts = { name: 'delay', counts: [250, 250, 250, 245], outside: 0, missing: 5 };

function profile(features: FeatureCounts[], rows = 1000): Profile {
  return { records: rows, rows, undecodable: 0, features };
}

const judge = (changes: { delay?: Partial<FeatureCounts>; carrier?: Partial<FeatureCounts> }) =>
  driftOf(
    BASELINE,
    profile([
      { ...DELAY, ...changes.delay },
      { ...STEADY, ...changes.carrier },
    ]),
    SETTINGS.drift,
  );

describe('a window of traffic', () => {
  test('like the training data is ok', () => {
    const { verdict, features } = judge({});
    expect(verdict).toBe('ok');
    expect(features.map(({ drifted }) => drifted)).toEqual([false, false]);
    expect(features[0]).toMatchObject({ rows: 995, missingRate: 0.005, newValueRate: 0, tolerated: 0.005 });
  });

  test('with another distribution has drifted, in that feature alone', () => {
    const { verdict, features } = judge({ delay: { counts: [100, 200, 300, 395] } });
    expect(verdict).toBe('drift');
    expect(features).toMatchObject([
      { feature: 'delay', drifted: true, kind: 'distribution' },
      { feature: 'carrier', drifted: false },
    ]);
    expect(features[0]!.psi).toBeGreaterThan(0.2);
    expect(features[0]!.p).toBeLessThan(1e-6);
  });

  test('pays for each of the tests of a feature', () => {
    const counts = [215, 225, 260, 295];
    const { p } = homogeneity(counts, BASELINE.features[0]!.counts, 0.005);
    expect(p).toBeLessThan(0.5);
    expect(judge({ delay: { counts } }).features[0]!.p).toBeCloseTo(2 * p, 9);
  });

  test('is not judged by the few values that a feature mostly lacks', () => {
    const sparse = { ...BASELINE.features[0]!, counts: [100, 100, 100, 100], missing: 19_600 };
    const window = profile([{ ...DELAY, counts: [0, 0, 0, 30], missing: 970 }]);
    const { verdict, features } = driftOf({ ...BASELINE, features: [sparse] }, window, SETTINGS.drift);
    expect(verdict).toBe('ok');
    expect(features[0]!.kind).toBe('missing');
  });

  test('without its values has drifted, even though no value is left to compare', () => {
    const { features } = judge({ delay: { counts: [0, 0, 0, 0], missing: 1000 } });
    expect(features[0]).toMatchObject({ drifted: true, kind: 'missing', missingRate: 1, rows: 0, psi: 0 });
  });

  test('with values that the training data lacks has drifted', () => {
    const { features } = judge({ carrier: { counts: [400, 240, 160], outside: 200 } });
    expect(features[1]).toMatchObject({ drifted: true, kind: 'new-values', newValueRate: 0.2 });
    expect(judge({ delay: { counts: [200, 200, 200, 195], outside: 200 } }).features[0]).toMatchObject({
      drifted: true,
      kind: 'new-values',
    });
  });

  test('with a few missing or new values is ok', () => {
    expect(judge({ delay: { missing: 40 }, carrier: { outside: 30 } }).verdict).toBe('ok');
  });

  test('that moved as much as the training data did itself is ok, however many rows there are', () => {
    const moved = { ...BASELINE.features[1]!, movement: 0.02 };
    const baseline: Baseline = { ...BASELINE, features: [moved] };
    const window = profile([{ ...STEADY, counts: [53_000, 29_000, 18_000] }], 100_000);
    expect(driftOf(baseline, window, SETTINGS.drift).verdict).toBe('ok');
    const strict = { ...BASELINE, features: [{ ...moved, movement: 0 }] };
    expect(driftOf(strict, window, { ...SETTINGS.drift, minEffect: 0 }).verdict).toBe('drift');
  });

  test('may miss values as much more often as its training data allows', () => {
    const feature = { ...BASELINE.features[0]!, missing: 5000, movement: 0.06 };
    const window = profile([{ ...DELAY, missing: 480 }], 1475);
    expect(driftOf({ ...BASELINE, features: [feature] }, window, SETTINGS.drift).verdict).toBe('ok');
    const steady = { ...BASELINE, features: [{ ...feature, movement: 0 }] };
    expect(driftOf(steady, window, SETTINGS.drift).verdict).toBe('drift');
  });
});

describe('there is no verdict', () => {
  test('on too few rows, however odd they are', () => {
    const odd = profile([{ ...DELAY, counts: [0, 0, 0, 99], missing: 0 }], 99);
    expect(driftOf(BASELINE, odd, SETTINGS.drift)).toEqual({
      verdict: 'not-enough-data',
      reasons: ['99 rows were captured, a verdict needs 100'],
      features: [],
    });
  });

  test('on no rows at all', () => {
    expect(driftOf(BASELINE, profile([], 0), SETTINGS.drift).verdict).toBe('not-enough-data');
  });

  test('without a baseline', () => {
    expect(driftOf(undefined, profile([DELAY]), SETTINGS.drift)).toMatchObject({
      verdict: 'not-enough-data',
      reasons: ['the model version has no baseline to compare with'],
    });
  });

  test('when the rows could not be read', () => {
    const unread = profile([{ ...DELAY, counts: [0, 0, 0, 0], missing: 0 }]);
    expect(driftOf(BASELINE, unread, SETTINGS.drift)).toMatchObject({ verdict: 'not-enough-data' });
  });
});

test('p-values stay within what the store can hold', () => {
  const { features } = driftOf(
    BASELINE,
    profile([{ ...DELAY, counts: [0, 0, 0, 100_000] }], 100_000),
    SETTINGS.drift,
  );
  expect(features[0]!.p).toBe(1e-99);
});

test('any profile gets a verdict with finite numbers', () => {
  const counts = (name: string, bins: number) =>
    fc.record({
      name: fc.constant(name),
      counts: fc.array(fc.nat(2000), { minLength: bins, maxLength: bins }),
      outside: fc.nat(500),
      missing: fc.nat(500),
    });
  fc.assert(
    fc.property(counts('delay', 4), counts('carrier', 3), (delay, carrier) => {
      for (const feature of driftOf(BASELINE, profile([delay, carrier], 5000), SETTINGS.drift).features) {
        expect([feature.p, feature.psi, feature.effect, feature.missingRate].every(Number.isFinite)).toBe(
          true,
        );
        expect(feature.p).toBeGreaterThan(0);
        expect(feature.p).toBeLessThanOrEqual(1);
      }
    }),
  );
});

describe('drift is confirmed', () => {
  const policy = { windowsToAlarm: 2, windowsConsidered: 3 };
  const windows = (...drifted: string[][]) =>
    drifted.map((features) => ({ modelVersion: 1, drifted: features }));

  test('for a feature that drifted in two of the last three windows', () => {
    expect(confirmedDrift(windows(['a'], [], ['a']), policy)).toEqual(['a']);
    expect(confirmedDrift(windows([], ['a'], ['a']), policy)).toEqual(['a']);
  });

  test('not for different features, once, or long ago', () => {
    expect(confirmedDrift(windows(['a'], ['b'], ['c']), policy)).toEqual([]);
    expect(confirmedDrift(windows(['a']), policy)).toEqual([]);
    expect(confirmedDrift(windows(['a'], [], [], ['a']), policy)).toEqual([]);
    expect(confirmedDrift([], policy)).toEqual([]);
  });

  test('not by what an earlier model version saw', () => {
    const before = [
      { modelVersion: 1, drifted: ['a'] },
      { modelVersion: 1, drifted: ['a'] },
    ];
    expect(confirmedDrift([{ modelVersion: 2, drifted: ['a'] }, ...before], policy)).toEqual([]);
  });

  test('at once when one window is enough', () => {
    expect(confirmedDrift(windows(['a', 'b']), { windowsToAlarm: 1, windowsConsidered: 1 })).toEqual([
      'a',
      'b',
    ]);
  });
});

describe('the version that answered', () => {
  const alias = anAlias(3, '2026-11-23T10:30:00.000Z', 2);
  const time = (clock: string) => new Date(`2026-11-23T${clock}Z`);

  test('is the champion of that moment', () => {
    expect(championAt(alias, [], time('10:29:59'))).toBe(2);
    expect(championAt(alias, [], time('10:30:00'))).toBe(3);
    expect(championAt(anAlias(1, '2026-11-23T10:30:00.000Z'), [], time('10:00:00'))).toBe(1);
  });

  test('is that of the deployment that was live, however many there have been since', () => {
    const past = [
      aDeployment(3, '2026-11-23T10:30:01.000Z'),
      aDeployment(2, '2026-11-23T10:20:00.000Z'),
      aDeployment(4, '2026-11-23T10:10:00.000Z', 'rolled-back'),
      aDeployment(1, '2026-11-23T10:00:00.000Z'),
    ];
    expect(championAt(alias, past, time('10:30:00'))).toBe(3);
    expect(championAt(alias, past, time('10:25:00'))).toBe(2);
    expect(championAt(alias, past, time('10:20:00'))).toBe(2);
    expect(championAt(alias, [...past].reverse(), time('10:19:59'))).toBe(1);
    expect(championAt(alias, past.slice(0, 1), time('10:00:00'))).toBe(2);
  });
});

test('windows are aligned and meet without a gap', () => {
  expect(windowOf(new Date('2026-11-23T10:59:59.999Z'), 3600)).toEqual({
    start: '2026-11-23T10:00:00.000Z',
    end: '2026-11-23T11:00:00.000Z',
  });
  const moment = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(moment, fc.integer({ min: 1, max: 1440 }), (at, minutes) => {
      const { start, end } = windowOf(at, minutes * 60);
      expect(Date.parse(start) <= at.getTime() && at.getTime() < Date.parse(end)).toBe(true);
      expect(windowOf(new Date(end), minutes * 60).start).toBe(end);
    }),
  );
});
