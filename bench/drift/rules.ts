import type { Baseline } from '../../lambdas/monitoring/baseline';
import { confirmedDrift, type DriftedWindow } from '../../lambdas/monitoring/confirmed-drift';
import { driftOf } from '../../lambdas/monitoring/drift';
import type { Profile } from '../../lambdas/monitoring/profile';
import { homogeneity, populationStabilityIndex } from '../../lambdas/monitoring/stats/homogeneity';
import { DEFAULT_DRIFT } from '../../lib/monitoring/contract';

/** Says after each window whether it would page now. */
export interface Rule {
  readonly name: string;
  start(baseline: Baseline): (window: Profile) => boolean;
}

/** What the monitor does: evaluation of the window, and two of three windows for one feature. */
const flywheel: Rule = {
  name: 'Flywheel',
  start(baseline) {
    let windows: DriftedWindow[] = [];
    return (window) => {
      const { features } = driftOf(baseline, window, DEFAULT_DRIFT);
      const drifted = features.filter((feature) => feature.drifted).map(({ feature }) => feature);
      windows = [{ modelVersion: 1, drifted }, ...windows].slice(0, DEFAULT_DRIFT.windowsConsidered);
      return confirmedDrift(windows, DEFAULT_DRIFT).length > 0;
    };
  },
};

/** Any feature by any window alone, by the rule given. */
function anyFeature(
  name: string,
  drifted: (window: readonly number[], baseline: readonly number[]) => boolean,
): Rule {
  return {
    name,
    start: (baseline) => (window) =>
      window.features.some(({ counts }, i) => drifted(counts, baseline.features[i]!.counts)),
  };
}

export const RULES: readonly Rule[] = [
  flywheel,
  anyFeature('chi-square p < .05', (a, b) => homogeneity(a, b, 0).p < 0.05),
  anyFeature('PSI > .1', (a, b) => populationStabilityIndex(a, b) > 0.1),
];
