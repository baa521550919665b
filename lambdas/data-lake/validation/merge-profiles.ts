import type { ColumnProfile, DatasetProfile, Inspection, ValueCount } from './inspection';
import { DistinctEstimate } from './profile/distinct';
import { mergeQuantiles } from './profile/quantiles';
import { MAX_TOP } from './profile/summary';
import { addCounts, inferType } from './profile/value-kind';

/**
 * The profile of all these files together; profiles of other sets of files can be among them. Counts, ranges and
 * means are exact; quantiles, frequent values beyond the first sixty and the number of different ones are estimates.
 */
export function mergeProfiles(parts: readonly (Inspection | DatasetProfile)[]): DatasetProfile {
  const columns = new Map<string, ColumnProfile>();
  for (const part of parts) {
    for (const column of part.columns) {
      const before = columns.get(column.name);
      columns.set(
        column.name,
        before === undefined ? profileOf(column) : mergeColumns(before, profileOf(column)),
      );
    }
  }
  return {
    version: 1,
    files: parts.reduce((sum, part) => sum + ('files' in part ? part.files : 1), 0),
    rows: parts.reduce((sum, part) => sum + part.rows, 0),
    bytes: parts.reduce((sum, part) => sum + ('size' in part ? part.size : part.bytes), 0),
    columns: [...columns.values()],
  };
}

/** A column's profile without what bears it out in one file. */
function profileOf(column: ColumnProfile): ColumnProfile {
  const { name, type, counts, min, max, mean, quantiles, top, topIsAll, distinct, distinctSketch, format } =
    column;
  const all = {
    name,
    type,
    counts,
    min,
    max,
    mean,
    quantiles,
    top,
    topIsAll,
    distinct,
    distinctSketch,
    format,
  };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  ) as unknown as ColumnProfile;
}

const numbersOf = ({ counts }: ColumnProfile): number => counts.integer + counts.number;
const textsOf = ({ counts }: ColumnProfile): number => counts.string + counts.boolean;

/** Two profiles of the same column as one. */
export function mergeColumns(a: ColumnProfile, b: ColumnProfile): ColumnProfile {
  const counts = addCounts(a.counts, b.counts);
  const [n, m] = [numbersOf(a), numbersOf(b)];
  const range =
    n + m === 0
      ? {}
      : {
          min: Math.min(a.min ?? Number.POSITIVE_INFINITY, b.min ?? Number.POSITIVE_INFINITY),
          max: Math.max(a.max ?? Number.NEGATIVE_INFINITY, b.max ?? Number.NEGATIVE_INFINITY),
          mean: ((a.mean ?? 0) * n + (b.mean ?? 0) * m) / (n + m),
        };
  const quantiles = mergeQuantiles(a.quantiles, n, b.quantiles, m);
  const sameFormat =
    textsOf(a) === 0 ? b.format : textsOf(b) === 0 || a.format === b.format ? a.format : undefined;
  return {
    name: a.name,
    type: inferType(counts),
    counts,
    ...range,
    ...(quantiles === undefined ? {} : { quantiles }),
    ...mergeTops(a, b),
    ...mergeDistinct(a, b),
    ...(sameFormat === undefined ? {} : { format: sameFormat }),
  };
}

function mergeTops(a: ColumnProfile, b: ColumnProfile): Pick<ColumnProfile, 'top' | 'topIsAll'> {
  if (a.top === undefined && b.top === undefined) return {};
  const counts = new Map<string, number>();
  for (const { value, count } of [...(a.top ?? []), ...(b.top ?? [])]) {
    counts.set(value, (counts.get(value) ?? 0) + count);
  }
  const all: ValueCount[] = [...counts].map(([value, count]) => ({ value, count }));
  const top = all.sort((x, y) => y.count - x.count || (x.value < y.value ? -1 : 1)).slice(0, MAX_TOP);
  const complete = (column: ColumnProfile) =>
    column.topIsAll === true || numbersOf(column) + textsOf(column) === 0;
  return { top, topIsAll: complete(a) && complete(b) && all.length <= MAX_TOP };
}

function mergeDistinct(
  a: ColumnProfile,
  b: ColumnProfile,
): Pick<ColumnProfile, 'distinct' | 'distinctSketch'> {
  const [first, second] = [a, b].map(({ distinctSketch }) => DistinctEstimate.decode(distinctSketch ?? ''));
  if (first === undefined || second === undefined) {
    const distinct = Math.max(a.distinct ?? 0, b.distinct ?? 0);
    return { distinct };
  }
  first.merge(second);
  const top = mergeTops(a, b);
  const distinct = top.topIsAll === true ? top.top!.length : first.estimate();
  return { distinct, distinctSketch: first.encode() };
}
