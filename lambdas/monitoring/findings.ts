import type { WindowEvaluation } from './evaluate-window/evaluation';

/** Why the alarms of a model are in ALARM, in words. */
export interface Findings {
  readonly drift?: readonly string[];
  readonly quality?: readonly string[];
}

/** More features than these are counted, not named. */
const FEATURES_NAMED = 10;

const WHAT = {
  distribution: 'its distribution changed',
  missing: 'the share of its missing values changed',
  'new-values': 'it has values that the training data lacks',
} as const;

/**
 * What moved, and by how much: the features that alarm, as the newest window in which they drifted saw them, the
 * greatest change first.
 *
 * @param features names of the features that alarm
 * @param windows evaluations that have a verdict, newest first
 */
export function driftFindings(features: readonly string[], windows: readonly WindowEvaluation[]): string[] {
  const found = features.flatMap((name) => {
    const seen = windows.flatMap(({ drift }) =>
      drift.features.filter(({ feature, drifted }) => drifted && feature === name),
    );
    return seen.slice(0, 1);
  });
  const words = found
    .sort((a, b) => b.psi - a.psi)
    .map(({ feature, kind, psi, missingRate, newValueRate }) => {
      const rate = kind === 'missing' ? missingRate : kind === 'new-values' ? newValueRate : undefined;
      const share = rate === undefined ? '' : `, now ${(100 * rate).toFixed(1)} %`;
      return `feature "${feature}" drifted: ${WHAT[kind]}${share} (PSI ${psi.toFixed(2)})`;
    });
  const rest = words.length - FEATURES_NAMED;
  return rest > 0 ? [...words.slice(0, FEATURES_NAMED), `and ${rest} more features drifted`] : words;
}
