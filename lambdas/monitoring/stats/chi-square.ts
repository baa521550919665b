import gammainc from '@stdlib/math-base-special-gammainc';

/** Terms of the mixture that are this much smaller than its sum are left out. */
const NEGLIGIBLE = 1e-17;

/** Beyond this the incomplete gamma function of the library loses digits (measured against SciPy). */
const MAX_DF = 250;

/**
 * Upper tail of the chi-square distribution, P(X > x) with `df` degrees of freedom: the regularised upper incomplete
 * gamma function Q(df/2, x/2). (One minus the lower tail would lose everything below 1e-16.)
 *
 * @throws RangeError when `df` is not an integer from 1 to 250
 */
export function chiSquareUpperTail(x: number, df: number): number {
  if (!Number.isInteger(df) || df < 1 || df > MAX_DF) {
    throw new RangeError(`Degrees of freedom are an integer from 1 to ${MAX_DF}, got ${df}`);
  }
  return x <= 0 ? 1 : gammainc(x / 2, df / 2, true, true);
}

/**
 * Upper tail of the non-central chi-square distribution with `df` degrees of freedom and non-centrality `lambda`:
 * the mixture sum_j Poisson(j; lambda/2) Q(df/2 + j, x/2) of central tails (Johnson, Kotz and Balakrishnan,
 * Continuous Univariate Distributions 2, chapter 29), with Q(a+1, y) = Q(a, y) + y^a e^-y / Gamma(a+1) from one
 * central tail to the next. All terms are positive, so small tails keep their digits. Takes time in proportion to
 * `lambda`: about 1 ms at 1e4.
 *
 * @throws RangeError when `df` is not an integer from 1 to 250, or `lambda` is negative
 */
export function noncentralChiSquareUpperTail(x: number, df: number, lambda: number): number {
  if (!(lambda >= 0)) {
    throw new RangeError(`Non-centrality is zero or more, got ${lambda}`);
  }
  let tail = chiSquareUpperTail(x, df);
  if (lambda === 0 || x <= 0) {
    return tail;
  }
  const mean = lambda / 2;
  const y = x / 2;
  let logWeight = -mean;
  let logStep = (df / 2) * Math.log(y) - y - logGamma(df / 2 + 1);
  let sum = 0;
  for (let j = 0; ; j++) {
    const term = Math.exp(logWeight) * tail;
    sum += term;
    if (j > mean && j > y && term <= NEGLIGIBLE * sum) {
      return Math.min(1, sum);
    }
    tail = Math.min(1, tail + Math.exp(logStep));
    logWeight += Math.log(mean / (j + 1));
    logStep += Math.log(y / (df / 2 + j + 1));
  }
}

/** ln Gamma of a positive integer or half-integer, by its recurrence. */
function logGamma(a: number): number {
  let log = Number.isInteger(a) ? 0 : Math.log(Math.PI) / 2;
  for (let k = Number.isInteger(a) ? 1 : 0.5; k < a; k++) {
    log += Math.log(k);
  }
  return log;
}
