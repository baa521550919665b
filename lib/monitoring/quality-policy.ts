import { checkInteger, checkNumber } from './checks';
import { DEFAULT_QUALITY, FLOORS, type QualitySettings } from './contract';

/** How good the model has to stay, judged by labels. */
export interface QualityPolicy {
  /**
   * Share of a window's rows that must be labelled before there is a verdict: what is labelled early is seldom
   * typical. Between 0 and 1.
   *
   * @default 0.8
   */
  readonly minCoverage?: number;
  /**
   * Labelled rows that a window must have before there is a verdict.
   *
   * @default 100
   */
  readonly minLabels?: number;
  /**
   * Share of right predictions.
   *
   * @default - no floor
   */
  readonly accuracyFloor?: number;
  /**
   * Share of the predicted positives that are positive.
   *
   * @default - no floor
   */
  readonly precisionFloor?: number;
  /**
   * Share of the positives that are predicted.
   *
   * @default - no floor
   */
  readonly recallFloor?: number;
  /**
   * Harmonic mean of precision and recall.
   *
   * @default - no floor
   */
  readonly f1Floor?: number;
}

/** The policy with its defaults. @internal */
export function qualitySettings(policy: QualityPolicy = {}): QualitySettings {
  const floors = {
    accuracy: policy.accuracyFloor,
    precision: policy.precisionFloor,
    recall: policy.recallFloor,
    f1: policy.f1Floor,
  };
  const minCoverage = policy.minCoverage ?? DEFAULT_QUALITY.minCoverage;
  const minLabels = policy.minLabels ?? DEFAULT_QUALITY.minLabels;
  checkNumber('quality.minCoverage', minCoverage, { atLeast: 0, atMost: 1 });
  checkInteger('quality.minLabels', minLabels, { atLeast: 1 });
  for (const metric of FLOORS) {
    checkNumber(`quality.${metric}Floor`, floors[metric] ?? 0, { atLeast: 0, atMost: 1 });
  }
  return { minCoverage, minLabels, floors };
}
