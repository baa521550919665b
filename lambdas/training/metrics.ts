/** Scores of the positive class with their true labels, row by row. */
export interface Scored {
  /** 0 or 1. */
  readonly labels: ArrayLike<number>;
  /** Probabilities in [0, 1]. */
  readonly scores: ArrayLike<number>;
}

export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

/** What a model is judged by. A metric that is undefined on the rows (e.g. the AUC of one class) is left out. */
export type Metrics = Readonly<Record<string, number>>;

/**
 * Counts of the four outcomes, with row i counted `weights[i]` times (once each without weights). A score at the
 * threshold counts as positive.
 */
export function confusion(
  { labels, scores }: Scored,
  threshold: number,
  weights?: ArrayLike<number>,
): Confusion {
  const counts = [0, 0, 0, 0];
  for (let row = 0; row < labels.length; row += 1) {
    const outcome = (labels[row] === 1 ? 2 : 0) + (scores[row]! >= threshold ? 1 : 0);
    counts[outcome] = counts[outcome]! + (weights === undefined ? 1 : weights[row]!);
  }
  const [trueNegatives, falsePositives, falseNegatives, truePositives] = counts as [
    number,
    number,
    number,
    number,
  ];
  return { truePositives, falsePositives, trueNegatives, falseNegatives };
}

/**
 * The area under the ROC curve: the probability that a random positive row scores above a random negative one,
 * ties counting one half (the Mann-Whitney statistic U / (positives x negatives), with mid-ranks for ties).
 *
 * @returns undefined when one of the classes is missing.
 */
export function rocAuc({ labels, scores }: Scored): number | undefined {
  return weightedRocAuc(rankGroups({ labels, scores }), undefined);
}

/** Rows in ascending order of their scores, with the ends of the groups of equal scores. */
export interface RankGroups {
  readonly order: Uint32Array;
  /** Exclusive end of each group in `order`. */
  readonly ends: Uint32Array;
  readonly labels: ArrayLike<number>;
}

/** Sorts once, so that many resamples of the same rows need no further sort. */
export function rankGroups({ labels, scores }: Scored): RankGroups {
  const order = Uint32Array.from({ length: labels.length }, (_, row) => row);
  order.sort((a, b) => scores[a]! - scores[b]!);
  const ends: number[] = [];
  for (let at = 1; at <= order.length; at += 1) {
    if (at === order.length || scores[order[at]!] !== scores[order[at - 1]!]) ends.push(at);
  }
  return { order, ends: Uint32Array.from(ends), labels };
}

/** `rocAuc` with row i counted `weights[i]` times (once each without weights). */
export function weightedRocAuc(
  { order, ends, labels }: RankGroups,
  weights: ArrayLike<number> | undefined,
): number | undefined {
  let [negativesBelow, positives, wins, start] = [0, 0, 0, 0];
  for (const end of ends) {
    let [groupPositives, groupNegatives] = [0, 0];
    for (let at = start; at < end; at += 1) {
      const row = order[at]!;
      const weight = weights === undefined ? 1 : weights[row]!;
      if (labels[row] === 1) groupPositives += weight;
      else groupNegatives += weight;
    }
    wins += groupPositives * (negativesBelow + groupNegatives / 2);
    positives += groupPositives;
    negativesBelow += groupNegatives;
    start = end;
  }
  return positives === 0 || negativesBelow === 0 ? undefined : wins / (positives * negativesBelow);
}

/** Scores are clipped to [1e-15, 1 - 1e-15], so that one certain mistake does not make the loss infinite. */
const CLIP = 1e-15;

/** -ln of the probability that was given to the true label. */
export function rowLogLoss(label: number, score: number): number {
  const clipped = Math.min(Math.max(score, CLIP), 1 - CLIP);
  return -Math.log(label === 1 ? clipped : 1 - clipped);
}

/**
 * Accuracy (TP + TN) / n, precision TP / (TP + FP), recall TP / (TP + FN), F1 2 TP / (2 TP + FP + FN), ROC AUC and
 * log loss (mean of `rowLogLoss`), under the names `accuracy`, `precision`, `recall`, `f1`, `rocAuc`, `logLoss`.
 */
export function metricsOf(scored: Scored, threshold: number): Metrics {
  const rows = scored.labels.length;
  const auc = rocAuc(scored);
  let loss = 0;
  for (let row = 0; row < rows; row += 1) loss += rowLogLoss(scored.labels[row]!, scored.scores[row]!);
  return {
    ...thresholdMetrics(confusion(scored, threshold)),
    ...(auc === undefined ? {} : { rocAuc: auc }),
    ...(rows === 0 ? {} : { logLoss: loss / rows }),
  };
}

/** The metrics that depend on the threshold, from the counts of the four outcomes. */
export function thresholdMetrics(counts: Confusion): Metrics {
  const { truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn } = counts;
  return {
    ...ratio('accuracy', tp + tn, tp + tn + fp + fn),
    ...ratio('precision', tp, tp + fp),
    ...ratio('recall', tp, tp + fn),
    ...ratio('f1', 2 * tp, 2 * tp + fp + fn),
  };
}

function ratio(name: string, part: number, whole: number): Record<string, number> {
  return whole === 0 ? {} : { [name]: part / whole };
}
