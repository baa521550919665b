import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ValueKind } from '../../../lambdas/data-lake/validation/inspection';
import { mergeProfiles } from '../../../lambdas/data-lake/validation/merge-profiles';
import { HashSample } from '../../../lambdas/data-lake/validation/profile/hash-sample';
import { shareBelow } from '../../../lambdas/data-lake/validation/profile/quantiles';
import { RowSample } from '../../../lambdas/data-lake/validation/profile/row-sample';
import { valueKind } from '../../../lambdas/data-lake/validation/profile/value-kind';
import { inspect } from '../formats/read';

const csvOf = (values: readonly string[]): string =>
  `k,v\n${values.map((value) => `x,"${value.replaceAll('"', '""')}"`).join('\n')}\n`;

/** What a column is, the slow way: every field as a string. */
function slowly(values: readonly string[]) {
  const counts: Record<ValueKind, number> = { missing: 0, integer: 0, number: 0, boolean: 0, string: 0 };
  for (const value of values) counts[valueKind(value)] += 1;
  const numbers = values.filter((value) => ['integer', 'number'].includes(valueKind(value))).map(Number);
  const distinct = new Set(values.filter((value) => valueKind(value) !== 'missing'));
  return {
    counts,
    min: numbers.length === 0 ? undefined : Math.min(...numbers) + 0,
    max: numbers.length === 0 ? undefined : Math.max(...numbers) + 0,
    distinct,
  };
}

const odd = fc.constantFrom(
  ...[
    '',
    'NA',
    'null',
    '-nan',
    '1.#IND',
    '-1.#QNAN',
    'true',
    ' False ',
    'TRUE',
    'inf',
    'Infinity',
    '0x10',
    '1e3',
  ],
  ...[
    '1e999',
    '-0',
    '+5',
    '.5',
    '5.',
    '.',
    '-',
    '+',
    'e5',
    '1e',
    ' 7 ',
    '1,5',
    '12-3',
    '2013-01-31',
    '1_000',
    '٣',
  ],
  ...[
    '00012',
    '123456789',
    '1234567890',
    '999999999999999999',
    '9007199254740993',
    '12345678901234567890123',
  ],
  ...[
    '0.1234567890123456789',
    '1.0000000000000000001',
    '-123456789.123456789',
    'x'.repeat(70),
    '1'.repeat(400),
  ],
);
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.nat(20)).map(([digits, cut]) => {
    const text = digits.toString();
    return cut === 0 || cut >= text.length ? text : `${text.slice(0, -cut)}.${text.slice(-cut)}`;
  }),
);
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '"', ',', '1', '-', ' '), maxLength: 6 });
/** Columns of few values and of many, of one kind and of several. */
const column = fc.oneof(
  fc.array(number, { minLength: 1, maxLength: 300 }),
  fc.array(text, { minLength: 1, maxLength: 300 }),
  fc.array(fc.oneof(odd, number, text), { minLength: 1, maxLength: 200 }),
  fc.array(fc.oneof({ weight: 20, arbitrary: number }, odd), { minLength: 80, maxLength: 300 }),
);

describe('a column read from its bytes', () => {
  test('has the kinds, the range and the values that reading every field as text finds', async () => {
    await fc.assert(
      fc.asyncProperty(column, async (values) => {
        const { columns, rows } = await inspect(csvOf(values));
        const found = columns[1]!;
        const wanted = slowly(values);
        expect(rows).toBe(values.length);
        expect(found.counts).toEqual(wanted.counts);
        expect({ min: found.min, max: found.max }).toEqual({ min: wanted.min, max: wanted.max });
        if (found.topIsAll === true) {
          expect(new Set(found.top?.map(({ value }) => value))).toEqual(wanted.distinct);
          expect(found.distinct).toBe(wanted.distinct.size);
        }
        const sum = found.top?.reduce((total, { count }) => total + count, 0) ?? 0;
        expect(sum).toBeLessThanOrEqual(values.length - wanted.counts.missing);
      }),
      { numRuns: 300 },
    );
  });

  test('has the mean of its numbers', async () => {
    const values = Array.from({ length: 5000 }, (_, i) => String(i % 2 === 0 ? i : -i / 8));
    const { columns } = await inspect(csvOf(values));
    const mean = values.reduce((sum, value) => sum + Number(value), 0) / values.length;
    expect(columns[1]?.mean).toBeCloseTo(mean, 8);
  });

  test('has about as many different values as it has', async () => {
    for (const count of [10, 900, 20_000]) {
      const values = Array.from({ length: 30_000 }, (_, i) => `v${(i * 7919) % count}`);
      const { columns } = await inspect(csvOf(values));
      expect(Math.abs((columns[1]?.distinct ?? 0) / count - 1)).toBeLessThan(0.15);
    }
  });

  test('has quantiles near the true ones', async () => {
    const values = Array.from({ length: 40_000 }, (_, i) => String(((i * 7919) % 40_000) / 40));
    const { columns } = await inspect(csvOf(values));
    const quantiles = columns[1]?.quantiles ?? [];
    expect(quantiles[0]).toBe(0);
    expect(quantiles[32]).toBe(999.975);
    expect(Math.abs(quantiles[16]! - 500)).toBeLessThan(40);
    expect(Math.abs(quantiles[8]! - 250)).toBeLessThan(40);
  });
});

