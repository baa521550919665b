import type { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { IModelRegistry } from '../registry/model-registry';
import type { DriftPolicy } from './drift-policy';
import type { QualityPolicy } from './quality-policy';

export interface ModelMonitorProps {
  /** Name of the model. Its endpoint is watched. */
  readonly modelName: string;
  /** Where the model's versions are: their baselines and decision thresholds. Also keeps scores, labels and verdicts. */
  readonly registry: IModelRegistry;
  /**
   * Where SageMaker captures requests, under `captures/<endpoint>/`. It must send its events to EventBridge. Profiles
   * are kept there too, under `profiles/<model>/`.
   */
  readonly captureBucket: s3.IBucket;
  /**
   * Where labels are dropped, as CSV files under `labels/<model>/` with the header `inference_id,label`. It must send
   * its events to EventBridge.
   *
   * @default - the capture bucket
   */
  readonly labelBucket?: s3.IBucket;
  /**
   * Name of the endpoint.
   *
   * @default - the name of the model
   */
  readonly endpointName?: string;
  /**
   * Traffic is compared with the training data window by window: whole minutes, at most a day.
   *
   * @default Duration.hours(1)
   */
  readonly window?: Duration;
  /**
   * How long after its end a window waits for captures that are still on their way. What comes later than that is not
   * lost: the window is evaluated again.
   *
   * @default Duration.minutes(5)
   */
  readonly grace?: Duration;
  /**
   * How often closed windows are looked for: whole minutes.
   *
   * @default - the window, but at most 5 minutes
   */
  readonly evaluateEvery?: Duration;
  /**
   * How long after a prediction its label may come.
   *
   * @default Duration.days(90)
   */
  readonly labelRetention?: Duration;
  /**
   * When traffic counts as drifted.
   *
   * @default - at most 1 % false alarms a window, two of three windows to raise the alarm; see `DriftPolicy`
   */
  readonly drift?: DriftPolicy;
  /**
   * How good the model has to stay.
   *
   * @default - quality is measured, and there is no alarm about it
   */
  readonly quality?: QualityPolicy;
  /**
   * Alarm when no rows were captured for three windows. Right for an endpoint that is never idle: SageMaker stops
   * capturing without a word when an instance's disk is nearly full.
   *
   * @default false
   */
  readonly alarmOnMissingCaptures?: boolean;
  /**
   * Where verdicts are announced, as events `Window Evaluated`.
   *
   * @default - the account's default bus
   */
  readonly eventBus?: events.IEventBus;
  /**
   * Is told about every alarm that goes off.
   *
   * @default - alarms tell nobody, but EventBridge knows of them
   */
  readonly alarmTopic?: sns.ITopic;
  /**
   * A CloudWatch dashboard with the endpoint's and the model's metrics.
   *
   * @default true
   */
  readonly dashboard?: boolean;
}

/** Something that watches a model and says when it drifts. */
export interface IModelMonitor {
  /** Goes off when features drift, and back when they no longer do. */
  readonly driftAlarm: cloudwatch.IAlarm;
  /** Goes off when the model misses a floor; undefined when there is none. */
  readonly qualityAlarm?: cloudwatch.IAlarm;
}
