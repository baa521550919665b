import type { DriftSettings, QualitySettings } from '../../../lib/monitoring/contract';
import type { Baseline } from '../baseline';
import type { WindowProfile } from '../capture-profile';
import { type DriftVerdict, driftOf } from '../drift';
import { EMPTY_PROFILE } from '../profile';
import { type Outcome, type QualityVerdict, qualityOf } from '../quality';
import type { Window } from '../windows';

/** What is known of a window, computed from everything that has arrived for it. */
export interface WindowEvaluation {
  readonly window: Window;
  readonly evaluatedAt: string;
  /** The version that the window is about; absent when nothing was captured. */
  readonly modelVersion?: number;
  /** Rows that this version answered, and the capture files they were in. */
  readonly rows: number;
  readonly files: number;
  /** Rows of the window and what could not be read of it, whichever version answered. */
  readonly captured: { readonly rows: number; readonly undecodable: number };
  readonly drift: DriftVerdict;
  readonly quality?: QualityVerdict;
}

/** What an evaluation needs to know of a window. */
export interface WindowInput {
  readonly window: Window;
  readonly merged: WindowProfile | undefined;
  readonly baseline: Baseline | undefined;
  /** Scored rows of the version, and its decision threshold; absent when nothing was captured. */
  readonly scored?: { readonly outcomes: readonly Outcome[]; readonly threshold: number };
}

/** Evaluates a window afresh: the same input gives the same evaluation, however often and whenever. */
export function evaluate(
  input: WindowInput,
  settings: { drift: DriftSettings; quality: QualitySettings },
  now: Date,
): WindowEvaluation {
  const { window, merged, baseline, scored } = input;
  return {
    window,
    evaluatedAt: now.toISOString(),
    ...(merged === undefined ? {} : { modelVersion: merged.modelVersion }),
    rows: merged?.profile.rows ?? 0,
    files: merged?.files ?? 0,
    captured: merged?.captured ?? { rows: 0, undecodable: 0 },
    drift: driftOf(baseline, merged?.profile ?? EMPTY_PROFILE, settings.drift),
    ...(scored === undefined
      ? {}
      : { quality: qualityOf(scored.outcomes, scored.threshold, settings.quality) }),
  };
}

/** Do two evaluations of a window say the same, whenever they were made? */
export function sameFindings(a: WindowEvaluation | undefined, b: WindowEvaluation): boolean {
  return a !== undefined && canonical({ ...a, evaluatedAt: '' }) === canonical({ ...b, evaluatedAt: '' });
}

/** JSON with sorted keys and without undefined values: what a store keeps of a value. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, field) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}