describe('rows that occur again', () => {
  test('are counted exactly, with where they were first', async () => {
    const row = fc.constantFrom('1,a', '2,a', '1,b', '10,', ',10', '1.0,a', '"1",a');
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (rows) => {
        const { duplicates } = await inspect(`n,t\n${rows.join('\n')}\n`);
        const plain = rows.map((text) => text.replaceAll('"', ''));
        expect(duplicates?.count).toBe(plain.length - new Set(plain).size);
        for (const { row, value } of duplicates?.examples ?? []) {
          const first = Number(/\d+$/.exec(value)?.[0]);
          expect(plain[row - 2]).toBe(plain[first - 2]);
        }
      }),
    );
  });

  test('are estimated when there are more different rows than are kept', () => {
    const sample = new HashSample(500);
    for (let i = 0; i < 40_000; i += 1) sample.add(Math.imul(i % 30_000, 0x9e3779b1), (i % 30_000) * 3, i);
    const { count, exact } = sample.repeats();
    expect(exact).toBe(false);
    expect(Math.abs(count / 10_000 - 1)).toBeLessThan(0.3);
  });
});

test('the sample of rows is uniform and does not depend on how rows are cut into batches', () => {
  const picksOf = (batches: readonly number[]) => {
    const sample = new RowSample(1);
    const slots = new Map<number, number>();
    let at = 0;
    for (const rows of batches) {
      for (const { row, slot } of sample.take(rows)) slots.set(slot, at + row);
      at += rows;
    }
    return [...slots.entries()].sort(([a], [b]) => a - b).map(([, row]) => row);
  };
  const whole = picksOf([50_000]);
  expect(picksOf([1, 4095, 20_000, 25_904])).toEqual(whole);
  expect(whole).toHaveLength(2048);
  const mean = whole.reduce((sum, row) => sum + row, 0) / whole.length;
  expect(Math.abs(mean / 25_000 - 1)).toBeLessThan(0.06);
});

describe('merging profiles', () => {
  test('gives what one file of all rows gives, exactly for counts, ranges and means', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(column, { minLength: 2, maxLength: 4 }), async (parts) => {
        const merged = mergeProfiles(await Promise.all(parts.map((part) => inspect(csvOf(part)))));
        const whole = mergeProfiles([await inspect(csvOf(parts.flat()))]);
        const [a, b] = [merged.columns[1]!, whole.columns[1]!];
        expect(merged).toMatchObject({ files: parts.length, rows: whole.rows });
        expect([a.type, a.counts, a.min, a.max]).toEqual([b.type, b.counts, b.min, b.max]);
        if (a.topIsAll === true) expect(a.top).toEqual(b.top);
        if (b.mean !== undefined && Math.abs(b.mean) < 1e15) {
          expect(Math.abs(a.mean! - b.mean)).toBeLessThanOrEqual(
            1e-6 * Math.max(1, Math.abs(b.max!), Math.abs(b.min!)),
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  test('takes profiles for files, in any grouping', async () => {
    const files = await Promise.all([['1', '2'], ['2', 'x'], ['7']].map((part) => inspect(csvOf(part))));
    const inOneGo = mergeProfiles(files);
    const inTwo = mergeProfiles([mergeProfiles(files.slice(0, 2)), files[2]!]);
    expect({
      ...inTwo,
      columns: inTwo.columns.map(({ name, counts, top }) => ({ name, counts, top })),
    }).toEqual({
      ...inOneGo,
      columns: inOneGo.columns.map(({ name, counts, top }) => ({ name, counts, top })),
    });
  });

  test('gives quantiles near those of all values', async () => {
    const low = Array.from({ length: 3000 }, (_, i) => String(i / 30));
    const high = Array.from({ length: 1000 }, (_, i) => String(200 + i / 10));
    const { columns } = mergeProfiles([await inspect(csvOf(low)), await inspect(csvOf(high))]);
    const { quantiles = [] } = columns[1]!;
    expect(shareBelow(quantiles, 150)).toBeCloseTo(0.75, 1);
    expect(Math.abs(shareBelow(quantiles, 50) - 0.375)).toBeLessThan(0.04);
  });
});
