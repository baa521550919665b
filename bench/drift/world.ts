import type { Baseline, FeatureBaseline } from '../../lambdas/monitoring/baseline';
import type { Profile } from '../../lambdas/monitoring/profile';
import { homogeneity } from '../../lambdas/monitoring/stats/homogeneity';
import { multinomial, normal } from './random';

export const FEATURES = 20;
const BINS = 20;
/** Normal quantiles at 1/20, ..., 19/20: the edges that a normal feature gets. */
const EDGES = [
  -1.644853626951472, -1.281551565544601, -1.036433389493789, -0.841621233572914, -0.674489750196082,
  -0.524400512708041, -0.385320466407568, -0.2533471031358, -0.125661346855074, 0, 0.125661346855074,
  0.2533471031358, 0.385320466407568, 0.524400512708041, 0.674489750196082, 0.841621233572914,
  1.036433389493789, 1.281551565544601, 1.644853626951472,
];

/** Shares of the bins when a standard normal feature has moved by `shift` standard deviations. */
export function shares(shift: number): number[] {
  const known = knownShares.get(shift);
  if (known !== undefined) {
    return known;
  }
  const below = [...EDGES.map((edge) => normalBelow(edge - shift)), 1];
  const computed = below.map((p, bin) => p - (below[bin - 1] ?? 0));
  knownShares.set(shift, computed);
  return computed;
}

const knownShares = new Map<number, number[]>();

/** Distribution function of the normal distribution, by numerical integration from its centre. */
function normalBelow(x: number): number {
  const steps = 200;
  const h = x / steps;
  const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(x);
  for (let i = 1; i < steps; i++) {
    sum += (i % 2 === 1 ? 4 : 2) * density(i * h);
  }
  return 0.5 + (sum * h) / 3;
}

/** The population stability index between the shares before and after a shift. */
export function psiOf(shift: number): number {
  return shares(shift).reduce((sum, p) => sum + (p - 1 / BINS) * Math.log(p * BINS), 0);
}

export interface Change {
  readonly shift?: number;
  readonly missing?: number;
  readonly outside?: number;
}

/** One feature's counts in so many rows. */
function observe(random: () => number, rows: number, change: Change) {
  const missing = change.missing ?? 0;
  const outside = change.outside ?? 0;
  const all = multinomial(random, rows, [
    ...shares(change.shift ?? 0).map((p) => p * (1 - missing - outside)),
    outside,
    missing,
  ]);
  return { counts: all.slice(0, BINS), outside: all[BINS]!, missing: all[BINS + 1]! };
}

/** A window of traffic: every feature as in training, but for the changes given for the first features. */
export function window(random: () => number, rows: number, changes: readonly Change[] = []): Profile {
  const features = Array.from({ length: FEATURES }, (_, i) => ({
    name: `f${i}`,
    ...observe(random, rows, changes[i] ?? {}),
  }));
  return { records: rows, rows, undecodable: 0, features };
}

/**
 * A baseline of blocks of consecutive rows, with the movement of each feature as the training pipeline learns it: the
 * 0.9 quantile of the effect between a block and all others.
 *
 * @param sway standard deviation of a block's mean around the feature's, in standard deviations
 */
export function baseline(random: () => number, rows: number, blocks: number, sway: number): Baseline {
  const features = Array.from({ length: FEATURES }, (_, i): FeatureBaseline => {
    const observed = Array.from({ length: blocks }, () =>
      observe(random, Math.round(rows / blocks), { shift: sway * normal(random) }),
    );
    const counts = observed[0]!.counts.map((_, bin) =>
      observed.reduce((sum, block) => sum + block.counts[bin]!, 0),
    );
    const effects = observed
      .map(
        (block) =>
          homogeneity(
            block.counts,
            counts.map((all, bin) => all - block.counts[bin]!),
            0,
          ).effect,
      )
      .sort((a, b) => a - b);
    const movement = effects[Math.ceil(0.9 * effects.length) - 1]!;
    return { name: `f${i}`, kind: 'numeric', edges: EDGES, counts, missing: 0, invalid: 0, movement };
  });
  return { version: 1, rows, features };
}
