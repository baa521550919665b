import { compareText } from '../filter/tests';
import type { SortField } from '../order/fields';
import { compareValues, type SortValue } from '../order/sort-key';
import { isTextField, rowValue } from './query';
import type { RunIndex } from './run-index';

type Compare = (a: number, b: number) => number;

/** Compares rows of the index by the fields in turn. */
export function rowComparator(index: RunIndex, order: readonly SortField[]): Compare {
  const natural = order.length >= 2 && isNaturalTail(order.slice(-2));
  const fields = natural ? order.slice(0, -2) : order;
  const compares = fields.map((field) =>
    isTextField(field) ? textComparator(index, field) : numberComparator(index, field),
  );
  if (natural) compares.push(naturalComparator(index));
  const [first, second] = compares;
  if (compares.length === 1) return first!;
  if (compares.length === 2) return (a, b) => first!(a, b) || second!(a, b);
  return (a, b) => {
    for (const compare of compares) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** Whether these are the fields that every order of runs ends with. */
export function isNaturalTail([start, id]: readonly SortField[]): boolean {
  return (
    start?.type === 'attribute' &&
    start.key === 'start_time' &&
    !start.ascending &&
    id?.type === 'attribute' &&
    id.key === 'run_id' &&
    id.ascending
  );
}

function naturalComparator(index: RunIndex): Compare {
  const ranks = index.naturalRanks();
  return (a, b) => ranks[a]! - ranks[b]!;
}

function textComparator(index: RunIndex, field: SortField): Compare {
  const value = rowValue(index, field) as (row: number) => string | null;
  const sign = field.ascending ? 1 : -1;
  const compare = index.pool.isPlain ? comparePlain : compareText;
  return (a, b) => {
    const left = value(a);
    const right = value(b);
    if (left === null || right === null) return (left === null ? 1 : 0) - (right === null ? 1 : 0);
    return sign * compare(left, right);
  };
}

function comparePlain(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Numbers first, then NaN, then nothing. Reads the column where it is: most rows are compared once. */
function numberComparator(index: RunIndex, field: SortField): Compare {
  const sign = field.ascending ? 1 : -1;
  const { has, value } = numberReader(index, field);
  const group = (row: number): number => {
    if (!has(row)) return 2;
    return Number.isNaN(value(row)) ? 1 : 0;
  };
  return (a, b) => {
    const ofA = group(a);
    const groups = ofA - group(b);
    if (groups !== 0 || ofA !== 0) return groups;
    return sign * (value(a) - value(b));
  };
}

interface NumberReader {
  has(row: number): boolean;
  value(row: number): number;
}

function numberReader(index: RunIndex, { type, key }: SortField): NumberReader {
  if (type === 'metric') {
    const column = index.metrics.get(key);
    if (column === undefined) return { has: () => false, value: () => 0 };
    return { has: (row) => column.has(row), value: (row) => column.value(row) };
  }
  const { values } = key === 'start_time' ? index.startTimes : index.endTimes;
  return { has: (row) => !Number.isNaN(values[row]), value: (row) => values[row]! };
}

/** Whether a row comes after the position of a page token. */
export function isAfter(
  index: RunIndex,
  order: readonly SortField[],
  position: readonly SortValue[],
): (row: number) => boolean {
  const values = order.map((field) => rowValue(index, field));
  return (row) => {
    for (const [at, field] of order.entries()) {
      const compared = compareValues(values[at]!(row), position[at]!, field.ascending);
      if (compared !== 0) return compared > 0;
    }
    return false;
  };
}
