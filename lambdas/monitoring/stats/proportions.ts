/** Interval of a proportion: both ends between 0 and 1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95 % quantile of the normal distribution. */
export const Z_95 = 1.959963984540054;

/** One-sided quantile of the normal distribution at `BASELINE_RISK`. */
const Z_BASELINE = 4.753424308822899;

/** Chance that the true baseline rate lies beyond the end of its interval, paid for in the p-value. */
const BASELINE_RISK = 1e-6;

/** Terms of a tail that are this much smaller than its sum are left out. */
const NEGLIGIBLE = 1e-17;

/**
 * Interval of the success probability after `successes` in `trials` (Wilson 1927): unlike the textbook interval it
 * stays within [0, 1] and keeps its level near the ends.
 */
export function wilsonInterval(successes: number, trials: number, z: number = Z_95): Interval {
  if (trials <= 0 || successes < 0 || successes > trials) {
    throw new RangeError(
      `A proportion needs 0 <= successes <= trials, trials > 0; got ${successes} of ${trials}`,
    );
  }
  const rate = successes / trials;
  const weight = z ** 2 / trials;
  const centre = rate + weight / 2;
  const half = z * Math.sqrt((rate * (1 - rate)) / trials + weight / (4 * trials));
  return {
    low: successes === 0 ? 0 : Math.max(0, (centre - half) / (1 + weight)),
    high: successes === trials ? 1 : Math.min(1, (centre + half) / (1 + weight)),
  };
}

/** P(X >= x) for a binomial X with `trials` and success probability `p`, summed term by term from x upwards. */
export function binomialUpperTail(x: number, trials: number, p: number): number {
  if (x <= 0 || p >= 1) {
    return 1;
  }
  if (x > trials || p <= 0) {
    return 0;
  }
  if (x <= trials * p) {
    return 1 - binomialUpperTail(trials - x + 1, trials, 1 - p);
  }
  const odds = p / (1 - p);
  let term = Math.exp(logBinomialCoefficient(trials, x) + x * Math.log(p) + (trials - x) * Math.log1p(-p));
  let tail = 0;
  for (let k = x; k <= trials && term > NEGLIGIBLE * tail; k++) {
    tail += term;
    term *= ((trials - k) / (k + 1)) * odds;
  }
  return tail;
}

function logBinomialCoefficient(n: number, k: number): number {
  const smaller = Math.min(k, n - k);
  let log = 0;
  for (let i = 1; i <= smaller; i++) {
    log += Math.log((n - smaller + i) / i);
  }
  return log;
}

/** How often something was seen: so many of so many rows. */
export interface Rate {
  readonly count: number;
  readonly rows: number;
}

/**
 * P-value of "the window's rate differs from the baseline's by at most `tolerance`" (absolute, e.g. 0.05).
 *
 * The window's side is an exact binomial tail, so that one missing value where the baseline had none is no news. The
 * baseline's rate is replaced by the worse end of its interval at a risk of 1e-6, and the risk is added to the
 * p-value (Berger and Boos 1994): valid for a small baseline too, never below 2e-6. Two-sided by doubling.
 */
export function rateChangePValue(window: Rate, baseline: Rate, tolerance: number): number {
  if (window.rows === 0 || baseline.rows === 0) {
    return 1;
  }
  const known = wilsonInterval(baseline.count, baseline.rows, Z_BASELINE);
  const risen = binomialUpperTail(window.count, window.rows, known.high + tolerance);
  const fallen = binomialUpperTail(
    window.rows - window.count,
    window.rows,
    1 - Math.max(0, known.low - tolerance),
  );
  return Math.min(1, 2 * (Math.min(risen, fallen) + BASELINE_RISK));
}
