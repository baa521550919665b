import { QUANTILES } from './summary';

type Quantiles = readonly number[] | undefined;

/** The share of values that are at most `x`, by evenly spaced quantiles with straight lines between. */
export function shareBelow(quantiles: readonly number[], x: number): number {
  const last = quantiles.length - 1;
  if (x < quantiles[0]!) return 0;
  if (x >= quantiles[last]!) return 1;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (quantiles[middle]! <= x) low = middle;
    else high = middle;
  }
  const [from, to] = [quantiles[low]!, quantiles[high]!];
  return (low + (to > from ? (x - from) / (to - from) : 0)) / last;
}

/** The quantiles of two sets of values together, by those of each; exact at the ends, an estimate between them. */
export function mergeQuantiles(a: Quantiles, n: number, b: Quantiles, m: number): Quantiles {
  if (a === undefined || n === 0) return b;
  if (b === undefined || m === 0) return a;
  const points = Math.min(QUANTILES, Math.max(a.length, b.length));
  const knots = [...new Set([...a, ...b])].sort((x, y) => x - y);
  const shares = knots.map((x) => (n * shareBelow(a, x) + m * shareBelow(b, x)) / (n + m));
  return Array.from({ length: points }, (_, i) => {
    if (i === 0) return knots[0]!;
    if (i === points - 1) return knots.at(-1)!;
    const wanted = i / (points - 1);
    const at = shares.findIndex((share) => share >= wanted);
    if (at <= 0) return knots[0]!;
    const [from, to] = [shares[at - 1]!, shares[at]!];
    const part = to > from ? (wanted - from) / (to - from) : 1;
    return knots[at - 1]! + part * (knots[at]! - knots[at - 1]!);
  });
}
