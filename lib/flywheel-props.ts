import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { DriftPolicy } from './monitoring/drift-policy';
import type { QualityPolicy } from './monitoring/quality-policy';
import type { TrackingAuth } from './registry/tracking-auth';
import type { TrackingLimits } from './registry/tracking-limits';
import type { RollbackProps } from './serving/rollback';
import type { TrafficShift } from './serving/traffic-shift';
import type { Compute } from './training/compute';
import type { Image } from './training/image';
import type { Judge } from './training/judge';
import type { Split } from './training/split';
import type { TrainingCode } from './training/training-code';
import type { RetrainingPolicy } from './training/training-pipeline-props';

/** How a model is served; see `ModelEndpoint` for what each means. */
export interface ServingOptions {
  /**
   * SageMaker's instance type.
   *
   * @default ml.m5.large
   */
  readonly instanceType?: string;
  /**
   * Number of instances. A canary needs two.
   *
   * @default 2
   */
  readonly instanceCount?: number;
  /**
   * How traffic moves to a new version.
   *
   * @default - a canary of one instance for five minutes; with a single instance, all at once
   */
  readonly traffic?: TrafficShift;
  /**
   * What ends a deployment and brings the old version back.
   *
   * @default - more than 5 % server errors, or a 99th percentile of latency above 5 s, for two minutes
   */
  readonly rollback?: RollbackProps;
}

/** The tracking API beside the registry; see `ModelRegistry` for what each means. */
export interface RegistryOptions {
  /**
   * Whether there is an API for MLflow's clients.
   *
   * @default true
   */
  readonly trackingApi?: boolean;
  /**
   * How callers of the tracking API prove who they are.
   *
   * @default TrackingAuth.iam()
   */
  readonly trackingAuth?: TrackingAuth;
  /**
   * How much the tracking API takes.
   *
   * @default - 200 requests and 50 searches of runs per second
   */
  readonly trackingLimits?: TrackingLimits;
  /**
   * Whether to set the role by which API Gateway writes logs: a setting of the whole account and region, needed once.
   *
   * @default true
   */
  readonly accountLogRole?: boolean;
}

/** How a live model is watched; see `ModelMonitor` for what each means. */
export interface MonitoringOptions {
  /**
   * Traffic is compared with the training data window by window: whole minutes, at most a day.
   *
   * @default Duration.hours(1)
   */
  readonly window?: Duration;
  /**
   * How often closed windows are looked for: whole minutes.
   *
   * @default - the window, but at most 5 minutes
   */
  readonly evaluateEvery?: Duration;
  /**
   * How long after its end a window waits for captures that are still on their way.
   *
   * @default Duration.minutes(5)
   */
  readonly grace?: Duration;
  /**
   * When traffic counts as drifted.
   *
   * @default - at most 1 % false alarms a window, two of three windows to raise the alarm
   */
  readonly drift?: DriftPolicy;
  /**
   * How good the model has to stay. A missed floor retrains it.
   *
   * @default - quality is measured, and there is no alarm about it
   */
  readonly quality?: QualityPolicy;
}

export interface FlywheelProps {
  /** Name of the model, its endpoint and its jobs: up to 25 small letters, digits and single hyphens. */
  readonly modelName: string;
  /** What trains and serves the model: a folder with `train.py` and `inference.py`. */
  readonly code: TrainingCode;
  /** The column to predict: 0 or 1 in every row. */
  readonly target: string;
  /**
   * Name of the dataset: data lands in the folder `raw/<dataset>/` of the lake.
   *
   * @default - the model's name
   */
  readonly dataset?: string;
  /**
   * The column whose value decides whether a row is held out, so that rows that belong together stay together.
   *
   * @default - the whole row
   */
  readonly splitKey?: string;
  /**
   * How rows are divided into training, validation and hold-out, where `splitKey` does not say enough: by time, or with
   * rows to validate with.
   *
   * @default - by hash of `splitKey`, a fifth held out and nothing to validate with
   */
  readonly split?: Split;
  /**
   * Columns that are no inputs of the model, such as identifiers.
   *
   * @default - every column but the target is an input
   */
  readonly ignoredColumns?: string[];
  /**
   * The container that trains and serves the model.
   *
   * @default Image.sklearn('1.2-1')
   */
  readonly image?: Image;
  /**
   * Handed to the training script as `--name value`.
   *
   * @default - none
   */
  readonly hyperparameters?: { [name: string]: string };
  /**
   * Metrics that the training script prints: name to regular expression with one group.
   *
   * @default - none
   */
  readonly metricDefinitions?: { [name: string]: string };
  /**
   * The instance that trains.
   *
   * @default Compute.cpu()
   */
  readonly compute?: Compute;
  /**
   * Decides whether a candidate may replace the champion.
   *
   * @default Judge.binaryClassification()
   */
  readonly judge?: Judge;
  /**
   * When the model is trained again.
   *
   * @default - for every accepted dataset version, up to 4 a day, and whenever the drift alarm goes off
   */
  readonly retraining?: RetrainingPolicy;
  /**
   * The tracking API beside the registry.
   *
   * @default - there is one, for callers with IAM credentials
   */
  readonly registry?: RegistryOptions;
  /**
   * How the model is served.
   *
   * @default - two ml.m5.large behind a canary
   */
  readonly serving?: ServingOptions;
  /**
   * How the live model is watched.
   *
   * @default - hourly windows
   */
  readonly monitoring?: MonitoringOptions;
  /**
   * Objects that land within this time of each other are one drop: 1 second to 15 minutes.
   *
   * @default Duration.minutes(2)
   */
  readonly quietPeriod?: Duration;
  /**
   * Is told about every alarm that goes off.
   *
   * @default - alarms tell nobody, but EventBridge knows of them
   */
  readonly alarmTopic?: sns.ITopic;
  /**
   * Where Flywheel's events come from and go to.
   *
   * @default - the account's default bus
   */
  readonly eventBus?: events.IEventBus;
  /**
   * Encrypts everything that is kept.
   *
   * @default - a key of its own, with yearly rotation
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * What happens to data, records and the key when the construct is removed. With `DESTROY`, buckets are deleted
   * only when they are empty.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}
