import { modelPk } from '../registry/contract';

/** What the ModelMonitor construct and its handlers agree on. @internal */
export const MonitorEnv = {
  MODEL: 'MODEL_NAME',
  ENDPOINT: 'ENDPOINT_NAME',
  CAPTURE_BUCKET: 'CAPTURE_BUCKET',
  LABEL_BUCKET: 'LABEL_BUCKET',
  WINDOW_SECONDS: 'WINDOW_SECONDS',
  GRACE_SECONDS: 'GRACE_SECONDS',
  RETENTION_SECONDS: 'INFERENCE_RETENTION_SECONDS',
  DRIFT_SETTINGS: 'DRIFT_SETTINGS',
  QUALITY_SETTINGS: 'QUALITY_SETTINGS',
} as const;

/** All of Flywheel's own metrics: one namespace, one dimension. @internal */
export const METRIC_NAMESPACE = 'Flywheel';
/** @internal */
export const MODEL_DIMENSION = 'Model';
/** @internal */
export const MetricName = {
  DRIFTED_FEATURES: 'DriftedFeatures',
  CAPTURED_ROWS: 'CapturedRows',
  UNDECODABLE_CAPTURES: 'UndecodableCaptures',
  REJECTED_LABELS: 'RejectedLabels',
  LABEL_COVERAGE: 'LabelCoverage',
  ACCURACY: 'Accuracy',
  PRECISION: 'Precision',
  RECALL: 'Recall',
  F1: 'F1',
  MISSED_FLOORS: 'MissedFloors',
} as const;

/** `DriftPolicy` with its defaults filled in, as the evaluation reads it. @internal */
export interface DriftSettings {
  readonly falseDiscoveryRate: number;
  readonly minRows: number;
  readonly minEffect: number;
  readonly rateTolerance: number;
  readonly windowsToAlarm: number;
  readonly windowsConsidered: number;
}

/** @internal */
export const DEFAULT_DRIFT: DriftSettings = {
  falseDiscoveryRate: 0.01,
  minRows: 100,
  minEffect: 0.005,
  rateTolerance: 0.05,
  windowsToAlarm: 2,
  windowsConsidered: 3,
};

/** The metrics that may have a floor. @internal */
export const FLOORS = ['accuracy', 'precision', 'recall', 'f1'] as const;

/** `QualityPolicy` with its defaults filled in, as the evaluation reads it. @internal */
export interface QualitySettings {
  readonly minCoverage: number;
  readonly minLabels: number;
  /** Floor by metric. */
  readonly floors: { readonly [metric in (typeof FLOORS)[number]]?: number };
}

/** @internal */
export const DEFAULT_QUALITY: QualitySettings = { minCoverage: 0.8, minLabels: 100, floors: {} };

/** Defaults of the construct, in seconds. @internal */
export const DEFAULT_WINDOW_SECONDS = 3600;
/** @internal */
export const DEFAULT_GRACE_SECONDS = 300;
/** @internal */
export const DEFAULT_RETENTION_SECONDS = 90 * 86400;

/** Name of the alarm that drift starts a retraining with. @internal */
export const driftAlarmName = (model: string): string => `${model}-drift`;
/** Name of the alarm that a missed floor starts a retraining with. @internal */
export const qualityAlarmName = (model: string): string => `${model}-quality`;

/** Sort key, below the model, of what is known of one window. @internal */
export const windowSk = (windowStart: string): string => `${WINDOW_SK_PREFIX}${windowStart}`;
/** @internal */
export const WINDOW_SK_PREFIX = 'WINDOW#';
/** Index partition of the windows that something arrived for since they were evaluated. @internal */
export const dirtyWindowsPk = (model: string): string => `${modelPk(model)}#DIRTY`;
/** Sort key, below the model, of what was last said in the metrics that alarms look at. @internal */
export const MONITOR_SK = 'MONITOR';

/** One request to the endpoint; its rows are in chunks, so that an item stays small. @internal */
export const inferencePk = (inferenceId: string): string => `INFERENCE#${inferenceId}`;
/** @internal */
export const ROWS_PER_CHUNK = 100;
/** @internal */
export const rowsSk = (chunk: number): string => `ROWS#${String(chunk).padStart(6, '0')}`;
/** Index partition of the inferences of one window. @internal */
export const windowInferencesPk = (model: string, windowStart: string): string =>
  `${modelPk(model)}#WINDOW#${windowStart}`;
