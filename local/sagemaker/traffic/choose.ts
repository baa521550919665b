/** A production variant as the router sees it. */
export interface WeightedVariant {
  readonly name: string;
  /** Relative to the sum of all. */
  readonly weight: number;
}

/**
 * The variant that serves a request: its chance is its weight's share of the sum.
 *
 * @param random - in [0, 1)
 * @returns undefined when all weights are 0
 */
export function chooseVariant<T extends WeightedVariant>(
  variants: readonly T[],
  random: number,
): T | undefined {
  const total = variants.reduce((sum, { weight }) => sum + weight, 0);
  let left = random * total;
  for (const variant of variants) {
    if (left < variant.weight) {
      return variant;
    }
    left -= variant.weight;
  }
  return variants.findLast(({ weight }) => weight > 0);
}

/** Whether the green fleet serves a request. @param random - in [0, 1) */
export function chooseGreen(greenShare: number, random: number): boolean {
  return random < greenShare;
}
