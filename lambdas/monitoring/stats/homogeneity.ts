import { noncentralChiSquareUpperTail } from './chi-square';

/** Cochran's rule: cells whose expected count is lower are pooled. */
const MIN_EXPECTED = 5;

export interface Homogeneity {
  /** Pearson's statistic over the pooled cells. */
  readonly statistic: number;
  /** Cells after pooling, minus one; zero when nothing is left to compare. */
  readonly df: number;
  /** Estimate of the squared distance between the two distributions, without the part that sampling alone gives. */
  readonly effect: number;
  /** P-value of "the distance is at most the tolerance"; 1 when nothing is left to compare. */
  readonly p: number;
}

/**
 * Do a window and the baseline have the same distribution over the same cells, but for a tolerated distance?
 *
 * With n and m observations and shares a_j/n and b_j/m, Pearson's two-sample statistic is
 * X2 = nm/(n+m) * sum_j (a_j/n - b_j/m)^2 / ((a_j+b_j)/(n+m)). The population distance d puts the true shares in
 * place of the observed ones; X2 then is about chi-square with B-1 degrees of freedom and non-centrality
 * d * nm/(n+m), so p = P(chi2(B-1, tolerance * nm/(n+m)) > X2) tests d <= tolerance (cf. Potgieter et al.,
 * arXiv 2307.11878). `tolerance` 0 is the ordinary test. The de-biased estimate of d is
 * max(0, (X2 - (B-1)) (1/n + 1/m)).
 *
 * Cells with an expected count below 5 in either sample are pooled into one. Which ones are is decided by the sums
 * of both samples alone, so pooling does not favour either outcome.
 */
export function homogeneity(
  window: readonly number[],
  baseline: readonly number[],
  tolerance: number,
): Homogeneity {
  if (window.length !== baseline.length) {
    throw new RangeError(`Window has ${window.length} cells, baseline has ${baseline.length}`);
  }
  const n = sum(window);
  const m = sum(baseline);
  const cells = n === 0 || m === 0 ? [] : poolSmallCells(window, baseline, Math.min(n, m) / (n + m));
  const df = cells.length - 1;
  if (df < 1) {
    return { statistic: 0, df: 0, effect: 0, p: 1 };
  }
  const scale = (n * m) / (n + m);
  const statistic = scale * sum(cells.map(([a, b]) => ((a / n - b / m) ** 2 * (n + m)) / (a + b)));
  return {
    statistic,
    df,
    effect: Math.max(0, (statistic - df) / scale),
    p: noncentralChiSquareUpperTail(statistic, df, tolerance * scale),
  };
}

type Cell = readonly [window: number, baseline: number];

function poolSmallCells(
  window: readonly number[],
  baseline: readonly number[],
  smallerShare: number,
): Cell[] {
  const expected = ([a, b]: Cell) => (a + b) * smallerShare;
  const cells = window
    .map((a, j): Cell => [a, baseline[j]!])
    .filter(([a, b]) => a + b > 0)
    .sort((left, right) => expected(left) - expected(right));
  const kept = cells.filter((cell) => expected(cell) >= MIN_EXPECTED);
  const small = cells.filter((cell) => expected(cell) < MIN_EXPECTED);
  if (small.length === 0) {
    return kept;
  }
  const pool: Cell = [sum(small.map(([a]) => a)), sum(small.map(([, b]) => b))];
  const [smallest, ...rest] = kept;
  if (expected(pool) >= MIN_EXPECTED || smallest === undefined) {
    return [pool, ...kept];
  }
  return [[pool[0] + smallest[0], pool[1] + smallest[1]], ...rest];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * Population stability index, sum_j (p_j - q_j) ln(p_j / q_j), with half an observation added to every cell so that
 * an empty one stays finite. Reported for people who know its scale; the verdict comes from the test.
 */
export function populationStabilityIndex(window: readonly number[], baseline: readonly number[]): number {
  const shares = (counts: readonly number[]) => {
    const total = sum(counts) + counts.length / 2;
    return counts.map((count) => (count + 0.5) / total);
  };
  const q = shares(baseline);
  return sum(shares(window).map((p, j) => (p - q[j]!) * Math.log(p / q[j]!)));
}
