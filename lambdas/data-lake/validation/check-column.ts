import type { ColumnType } from '../entities';
import type { ColumnSummary, ValueKind } from './inspection';
import { type Example, type Problem, problem } from './problem';
import { fits, present } from './profile/value-kind';
import type { SchemaColumn } from './schema';

/** From so many rows on, a column without any value is no accident of a small file. */
export const EMPTY_COLUMN_ROWS = 20;
const MAX_EXAMPLES = 5;
/** An estimate of different values that is lower than the values by more than this share is no accident. */
const ESTIMATE_MARGIN = 0.2;

const NOUN: Readonly<Record<ColumnType, string>> = {
  number: 'numbers',
  integer: 'integers',
  boolean: 'true or false',
  string: 'text',
};

const values = (n: number): string => (n === 1 ? '1 value is' : `${n} values are`);
const KINDS: readonly ValueKind[] = ['integer', 'number', 'boolean', 'string'];

/** What is wrong with a column of a file. */
export function checkColumn(column: ColumnSummary, expected: SchemaColumn): Problem[] {
  return [
    ...typeProblems(column, expected),
    ...formatProblems(column, expected),
    ...rangeProblems(column, expected),
    ...categoryProblems(column, expected),
    ...completeness(column, expected),
    ...uniqueness(column, expected),
  ];
}

function placesOf({ places }: ColumnSummary, kinds: readonly ValueKind[]): Example[] {
  return kinds
    .flatMap((kind) => places?.[kind] ?? [])
    .sort((a, b) => a.row - b.row)
    .slice(0, MAX_EXAMPLES);
}

function typeProblems(column: ColumnSummary, { name, type }: SchemaColumn): Problem[] {
  const wrong = KINDS.filter((kind) => !fits(kind, type) && column.counts[kind] > 0);
  const count = wrong.reduce((sum, kind) => sum + column.counts[kind], 0);
  const found: Problem[] = [];
  if (count > 0) {
    const examples = placesOf(column, wrong);
    found.push(problem('type', `${values(count)} not ${NOUN[type]}`, { column: name, count, examples }));
  }
  const fractions = column.counts.number;
  if (type === 'integer' && fractions > 0) {
    const message = `${values(fractions)} not whole, so far all were`;
    const examples = placesOf(column, ['number']);
    found.push(problem('not-integer', message, { column: name, count: fractions, examples }));
  }
  return found;
}

function formatProblems(column: ColumnSummary, { name, format }: SchemaColumn): Problem[] {
  if (format === undefined || present(column.counts) === 0 || column.format === format) return [];
  const wanted = format === 'date' ? 'a day like 2013-01-31' : 'a time like 2013-01-31T05:15';
  const examples = placesOf(column, KINDS);
  return [problem('format', `not every value is ${wanted}`, { column: name, examples })];
}

function rangeProblems(column: ColumnSummary, expected: SchemaColumn): Problem[] {
  if (expected.type !== 'number' && expected.type !== 'integer') return [];
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = expected;
  const limits = `${expected.min ?? 'any'} to ${expected.max ?? 'any'}`;
  const { name } = expected;
  const below = column.min !== undefined && column.min < min;
  const above = column.max !== undefined && column.max > max;
  if (!below && !above) return [];
  const { outside } = column;
  if (outside !== undefined) {
    return [
      problem('out-of-range', `${values(outside.count)} outside ${limits}`, { column: name, ...outside }),
    ];
  }
  const reach = [...(below ? [`down to ${column.min}`] : []), ...(above ? [`up to ${column.max}`] : [])];
  return [problem('out-of-range', `values are outside ${limits}: ${reach.join(' and ')}`, { column: name })];
}

function categoryProblems(column: ColumnSummary, { name, type, categories }: SchemaColumn): Problem[] {
  if (type !== 'string' || categories === undefined) return [];
  const known = new Set(categories);
  const fresh = (column.top ?? []).filter(({ value }) => !known.has(value));
  const { unknown } = column;
  if (unknown !== undefined && (fresh.length > 0 || column.topIsAll !== true)) {
    const message = `${values(unknown.count)} none of those known`;
    return [problem('new-category', message, { column: name, ...unknown })];
  }
  if (fresh.length > 0) {
    const count = fresh.reduce((sum, value) => sum + value.count, 0);
    const listed = fresh.slice(0, MAX_EXAMPLES).map(({ value }) => `"${value}"`);
    return [
      problem('new-category', `${values(count)} none of those known: ${listed.join(', ')}`, {
        column: name,
        count,
      }),
    ];
  }
  const more = (column.distinct ?? 0) > categories.length;
  const message = `there are more different values than the ${categories.length} known ones`;
  return column.topIsAll === true || !more ? [] : [problem('new-category', message, { column: name })];
}

function completeness(column: ColumnSummary, expected: SchemaColumn): Problem[] {
  const { missing } = column.counts;
  const total = missing + present(column.counts);
  if (missing === 0 || total === 0) return [];
  const found = { column: expected.name, count: missing, examples: placesOf(column, ['missing']) };
  const share = missing / total;
  if (expected.maxMissing !== undefined && share > expected.maxMissing) {
    const message = `${missing} of ${total} rows have no value, more than the share of ${expected.maxMissing}`;
    return [problem('max-missing', message, found)];
  }
  if (expected.nullable || expected.maxMissing !== undefined) return [];
  return missing === total && total >= EMPTY_COLUMN_ROWS
    ? [problem('empty-column', `none of ${total} rows has a value, so far every row had one`, found)]
    : [
        problem(
          'missing-values',
          `${missing} of ${total} rows have no value, so far every row had one`,
          found,
        ),
      ];
}

function uniqueness(column: ColumnSummary, { name, unique }: SchemaColumn): Problem[] {
  if (unique !== true) return [];
  const total = present(column.counts);
  const { repeated, distinct = total } = column;
  if (repeated !== undefined) {
    const { count, exact, examples } = repeated;
    const message = `${exact ? '' : 'about '}${values(count)} those of an earlier row`;
    return count === 0 ? [] : [problem('not-unique', message, { column: name, count, examples })];
  }
  const count = total - distinct;
  const certain = column.topIsAll === true ? count > 0 : count > ESTIMATE_MARGIN * total;
  return certain ? [problem('not-unique', 'values occur more than once', { column: name, count })] : [];
}
