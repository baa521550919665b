import { FLOORS, type QualitySettings } from '../../lib/monitoring/contract';
import { type Interval, wilsonInterval } from './stats/proportions';

/** Predictions by predicted and actual class. */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

/** A metric with its 95 % confidence interval. */
export interface Estimate extends Interval {
  readonly value: number;
}

export interface QualityVerdict {
  /** Without floors there is nothing to miss: `measured`. */
  readonly verdict: 'ok' | 'decay' | 'measured' | 'not-enough-labels';
  readonly reasons: readonly string[];
  /** Labelled share of the rows that got a score. */
  readonly coverage: number;
  readonly labelled: number;
  readonly scored: number;
  readonly confusion: Confusion;
  /** A metric is absent where it is not defined, e.g. precision when nothing was predicted positive. */
  readonly metrics: { readonly [metric in (typeof FLOORS)[number]]?: Estimate };
}

/** One scored row and, once known, what really was: 1 positive, 0 negative. */
export interface Outcome {
  readonly score: number;
  readonly label?: 0 | 1;
}

/**
 * How good the model was in a window. A row counts as predicted positive when its score is at least the model
 * version's threshold. Too few labels, or labels for too small a share of the rows, give no verdict: what is labelled
 * early is seldom typical. A floor is missed when the whole confidence interval is below it.
 */
export function qualityOf(
  outcomes: readonly Outcome[],
  threshold: number,
  settings: QualitySettings,
): QualityVerdict {
  const confusion = confusionOf(outcomes, threshold);
  const labelled = outcomes.filter(({ label }) => label !== undefined).length;
  const scored = outcomes.length;
  const coverage = scored === 0 ? 0 : labelled / scored;
  const state = { coverage, labelled, scored, confusion };
  if (labelled < settings.minLabels || coverage < settings.minCoverage) {
    const reason =
      `${labelled} of ${scored} rows are labelled; a verdict needs ${settings.minLabels} rows and ` +
      `${(100 * settings.minCoverage).toFixed(0)} %`;
    return { ...state, verdict: 'not-enough-labels', reasons: [reason], metrics: {} };
  }
  const metrics = metricsOf(confusion);
  const missed = FLOORS.flatMap((metric) => {
    const floor = settings.floors[metric];
    const estimate = metrics[metric];
    return floor === undefined || estimate === undefined || estimate.high >= floor
      ? []
      : [
          `${metric} ${estimate.value.toFixed(4)} (at most ${estimate.high.toFixed(4)}) is below the floor ${floor}`,
        ];
  });
  const guarded = FLOORS.some((metric) => settings.floors[metric] !== undefined);
  const verdict = missed.length > 0 ? 'decay' : guarded ? 'ok' : 'measured';
  return { ...state, verdict, reasons: missed, metrics };
}

function confusionOf(outcomes: readonly Outcome[], threshold: number): Confusion {
  const count = (predicted: boolean, label: 0 | 1) =>
    outcomes.filter((outcome) => outcome.label === label && outcome.score >= threshold === predicted).length;
  return {
    truePositives: count(true, 1),
    falsePositives: count(true, 0),
    trueNegatives: count(false, 0),
    falseNegatives: count(false, 1),
  };
}

/**
 * Accuracy, precision and recall are proportions, with Wilson's interval. F1 = 2J/(1+J) rises with J = TP/(TP+FP+FN),
 * which is a proportion of the rows that are positive by prediction or in truth; its interval is that of J, carried
 * over.
 */
export function metricsOf(confusion: Confusion): QualityVerdict['metrics'] {
  const { truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn } = confusion;
  const jaccard = proportion(tp, tp + fp + fn);
  const toF1 = (j: number) => (2 * j) / (1 + j);
  const all = {
    accuracy: proportion(tp + tn, tp + tn + fp + fn),
    precision: proportion(tp, tp + fp),
    recall: proportion(tp, tp + fn),
    f1: jaccard && { value: toF1(jaccard.value), low: toF1(jaccard.low), high: toF1(jaccard.high) },
  };
  return Object.fromEntries(Object.entries(all).filter(([, estimate]) => estimate !== undefined));
}

function proportion(successes: number, trials: number): Estimate | undefined {
  return trials === 0 ? undefined : { value: successes / trials, ...wilsonInterval(successes, trials) };
}
