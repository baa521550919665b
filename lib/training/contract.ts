/** Environment of the training handlers. @internal */
export const TrainingEnv = {
  MODEL: 'MODEL_NAME',
  DATASET: 'DATASET_NAME',
  STATE_MACHINE_ARN: 'TRAINING_STATE_MACHINE_ARN',
  TRIGGERS_QUEUE_URL: 'TRAINING_TRIGGERS_QUEUE_URL',
  LEASE_SECONDS: 'TRAINING_LEASE_SECONDS',
  MAX_DATA_RUNS_PER_DAY: 'MAX_DATA_RUNS_PER_DAY',
  COOLDOWN_SECONDS: 'COOLDOWN_SECONDS',
  RECIPE: 'TRAINING_RECIPE',
} as const;

/**
 * The tag of a run that names what it was made with: a digest over code, image, hyperparameters and split. Same
 * recipe and same dataset version give the same model, so such a run is not repeated for data or drift.
 *
 * @internal
 */
export const RECIPE_TAG = 'flywheel:recipe';

/** Messages that Flywheel itself puts into the triggers queue, beside the events that the rules put there. @internal */
export const MessageKind = {
  /** Look again at what waits: a run has ended, or time has passed. */
  REEXAMINE: 'flywheel.training.reexamine',
  /** The schedule asks for a run. */
  SCHEDULE: 'flywheel.training.schedule',
} as const;

/** Everything of a run lies under `runs/<run>/` in the artifacts bucket. @internal */
export const RunFolder = {
  TRAIN: 'data/train/',
  VALIDATION: 'data/validation/',
  HOLDOUT: 'data/holdout/',
  BASELINE: 'baseline/',
  TRAINING: 'training/',
  MODEL: 'model/',
  EVALUATION: 'evaluation/',
} as const;

/** @internal */
export const RunFile = {
  BASELINE: 'baseline/baseline.json',
  SPLIT: 'baseline/split.json',
  MODEL: 'model/model.tar.gz',
  SCORES: 'evaluation/scores.csv',
  SUMMARY: 'evaluation/summary.json',
} as const;

/** Folder of the lake that holds the staged copy of a run's dataset version. @internal */
export const stagedPrefix = (run: string): string => `staging/${run}/data/`;

/** Beside it: what the preparation goes by, the two files below. @internal */
export const stagedPlanPrefix = (run: string): string => `staging/${run}/plan/`;

/**
 * The names of the dataset version's columns in their order, as a JSON array. Files may have them in another order;
 * what is trained on and scored has this one, which the registered features have as well.
 *
 * @internal
 */
export const stagedColumnsKey = (run: string): string => `${stagedPlanPrefix(run)}${COLUMNS_FILE}`;
/** How rows are split, as a `SplitConfig` in JSON, with its cut-offs once they are known. @internal */
export const stagedSplitKey = (run: string): string => `${stagedPlanPrefix(run)}${SPLIT_FILE}`;

/** @internal */
export const COLUMNS_FILE = 'columns.json';
/** @internal */
export const SPLIT_FILE = 'split.json';

/**
 * How a dataset version's rows are split. Cut-offs are values of the column: `holdoutFrom` and later rows are held
 * out, rows from `validationFrom` up to it validate.
 *
 * @internal
 */
export interface SplitConfig {
  readonly method: 'hash' | 'time';
  /** By hash: the column whose value decides; without it the whole row does. */
  readonly key?: string;
  /** By hash: another seed gives another split. */
  readonly seed?: string;
  /** By time: the column with the time. */
  readonly column?: string;
  /** Shares of the rows. */
  readonly holdout?: number;
  readonly validation?: number;
  readonly holdoutFrom?: string;
  readonly validationFrom?: string;
}

/** The tag of a run that names the split of its dataset version, a digest over the `SplitConfig`. @internal */
export const SPLIT_TAG = 'flywheel:split';

/**
 * One call of the staging function copies for about 12 minutes; a dataset version is staged in as many calls as it
 * takes, at most these.
 *
 * @internal
 */
export const MAX_STAGING_CALLS = 40;

/** What the admit function hands to the pipeline. @internal */
export interface PipelineInput {
  readonly runId: string;
  readonly model: string;
  readonly trigger: string;
  readonly reasons: readonly string[];
  readonly dataset: string;
  readonly datasetVersion: string;
  /** Fences off a run that outlived its lease. */
  readonly leaseToken: number;
  readonly startedAt: string;
}

/** Longest model name: SageMaker's job names have 63 characters, of which the run and the kind of job need 38. @internal */
export const MAX_MODEL_NAME = 25;
