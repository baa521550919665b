import type { DriftSettings } from '../../lib/monitoring/contract';
import { type Baseline, type FeatureBaseline, outsideOf } from './baseline';
import type { FeatureCounts, Profile } from './profile';
import { benjaminiHochberg } from './stats/benjamini-hochberg';
import { homogeneity, populationStabilityIndex } from './stats/homogeneity';
import { type Rate, rateChangePValue } from './stats/proportions';
import { movementStretch, toleratedDistance } from './tolerance';

/** Smaller p-values are reported as this one (DynamoDB holds no number below 1e-130). */
const SMALLEST_P = 1e-99;

/** What moved most in a feature. */
export type DriftKind = 'distribution' | 'missing' | 'new-values';

export interface FeatureDrift {
  readonly feature: string;
  readonly drifted: boolean;
  /** The test with the smallest p-value. */
  readonly kind: DriftKind;
  /** P-value of the feature: the smallest of its tests, multiplied by how many there were. */
  readonly p: number;
  /** Population stability index over the bins, to compare with other tools. */
  readonly psi: number;
  /** Distance to the baseline without sampling noise, and the distance that is tolerated. */
  readonly effect: number;
  readonly tolerated: number;
  /** Rows with a value in a bin. */
  readonly rows: number;
  /** Shares of the window's rows. */
  readonly missingRate: number;
  readonly newValueRate: number;
}

export interface DriftVerdict {
  readonly verdict: 'ok' | 'drift' | 'not-enough-data';
  /** Why there is no verdict. */
  readonly reasons: readonly string[];
  /** Every feature that could be tested, in the baseline's order. */
  readonly features: readonly FeatureDrift[];
}

/**
 * Compares a window with the training data, feature by feature. Three tests a feature: the distribution over the bins
 * against how far the feature ordinarily moves (`toleratedDistance`, at least `minEffect`); the rate of missing values;
 * and the rate of values that are in no bin. The rates may move by `rateTolerance`, or by as much as the tolerated
 * distance is for that rate. Bonferroni within a feature, Benjamini and Hochberg over the features.
 *
 * Fewer than `minRows` rows give no verdict: neither "ok" nor "drift".
 */
export function driftOf(
  baseline: Baseline | undefined,
  profile: Profile,
  settings: DriftSettings,
): DriftVerdict {
  if (baseline === undefined) {
    return noVerdict('the model version has no baseline to compare with');
  }
  if (profile.rows < settings.minRows) {
    return noVerdict(`${profile.rows} rows were captured, a verdict needs ${settings.minRows}`);
  }
  const known = new Map(baseline.features.map((feature) => [feature.name, feature]));
  const stretch = movementStretch(settings.falseDiscoveryRate / Math.max(1, profile.features.length));
  const tested = profile.features.flatMap((counts) => {
    const feature = known.get(counts.name);
    if (feature === undefined) {
      return [];
    }
    const movement = { movement: feature.movement, bins: feature.counts.length, rows: baseline.rows };
    return testFeature(feature, counts, toleratedDistance(movement, stretch), settings) ?? [];
  });
  if (tested.length === 0) {
    return noVerdict(`no feature has ${settings.minRows} rows that could be read`);
  }
  const rejected = benjaminiHochberg(
    tested.map(({ p }) => p),
    settings.falseDiscoveryRate,
  );
  return {
    verdict: rejected.includes(true) ? 'drift' : 'ok',
    reasons: [],
    features: tested.map((feature, i) => ({ ...feature, drifted: rejected[i]! })),
  };
}

function noVerdict(reason: string): DriftVerdict {
  return { verdict: 'not-enough-data', reasons: [reason], features: [] };
}

type TestedFeature = Omit<FeatureDrift, 'drifted'>;

/** @returns undefined when the window or the baseline has too few rows of the feature for any test */
function testFeature(
  feature: FeatureBaseline,
  window: FeatureCounts,
  ordinary: number,
  settings: DriftSettings,
): TestedFeature | undefined {
  const binned = sum(window.counts);
  const tolerated = Math.max(ordinary, settings.minEffect);
  const bins = homogeneity(window.counts, feature.counts, tolerated);
  const before = { missing: feature.missing, outside: outsideOf(feature), binned: sum(feature.counts) };
  const present = binned + window.outside;
  const presentBefore = before.binned + before.outside;
  const missing = {
    window: { count: window.missing, rows: present + window.missing },
    baseline: { count: before.missing, rows: presentBefore + before.missing },
  };
  const outside = {
    window: { count: window.outside, rows: present },
    baseline: { count: before.outside, rows: presentBefore },
  };
  const tests = [
    ...(binned >= settings.minRows && bins.df > 0 ? [{ kind: 'distribution' as const, p: bins.p }] : []),
    ...rateTest('missing', missing, ordinary, settings),
    ...rateTest('new-values', outside, ordinary, settings),
  ].sort((a, b) => a.p - b.p);
  const first = tests[0];
  return (
    first && {
      feature: feature.name,
      kind: first.kind,
      p: Math.max(SMALLEST_P, Math.min(1, first.p * tests.length)),
      psi:
        binned > 0 && feature.counts.length > 0 ? populationStabilityIndex(window.counts, feature.counts) : 0,
      effect: bins.effect,
      tolerated,
      rows: binned,
      missingRate: share(missing.window),
      newValueRate: share(outside.window),
    }
  );
}

/** No test where it could say nothing: too few rows, or the value occurs neither here nor there. */
function rateTest(
  kind: DriftKind,
  { window, baseline }: { window: Rate; baseline: Rate },
  ordinary: number,
  settings: DriftSettings,
): { kind: DriftKind; p: number }[] {
  if (window.rows < settings.minRows || baseline.rows === 0 || window.count + baseline.count === 0) {
    return [];
  }
  const before = share(baseline);
  // A rate near p has moved by the distance d when it has moved by sqrt(d p (1 - p)).
  const tolerance = Math.max(settings.rateTolerance, Math.sqrt(ordinary * before * (1 - before)));
  return [{ kind, p: rateChangePValue(window, baseline, tolerance) }];
}

function share({ count, rows }: Rate): number {
  return rows === 0 ? 0 : count / rows;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
