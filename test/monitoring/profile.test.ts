import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Baseline, NumericBaseline } from '../../lambdas/monitoring/baseline';
import { parseBaseline } from '../../lambdas/monitoring/baseline';
import { placer } from '../../lambdas/monitoring/bins';
import { type CaptureProfile, mergeWindow } from '../../lambdas/monitoring/capture-profile';
import { addProfiles, EMPTY_PROFILE, type Profile } from '../../lambdas/monitoring/profile';
import { profileOf } from '../../lambdas/monitoring/profiling/profiler';
import { BASELINE, MODEL } from './samples';

const NAMES = ['delay', 'carrier'];
const AT = new Date('2026-11-23T10:00:00Z');

const record = (inputs: (readonly string[] | Record<string, string>)[], problems: string[] = []) => ({
  inferenceId: 'id',
  at: AT,
  inputs,
  problems,
});

describe('the bin of a value', () => {
  const delay = placer(BASELINE.features[0]!);
  const carrier = placer(BASELINE.features[1]!);

  test.each([
    ['-5', 0],
    ['0', 0],
    ['0.001', 1],
    ['10', 1],
    ['1e1', 1],
    [' 15 ', 2],
    ['20.5', 3],
    ['', 'missing'],
    ['abc', 'outside'],
    ['nan', 'outside'],
    ['1e999', 'outside'],
    ['0x10', 'outside'],
    ['1_000', 'outside'],
  ])('%j of a number is %s', (text, place) => {
    expect(delay(text)).toBe(place);
  });

  test.each([
    ['B6', 1],
    ['', 'missing'],
    ['ZZ', 'outside'],
    ['b6', 'outside'],
  ])('%j of a category is %s', (text, place) => {
    expect(carrier(text)).toBe(place);
  });

  test('is the number of edges below the value', () => {
    const edges = fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 19 });
    fc.assert(
      fc.property(edges, fc.integer({ min: -60, max: 60 }), (unsorted, value) => {
        const feature = { ...BASELINE.features[0], edges: unsorted.sort((a, b) => a - b) } as NumericBaseline;
        expect(placer(feature)(String(value))).toBe(feature.edges.filter((edge) => edge < value).length);
      }),
    );
  });
});

describe('the profile of records', () => {
  test('counts every row by position or by name', () => {
    const profile = profileOf(
      [record([['5', 'UA'], { carrier: 'ZZ' }]), record([['', 'EV']])],
      NAMES,
      BASELINE,
    );
    expect(profile).toEqual({
      records: 2,
      rows: 3,
      undecodable: 0,
      lastAt: AT.toISOString(),
      features: [
        { name: 'delay', counts: [0, 1, 0, 0], outside: 0, missing: 2 },
        { name: 'carrier', counts: [1, 0, 1], outside: 1, missing: 0 },
      ],
    });
  });

  test('counts a row that does not fit as undecodable, and its values nowhere', () => {
    const profile = profileOf([record([['5'], ['5', 'UA', 'extra'], { other: 'x' }])], NAMES, BASELINE);
    expect(profile).toMatchObject({ rows: 3, undecodable: 1 });
    expect(profile.features[0]).toEqual({ name: 'delay', counts: [0, 0, 0, 0], outside: 0, missing: 0 });
  });

  test('leaves out what is no feature of the model, and everything without a baseline', () => {
    expect(profileOf([record([['UA']])], ['carrier'], BASELINE).features).toHaveLength(1);
    expect(profileOf([record([['5', 'UA']])], NAMES, undefined)).toMatchObject({ rows: 1, features: [] });
  });
});

const row = fc.tuple(fc.constantFrom('-1', '5', '15', '25', '', 'x'), fc.constantFrom('UA', 'EV', '', 'ZZ'));
const records = fc.array(fc.array(row, { maxLength: 4 }).map((rows) => record(rows)));

describe('profiles add up', () => {
  test('in any grouping and order to the profile of everything', () => {
    const groupsAndOrder = fc
      .array(records, { maxLength: 6 })
      .chain((groups) =>
        fc.tuple(fc.constant(groups), fc.shuffledSubarray([...groups.keys()], { minLength: groups.length })),
      );
    fc.assert(
      fc.property(groupsAndOrder, ([groups, order]) => {
        const whole = profileOf(groups.flat(), NAMES, BASELINE);
        const parts = order.map((i) => profileOf(groups[i]!, NAMES, BASELINE));
        const fromLeft = parts.reduce(addProfiles, EMPTY_PROFILE);
        const fromRight = parts.reduceRight((sum, part) => addProfiles(part, sum), EMPTY_PROFILE);
        expect(fromLeft).toEqual(groups.length === 0 ? EMPTY_PROFILE : whole);
        expect(fromRight).toEqual(fromLeft);
      }),
    );
  });

  test('but not when their bins differ', () => {
    const other: Baseline = { ...BASELINE, features: [BASELINE.features[1]!] };
    const one = profileOf([record([['5', 'UA']])], NAMES, BASELINE);
    expect(() => addProfiles(one, profileOf([record([['5', 'UA']])], NAMES, other))).toThrow(
      'different bins',
    );
  });
});

const part = (source: string, modelVersion: number, profile: Partial<Profile>): CaptureProfile => ({
  version: 1,
  source,
  model: MODEL,
  modelVersion,
  window: { start: '2026-11-23T10:00:00.000Z', end: '2026-11-23T11:00:00.000Z' },
  profile: { ...EMPTY_PROFILE, ...profile },
});

describe('a window', () => {
  test('counts each capture file once, however often it comes', () => {
    const parts = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(9)), { minLength: 1 });
    fc.assert(
      fc.property(parts, (deliveries) => {
        const files = new Map(deliveries);
        const merged = mergeWindow(
          deliveries.map(([source]) => part(source, 1, { rows: files.get(source)! })),
        );
        expect(merged?.files).toBe(files.size);
        expect(merged?.profile.rows).toBe([...files.values()].reduce((sum, rows) => sum + rows, 0));
      }),
    );
  });

  test('is about the version that answered last', () => {
    const merged = mergeWindow([
      part('a', 2, { rows: 10, undecodable: 1, lastAt: '2026-11-23T10:50:00.000Z' }),
      part('a', 1, { rows: 90, lastAt: '2026-11-23T10:40:00.000Z' }),
      part('b', 3, { undecodable: 2 }),
    ]);
    expect(merged).toMatchObject({ modelVersion: 2, files: 1, profile: { rows: 10 } });
    expect(merged?.captured).toEqual({ rows: 100, undecodable: 3 });
  });

  test('without captures is about nothing', () => {
    expect(mergeWindow([])).toBeUndefined();
  });
});

describe('a baseline', () => {
  test('is read as the training pipeline writes it', () => {
    expect(parseBaseline(JSON.stringify(BASELINE), 's3://a/b')).toEqual(BASELINE);
  });

  test.each([
    ['{', 's3://a/b is not JSON'],
    ['{"version":2,"rows":1,"features":[]}', 'version'],
    [
      '{"version":1,"rows":1,"features":[{"name":"x","kind":"numeric","edges":[1],"counts":[1],"missing":0,"invalid":0,"movement":0}]}',
      'features[0]',
    ],
  ])('that is wrong is refused, naming the place: %s', (text, message) => {
    expect(() => parseBaseline(text, 's3://a/b')).toThrow(message);
  });
});
