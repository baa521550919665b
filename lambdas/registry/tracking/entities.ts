/**
 * What MLflow tracks. Times are milliseconds since the epoch, steps are integers, both exact up to 2^53. Keys come
 * from clients and may be any string, also `__proto__`: they live in maps, never in plain objects.
 */
export type LifecycleStage = 'active' | 'deleted';

export interface Experiment {
  /** Decimal digits. `0` is the Default experiment. */
  readonly experimentId: string;
  readonly name: string;
  /** Where artifacts of its runs and models go unless they say otherwise. */
  readonly artifactLocation: string;
  readonly lifecycleStage: LifecycleStage;
  readonly creationTime: number;
  readonly lastUpdateTime: number;
  readonly tags: ReadonlyMap<string, string>;
}

export type TrackingRunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

/** What identifies a run and says how it stands. */
export interface TrackingRunInfo {
  readonly runId: string;
  readonly runName: string;
  readonly experimentId: string;
  readonly userId: string;
  readonly status: TrackingRunStatus;
  readonly startTime: number;
  readonly endTime?: number;
  readonly artifactUri: string;
  /** Of the run itself or of its experiment, whichever was changed later. */
  readonly lifecycleStage: LifecycleStage;
}

export interface TrackingRun extends TrackingRunInfo {
  readonly params: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string>;
  /** The latest point of each key. */
  readonly metrics: ReadonlyMap<string, LatestMetric>;
  readonly datasetInputs: readonly DatasetInput[];
  readonly modelInputs: readonly ModelInput[];
  readonly modelOutputs: readonly ModelOutput[];
}

/** A run and the latest metrics alone, without what `metrics` of a run repeats: its key. */
export interface LatestMetric {
  /** NaN as it is; infinities as plus or minus 1.7976931348623157e308. */
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
}

/** One point of a metric's history. */
export interface MetricPoint extends LatestMetric {
  readonly key: string;
}

/** A point of one run, as bulk reads answer it. */
export interface RunMetricPoint extends MetricPoint {
  readonly runId: string;
}

/** A point that a client logs, possibly about a logged model and the data that it was measured on. */
export interface NewMetric extends MetricPoint {
  /** The logged model that it is about. @default - only about the run */
  readonly modelId?: string;
  readonly datasetName?: string;
  readonly datasetDigest?: string;
}

export interface Dataset {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly schema?: string;
  readonly profile?: string;
}

/** A dataset that a run read. The tag `mlflow.data.context` says for what. */
export interface DatasetInput {
  readonly dataset: Dataset;
  readonly tags: ReadonlyMap<string, string>;
}

/** One dataset of an experiment with the context that some run read it in. */
export interface DatasetSummary {
  readonly experimentId: string;
  readonly name: string;
  readonly digest: string;
  /** Value of the tag `mlflow.data.context`. */
  readonly context?: string;
}

/** A logged model that a run read. */
export interface ModelInput {
  readonly modelId: string;
}

/** A logged model that a run made, at a step. */
export interface ModelOutput {
  readonly modelId: string;
  readonly step: number;
}

export type LoggedModelStatus = 'UNSPECIFIED' | 'PENDING' | 'READY' | 'FAILED';

/** The latest value of a metric of a logged model, for one run and one dataset. */
export interface LoggedModelMetric extends MetricPoint {
  readonly runId: string;
  readonly datasetName?: string;
  readonly datasetDigest?: string;
}

export interface LoggedModel {
  /** `m-` and 32 hexadecimal digits. */
  readonly modelId: string;
  readonly experimentId: string;
  readonly name: string;
  readonly artifactLocation: string;
  readonly creationTime: number;
  readonly lastUpdatedTime: number;
  readonly modelType?: string;
  readonly sourceRunId?: string;
  readonly status: LoggedModelStatus;
  readonly statusMessage?: string;
  readonly lifecycleStage: LifecycleStage;
  readonly params: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string>;
  readonly metrics: readonly LoggedModelMetric[];
}
