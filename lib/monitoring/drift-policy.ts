import { checkInteger, checkNumber } from './checks';
import { DEFAULT_DRIFT, type DriftSettings } from './contract';

/** When a feature counts as drifted, and when drift raises the alarm. */
export interface DriftPolicy {
  /**
   * Expected share of false ones among the features that a window calls drifted; without any drift, the chance that
   * a window calls any. Between 0 and 0.5.
   *
   * @default 0.01
   */
  readonly falseDiscoveryRate?: number;
  /**
   * Fewer rows in a window give no verdict.
   *
   * @default 100 - five for each of the twenty bins that a numeric feature has at most
   */
  readonly minRows?: number;
  /**
   * A change of the distribution that is always tolerated, even where the training data never moved that much: the
   * squared chi-square distance, which is about the population stability index for small changes.
   *
   * @default 0.005
   */
  readonly minEffect?: number;
  /**
   * A change of the share of missing values, or of values that the training data lacks, that is always tolerated.
   *
   * @default 0.05 - five percentage points
   */
  readonly rateTolerance?: number;
  /**
   * The alarm needs one feature that drifted in this many of the last `windowsConsidered` windows.
   *
   * @default 2
   */
  readonly windowsToAlarm?: number;
  /**
   * How many windows with a verdict the alarm looks back at, the newest included. At most 20.
   *
   * @default 3, or `windowsToAlarm` when that is more
   */
  readonly windowsConsidered?: number;
}

/** The policy with its defaults. @internal */
export function driftSettings(policy: DriftPolicy = {}): DriftSettings {
  const windowsToAlarm = policy.windowsToAlarm ?? DEFAULT_DRIFT.windowsToAlarm;
  const settings: DriftSettings = {
    falseDiscoveryRate: policy.falseDiscoveryRate ?? DEFAULT_DRIFT.falseDiscoveryRate,
    minRows: policy.minRows ?? DEFAULT_DRIFT.minRows,
    minEffect: policy.minEffect ?? DEFAULT_DRIFT.minEffect,
    rateTolerance: policy.rateTolerance ?? DEFAULT_DRIFT.rateTolerance,
    windowsToAlarm,
    windowsConsidered: policy.windowsConsidered ?? Math.max(windowsToAlarm, DEFAULT_DRIFT.windowsConsidered),
  };
  checkNumber('drift.falseDiscoveryRate', settings.falseDiscoveryRate, { above: 0, atMost: 0.5 });
  checkInteger('drift.minRows', settings.minRows, { atLeast: 20 });
  checkNumber('drift.minEffect', settings.minEffect, { atLeast: 0 });
  checkNumber('drift.rateTolerance', settings.rateTolerance, { atLeast: 0, atMost: 1 });
  checkInteger('drift.windowsConsidered', settings.windowsConsidered, { atLeast: 1, atMost: 20 });
  checkInteger('drift.windowsToAlarm', windowsToAlarm, { atLeast: 1, atMost: settings.windowsConsidered });
  return settings;
}
