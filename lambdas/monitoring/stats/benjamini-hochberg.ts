/**
 * Which of several hypotheses to reject so that the expected share of wrong rejections is at most `rate`: the
 * step-up procedure of Benjamini and Hochberg (1995), valid for independent tests and for positively dependent ones
 * (Benjamini and Yekutieli 2001). When nothing at all has changed, it is also the chance of any rejection.
 *
 * @returns for each p-value, in the order given, whether it is rejected
 */
export function benjaminiHochberg(pValues: readonly number[], rate: number): boolean[] {
  const ascending = [...pValues].sort((a, b) => a - b);
  const limit = ascending.reduce(
    (largest, p, i) => (p <= (rate * (i + 1)) / ascending.length ? p : largest),
    Number.NEGATIVE_INFINITY,
  );
  return pValues.map((p) => p <= limit);
}
