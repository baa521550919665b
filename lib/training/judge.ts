/** What a candidate is measured by, on the hold-out. */
export enum JudgeMetric {
  /** Area under the ROC curve. */
  ROC_AUC = 'rocAuc',
  /** Harmonic mean of precision and recall at the threshold. */
  F1 = 'f1',
  /** Share of right answers at the threshold. */
  ACCURACY = 'accuracy',
  /** Share of true among those called positive. */
  PRECISION = 'precision',
  /** Share of the true ones that were found. */
  RECALL = 'recall',
  /** Mean negative logarithm of the probability given to the true label; less is better. */
  LOG_LOSS = 'logLoss',
}

export interface BinaryClassificationJudgeProps {
  /**
   * What decides.
   *
   * @default JudgeMetric.ROC_AUC
   */
  readonly metric?: JudgeMetric;
  /**
   * The candidate must reach it (log loss: must not exceed it), champion or not.
   *
   * @default - 0.5 for ROC AUC, the natural logarithm of 2 for log loss (both are chance), 0 for the others
   */
  readonly floor?: number;
  /**
   * By how much the candidate may be worse than the champion on the same rows.
   *
   * @default 0.01
   */
  readonly tolerance?: number;
  /**
   * Confidence level of the interval whose bad end must lie within the tolerance.
   *
   * @default 0.95
   */
  readonly confidenceLevel?: number;
  /**
   * Scores from here on count as positive; registered with each model version.
   *
   * @default 0.5
   */
  readonly threshold?: number;
  /**
   * With fewer hold-out rows there is no verdict, and the candidate is rejected.
   *
   * @default 100
   */
  readonly minHoldoutRows?: number;
}

/** @internal */
export interface JudgeConfig {
  readonly metric: string;
  readonly floor: number;
  readonly tolerance: number;
  readonly level: number;
  readonly threshold: number;
  readonly minRows: number;
}

/**
 * Decides whether a candidate may replace the champion. Both are scored on the same hold-out rows; the candidate
 * must meet a floor, and a confidence interval of the difference must rule out that it is worse by more than the
 * tolerance.
 */
export class Judge {
  /** For models that give the probability of the positive class. */
  public static binaryClassification(props: BinaryClassificationJudgeProps = {}): Judge {
    const metric = props.metric ?? JudgeMetric.ROC_AUC;
    return new Judge({
      metric,
      floor: props.floor ?? defaultFloor(metric),
      tolerance: props.tolerance ?? 0.01,
      level: props.confidenceLevel ?? 0.95,
      threshold: props.threshold ?? 0.5,
      minRows: props.minHoldoutRows ?? 100,
    });
  }

  private constructor(private readonly config: JudgeConfig) {
    if (!(config.tolerance >= 0)) throw new Error(`tolerance is ${config.tolerance}: give 0 or more.`);
    if (!(config.level > 0.5 && config.level < 1)) {
      throw new Error(`confidenceLevel is ${config.level}: give a share between 0.5 and 1, such as 0.95.`);
    }
    if (!(config.threshold >= 0 && config.threshold <= 1)) {
      throw new Error(`threshold is ${config.threshold}: give a probability between 0 and 1.`);
    }
    if (!(Number.isInteger(config.minRows) && config.minRows >= 1)) {
      throw new Error(`minHoldoutRows is ${config.minRows}: give a whole number of at least 1.`);
    }
  }

  /** @internal */
  public _config(): JudgeConfig {
    return this.config;
  }
}

function defaultFloor(metric: JudgeMetric): number {
  if (metric === JudgeMetric.ROC_AUC) return 0.5;
  return metric === JudgeMetric.LOG_LOSS ? Math.LN2 : 0;
}
