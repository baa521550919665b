import { populationStabilityIndex } from '../../monitoring/stats/homogeneity';
import type { ColumnProfile, DatasetProfile } from './inspection';
import { type Problem, problem } from './problem';
import { shareBelow } from './profile/quantiles';
import { present } from './profile/value-kind';

/** Population stability index from which on a distribution has changed; 0.1 to 0.25 is usually called a small change. */
export const PSI_CHANGED = 0.25;
/** How far the share of missing values may move. */
export const MISSING_MOVED = 0.1;
/** Fewer values on either side tell nothing. */
const MIN_VALUES = 500;
const BINS = 10;
/** Rows that quantiles are estimated from: a larger number of rows does not make them more certain. */
const SAMPLE = 2048;

/** Whole numbers of which hardly any occurs twice name rows or count them: they are meant to move. */
const IDENTIFIER_SHARE = 0.85;

const isIdentifier = (column: ColumnProfile): boolean =>
  column.type === 'integer' && (column.distinct ?? 0) >= IDENTIFIER_SHARE * present(column.counts);

/**
 * How the columns of a drop differ from those of the version before: the population stability index, numbers over the
 * tenths of the parent's distribution and texts over its most frequent values, and the share of missing values.
 */
export function driftOf(drop: DatasetProfile, parent: DatasetProfile): Problem[] {
  const before = new Map(parent.columns.map((column) => [column.name, column]));
  return drop.columns.flatMap((column) => {
    const was = before.get(column.name);
    return was === undefined ? [] : [...movedDistribution(column, was), ...movedMissing(column, was)];
  });
}

function movedDistribution(now: ColumnProfile, was: ColumnProfile): Problem[] {
  if (isIdentifier(now) && isIdentifier(was)) return [];
  if (present(now.counts) < MIN_VALUES || present(was.counts) < MIN_VALUES) return [];
  const counts = binned(now, was);
  if (counts === undefined) return [];
  const index = populationStabilityIndex(...counts);
  if (index < PSI_CHANGED) return [];
  const from =
    was.mean === undefined || now.mean === undefined
      ? ''
      : `, mean ${was.mean.toPrecision(4)} before and ${now.mean.toPrecision(4)} now`;
  const message = `is distributed otherwise than in the parent version: index ${index.toFixed(2)}${from}`;
  return [problem('drift', message, { column: now.name })];
}

/** Counts of both over the same cells; undefined where they cannot be compared. */
function binned(now: ColumnProfile, was: ColumnProfile): [number[], number[]] | undefined {
  const [below, belowNow] = [cumulative(was), cumulative(now)];
  if (was.quantiles !== undefined && below !== undefined && belowNow !== undefined) {
    const { quantiles } = was;
    const last = quantiles.length - 1;
    const tenths = Array.from(
      { length: BINS - 1 },
      (_, i) => quantiles[Math.round(((i + 1) * last) / BINS)]!,
    );
    const edges = [...new Set(tenths)];
    const cells = (share: (x: number) => number, values: number): number[] => {
      const shares = [0, ...edges.map(share), 1];
      return shares.slice(1).map((upTo, i) => (upTo - shares[i]!) * Math.min(values, SAMPLE));
    };
    return [cells(belowNow, present(now.counts)), cells(below, present(was.counts))];
  }
  if (was.top === undefined || was.topIsAll !== true || now.top === undefined) return undefined;
  const found = new Map(now.top.map(({ value, count }) => [value, count]));
  const counts = was.top.map(({ value }) => found.get(value) ?? 0);
  const others = present(now.counts) - counts.reduce((sum, count) => sum + count, 0);
  return [
    [...counts, others],
    [...was.top.map(({ count }) => count), 0],
  ];
}

/** The share of a column's numbers that are at most `x`: exact where every value is known. */
function cumulative({ type, top, topIsAll, quantiles }: ColumnProfile): ((x: number) => number) | undefined {
  if ((type !== 'number' && type !== 'integer') || quantiles === undefined) return undefined;
  if (topIsAll !== true || top === undefined) return (x) => shareBelow(quantiles, x);
  const numbers = top.map(({ value, count }) => ({ value: Number(value), count }));
  const total = numbers.reduce((sum, { count }) => sum + count, 0);
  return (x) => numbers.reduce((sum, { value, count }) => (value <= x ? sum + count : sum), 0) / total;
}

function movedMissing(now: ColumnProfile, was: ColumnProfile): Problem[] {
  const share = ({ counts }: ColumnProfile) => counts.missing / (counts.missing + present(counts));
  const [after, before] = [share(now), share(was)];
  const rows = Math.min(...[now, was].map(({ counts }) => counts.missing + present(counts)));
  if (rows < MIN_VALUES || Math.abs(after - before) < MISSING_MOVED) return [];
  const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
  const message = `${percent(after)} of its values are missing, ${percent(before)} in the parent version`;
  return [problem('drift', message, { column: now.name })];
}
