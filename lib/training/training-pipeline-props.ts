import type { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { IDataLake } from '../data-lake/data-lake';
import type { IModelRegistry } from '../registry/model-registry';
import type { Compute } from './compute';
import type { Image } from './image';
import type { Judge } from './judge';
import type { Split } from './split';
import type { TrainingCode } from './training-code';

/** When the model is trained again. At most one run goes on at a time, whatever asks for it. */
export interface RetrainingPolicy {
  /**
   * How many runs new data may start within 24 hours. Further data waits for the next day, or for drift, a schedule
   * or a person, whom this does not hold back.
   *
   * @default 4
   */
  readonly maxDataRunsPerDay?: number;
  /**
   * Least time between the starts of two runs that data started.
   *
   * @default - none
   */
  readonly cooldown?: Duration;
  /**
   * Times at which the model is trained if there is newer data or code than it was trained with.
   *
   * @default - no schedule
   */
  readonly schedule?: scheduler.ScheduleExpression;
}

export interface TrainingPipelineProps {
  /** Name of the model, up to 25 small letters, digits and single hyphens. */
  readonly modelName: string;
  /** Where the data comes from. */
  readonly lake: IDataLake;
  /** Where runs and model versions are recorded. */
  readonly registry: IModelRegistry;
  /** Name of the dataset: the folder under `raw/` of the lake. */
  readonly dataset: string;
  /** The column to predict: 0 or 1 in every row. */
  readonly target: string;
  /** What trains and serves the model. */
  readonly code: TrainingCode;
  /**
   * The container in which it does.
   *
   * @default Image.sklearn('1.2-1')
   */
  readonly image?: Image;
  /**
   * Share of the rows that candidate and champion are judged on. Never trained on.
   *
   * @default 0.2
   */
  readonly holdoutFraction?: number;
  /**
   * The column whose value decides whether a row is held out, so that rows that belong together stay together.
   *
   * @default - the whole row
   */
  readonly splitKey?: string;
  /**
   * How rows are divided into training, validation and hold-out, where `splitKey` and `holdoutFraction` do not say
   * enough: by time, or with rows to validate with.
   *
   * @default - by hash of `splitKey`, with `holdoutFraction` held out and nothing to validate with
   */
  readonly split?: Split;
  /**
   * Columns that are no inputs of the model, such as identifiers.
   *
   * @default - every column but the target is an input
   */
  readonly ignoredColumns?: string[];
  /**
   * Handed to the script as `--name value`.
   *
   * @default - none
   */
  readonly hyperparameters?: { [name: string]: string };
  /**
   * Metrics that the script prints: name to regular expression with one group. They are recorded with the run.
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
   * The instance that splits the data and scores candidate and champion. Its `maxRuntime` is at most 9 days.
   *
   * @default Compute.cpu()
   */
  readonly processingCompute?: Compute;
  /**
   * Decides whether a candidate may replace the champion.
   *
   * @default Judge.binaryClassification()
   */
  readonly judge?: Judge;
  /**
   * When the model is trained again.
   *
   * @default - for every accepted dataset version, up to 4 a day
   */
  readonly retraining?: RetrainingPolicy;
  /**
   * Alarms, such as a drift alarm, that start a run when they go off.
   *
   * @default - none; see `retrainOn`
   */
  readonly retrainOn?: cloudwatch.IAlarm[];
  /**
   * The state machine that makes an accepted version live: input `{model, version, trigger, reasons, runId}`,
   * output `{status, deploymentId, endpointConfigName, reasons}`.
   *
   * @default - accepted versions are registered and not deployed
   */
  readonly deployment?: sfn.IStateMachine;
  /**
   * Where Flywheel's events come from and go to.
   *
   * @default - the account's default bus
   */
  readonly eventBus?: events.IEventBus;
}
