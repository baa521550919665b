import { FLOORS } from '../../../lib/monitoring/contract';
import type { WindowEvaluation } from './evaluation';

/** Detail of the event `Window Evaluated`. Times are ISO 8601 in UTC. */
export interface WindowEvaluated extends Record<string, unknown> {
  readonly model: string;
  readonly modelVersion?: number;
  readonly windowStart: string;
  readonly windowEnd: string;
  /** Drift. */
  readonly verdict: 'ok' | 'drift' | 'not-enough-data';
  readonly drifted: readonly { feature: string; psi: number; p: number; kind: string }[];
  /** Rows that the model version answered. */
  readonly rows: number;
  /** Why there is no verdict, or which floors are missed, in words. */
  readonly reasons: readonly string[];
  /** Absent while no row has a score. */
  readonly quality?: {
    readonly verdict: string;
    readonly coverage: number;
    readonly labelled: number;
    readonly accuracy?: number;
    readonly precision?: number;
    readonly recall?: number;
    readonly f1?: number;
  };
}

export function windowEvaluated(model: string, evaluation: WindowEvaluation): WindowEvaluated {
  const { window, drift, quality } = evaluation;
  return {
    model,
    modelVersion: evaluation.modelVersion,
    windowStart: window.start,
    windowEnd: window.end,
    verdict: drift.verdict,
    drifted: drift.features
      .filter(({ drifted }) => drifted)
      .map(({ feature, psi, p, kind }) => ({ feature, psi, p, kind })),
    rows: evaluation.rows,
    reasons: [...drift.reasons, ...(quality?.reasons ?? [])],
    ...(quality === undefined || quality.scored === 0
      ? {}
      : {
          quality: {
            verdict: quality.verdict,
            coverage: quality.coverage,
            labelled: quality.labelled,
            ...Object.fromEntries(FLOORS.map((metric) => [metric, quality.metrics[metric]?.value])),
          },
        }),
  };
}
