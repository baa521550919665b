import { RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatchActions from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { DataLake } from './data-lake/data-lake';
import { addOutputs } from './flywheel-outputs';
import type { FlywheelProps } from './flywheel-props';
import { ModelMonitor } from './monitoring/model-monitor';
import { ModelRegistry } from './registry/model-registry';
import { ModelEndpoint } from './serving/model-endpoint';
import { TrainingPipeline } from './training/training-pipeline';

/**
 * A model that stays fresh. Data dropped into the lake becomes a dataset version, a training run, a judged and
 * registered model version and, through a canary, the live model; its traffic is watched, and drift starts the next
 * run.
 *
 * Composes the five areas for one model: each is a property, to be extended with more rules, alarms and grants.
 * Idle, it costs an encryption key, its alarms and the endpoint's instances once a model is live.
 */
export class Flywheel extends Construct {
  /** Where data lands and becomes dataset versions. */
  public readonly lake: DataLake;
  /** Where runs, model versions, aliases and their evidence are recorded. */
  public readonly registry: ModelRegistry;
  /** Where the model is live. */
  public readonly endpoint: ModelEndpoint;
  /** What watches it. */
  public readonly monitor: ModelMonitor;
  /** What trains it. */
  public readonly training: TrainingPipeline;
  /** Encrypts everything that is kept. */
  public readonly encryptionKey: kms.IKey;

  /** @throws Error for settings that AWS would refuse or that could never work, saying why. */
  constructor(scope: Construct, id: string, props: FlywheelProps) {
    super(scope, id);
    const { modelName, eventBus, alarmTopic } = props;
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    this.encryptionKey =
      props.encryptionKey ??
      new kms.Key(this, 'Key', {
        description: `Encrypts data, records and artifacts of model ${modelName}`,
        enableKeyRotation: true,
        removalPolicy,
      });
    const kept = { encryptionKey: this.encryptionKey, removalPolicy };
    const dataset = props.dataset ?? modelName;

    this.registry = new ModelRegistry(this, 'Registry', { ...props.registry, ...kept, eventBus });
    this.lake = new DataLake(this, 'Lake', {
      ...kept,
      catalog: this.registry.table,
      quietPeriod: props.quietPeriod,
      eventBus,
    });
    const registry = this.registry;
    this.endpoint = new ModelEndpoint(this, 'Endpoint', {
      ...props.serving,
      ...kept,
      modelName,
      registry,
      captureBucket: this.lake.bucket,
      // What trains a model also serves it.
      imageRepositoryArns: props.image && [props.image._bind(this).repositoryArn],
      eventBus,
    });
    this.monitor = new ModelMonitor(this, 'Monitor', {
      ...props.monitoring,
      modelName,
      registry,
      captureBucket: this.lake.bucket,
      alarmTopic,
      eventBus,
    });
    const { driftAlarm, qualityAlarm } = this.monitor;
    this.training = new TrainingPipeline(this, 'Training', {
      modelName,
      dataset,
      registry,
      eventBus,
      lake: this.lake,
      code: props.code,
      target: props.target,
      splitKey: props.splitKey,
      split: props.split,
      ignoredColumns: props.ignoredColumns,
      image: props.image,
      hyperparameters: props.hyperparameters,
      metricDefinitions: props.metricDefinitions,
      compute: props.compute,
      judge: props.judge,
      retraining: props.retraining,
      retrainOn: qualityAlarm === undefined ? [driftAlarm] : [driftAlarm, qualityAlarm],
      deployment: this.endpoint.deploymentStateMachine,
    });
    if (alarmTopic !== undefined) {
      const action = new cloudwatchActions.SnsAction(alarmTopic);
      const alarms = [
        ...this.lake.deadLetterAlarms,
        ...this.registry.alarms,
        ...this.endpoint.deploymentAlarms,
        ...this.training.alarms,
      ];
      for (const alarm of alarms) {
        alarm.addAlarmAction(action);
      }
    }
    addOutputs(this, modelName, dataset);
  }

  /** Lets the grantee call the prediction API. */
  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return this.endpoint.grantInvoke(grantee);
  }

  /** Lets the grantee drop data for this model into the lake. */
  public grantDrop(grantee: iam.IGrantable, dataset: string): iam.Grant {
    return this.lake.grantDrop(grantee, dataset);
  }
}
