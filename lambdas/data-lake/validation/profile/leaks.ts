import type { Leak } from '../inspection';
import type { ColumnState } from './column-state';
import { Kind } from './dictionary';

/** Fewer sampled rows, or fewer rows that are not of the commonest class, tell nothing. */
const MIN_ROWS = 100;
const MIN_MINORITY = 10;
/** Numeric targets of more different values are quantities, of fewer are classes. */
const MAX_CLASSES = 20;
/** Targets of more classes are not looked at. */
const MANY_CLASSES = 100;
/** Numeric columns are cut into so many parts of equal frequency. */
const BINS = 64;
/** Columns that have a value in a smaller share of the rows are not ranked. */
const MIN_COVERAGE = 0.9;
const MAX_LEAKS = 5;
const MIN_SCORE = 0.5;

const isNumber = (kind: number): boolean => kind === Kind.INTEGER || kind === Kind.NUMBER;

/**
 * How well each column alone tells the target, measured on a uniform sample of the rows.
 *
 * A target of classes: Goodman and Kruskal's lambda, 1 - e/b, where b are the rows that the commonest class gets
 * wrong, and e those that the commonest class among the *other* rows with the same value of the column gets wrong
 * (leaving the row itself out, so that an identifier tells nothing; numbers are cut into 64 parts); for two classes
 * and a numeric column also |2 AUC - 1|, if greater. A target that is a quantity: the absolute value of Spearman's
 * rank correlation. 1 means that the column and the target say the same.
 */
export function leaksOf(columns: readonly ColumnState[], target: string, rows: number): Leak[] {
  const wanted = columns.find(({ name }) => name === target);
  if (wanted === undefined) return [];
  const at = indices(rows).filter((row) => wanted.sampleKinds[row] !== Kind.MISSING);
  if (at.length < MIN_ROWS) return [];
  const values = at.map((row) => wanted.sampleValues[row]!);
  const numeric = at.every((row) => isNumber(wanted.sampleKinds[row]!));
  const quantity = numeric && new Set(values).size > MAX_CLASSES;
  const score = quantity ? rankScore(at, values) : classScore(at, values);
  if (score === undefined) return [];
  return columns
    .filter((column) => column !== wanted)
    .map((column) => ({ column: column.name, score: score(column), rows: at.length }))
    .filter(({ score: found }) => found >= MIN_SCORE)
    .sort((a, b) => b.score - a.score)
    .slice(0, MAX_LEAKS);
}

const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

function classScore(at: readonly number[], values: readonly number[]) {
  const names = [...new Set(values)].sort((a, b) => a - b);
  if (names.length > MANY_CLASSES) return undefined;
  const codes = new Map(names.map((value, code) => [value, code]));
  const classes = values.map((value) => codes.get(value)!);
  const sizes = names.map(() => 0);
  for (const code of classes) sizes[code]! += 1;
  const commonest = sizes.indexOf(Math.max(...sizes));
  const base = classes.length - sizes[commonest]!;
  if (base < MIN_MINORITY) return undefined;
  return (column: ColumnState): number => {
    const groups = groupsOf(column, at);
    const counts = new Map<number, number[]>();
    classes.forEach((code, i) => {
      const group = counts.get(groups[i]!) ?? names.map(() => 0);
      group[code]! += 1;
      counts.set(groups[i]!, group);
    });
    let wrong = 0;
    for (const group of counts.values()) wrong += missed(group, commonest);
    const lambda = Math.max(0, 1 - wrong / base);
    return names.length === 2 ? Math.max(lambda, separation(column, at, classes)) : lambda;
  };
}

/** Rows of a group whose class the commonest class of the group's other rows is not. */
function missed(group: readonly number[], commonest: number): number {
  const size = group.reduce((sum, count) => sum + count, 0);
  if (size === 1) return group[commonest] === 1 ? 0 : 1;
  const [most = 0, next = 0] = [...group].sort((a, b) => b - a);
  const leader = group.indexOf(most);
  return group.reduce((sum, count, code) => {
    const others = code === leader ? next : most;
    return count - 1 <= others ? sum + count : sum;
  }, 0);
}

/** Which rows have the same value, or, where values are numbers, are in the same part of their range. */
function groupsOf({ sampleKinds, sampleValues }: ColumnState, at: readonly number[]): number[] {
  const numbers = at.filter((row) => isNumber(sampleKinds[row]!)).map((row) => sampleValues[row]!);
  const sorted = Float64Array.from(numbers).sort();
  const cuts = indices(BINS - 1).map((bin) => sorted[Math.floor(((bin + 1) * sorted.length) / BINS)] ?? 0);
  const few = new Set(numbers).size <= BINS;
  return at.map((row) => {
    const value = sampleValues[row]!;
    if (sampleKinds[row] === Kind.MISSING) return Number.POSITIVE_INFINITY;
    if (!isNumber(sampleKinds[row]!)) return value + 0.1;
    return few ? value : cuts.filter((cut) => cut <= value).length;
  });
}

/** |2 AUC - 1| of a numeric column for two classes. */
function separation(
  { sampleKinds, sampleValues }: ColumnState,
  at: readonly number[],
  classes: readonly number[],
): number {
  const known = indices(at.length).filter((i) => isNumber(sampleKinds[at[i]!]!));
  if (known.length < MIN_COVERAGE * at.length) return 0;
  const ranks = ranksOf(known.map((i) => sampleValues[at[i]!]!));
  const positives = known.filter((i) => classes[i] === 1).length;
  const negatives = known.length - positives;
  if (positives < MIN_MINORITY || negatives < MIN_MINORITY) return 0;
  const sum = known.reduce((total, i, j) => (classes[i] === 1 ? total + ranks[j]! : total), 0);
  const auc = (sum - (positives * (positives + 1)) / 2) / (positives * negatives);
  return Math.abs(2 * auc - 1);
}

function rankScore(at: readonly number[], values: readonly number[]) {
  return ({ sampleKinds, sampleValues }: ColumnState): number => {
    const known = indices(at.length).filter((i) => isNumber(sampleKinds[at[i]!]!));
    if (known.length < MIN_COVERAGE * at.length) return 0;
    const x = ranksOf(known.map((i) => sampleValues[at[i]!]!));
    const y = ranksOf(known.map((i) => values[i]!));
    return Math.abs(correlation(x, y));
  };
}

/** Ranks from 1; equal values share the mean of theirs. */
export function ranksOf(values: readonly number[]): number[] {
  const order = indices(values.length).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to += 1;
    for (let i = from; i < to; i += 1) ranks[order[i]!] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  x.forEach((value, i) => {
    xy += (value - mx) * (y[i]! - my);
    xx += (value - mx) ** 2;
    yy += (y[i]! - my) ** 2;
  });
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}
