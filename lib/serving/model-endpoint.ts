import { RemovalPolicy, Resource } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { IModelRegistry } from '../registry/model-registry';
import { createCaptureBucket } from './capture-bucket';
import { CAPTURE_FOLDER, endpointNameOf } from './contract';
import { DeploymentPipeline } from './deployment-pipeline';
import { checkFleet, checkModelName, hasOwnDisks } from './endpoint-limits';
import { EndpointMetric, endpointMetric } from './endpoint-metrics';
import type { IModelEndpoint } from './model-endpoint-interface';
import { modelRole } from './model-role';
import { PredictionApi } from './prediction-api';
import { alarmWindowSeconds, type RollbackProps, rollbackLimits } from './rollback';
import { RollbackAlarms } from './rollback-alarms';
import { TrafficShift } from './traffic-shift';

export interface ModelEndpointProps {
  /** Name of the model and of its endpoint: up to 40 small letters, digits and single hyphens. */
  readonly modelName: string;
  /** Where model versions come from and deployments are recorded. */
  readonly registry: IModelRegistry;
  /**
   * Where requests and answers are captured, under `captures/`.
   *
   * @default - a bucket of its own
   */
  readonly captureBucket?: s3.IBucket;
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
  /**
   * Encrypts captures, unless their bucket has a key, and the volumes of the instances.
   *
   * @default - a key of its own, with yearly rotation
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Where `Champion Changed` and `Deployment Completed` go.
   *
   * @default - the account's default bus
   */
  readonly eventBus?: events.IEventBus;
  /**
   * Whether the model's containers are cut off from every network, except for SageMaker's own requests.
   *
   * @default true
   */
  readonly networkIsolation?: boolean;
  /**
   * URIs of the ECR images that model versions use: only their repositories may be pulled from.
   *
   * @default - AWS's images for scikit-learn and XGBoost, of the stack's region, unless `imageRepositoryArns` is given
   */
  readonly images?: string[];
  /**
   * ARNs of further ECR repositories that may be pulled from, for images whose URIs are known only when the stack is
   * deployed.
   *
   * @default - none
   */
  readonly imageRepositoryArns?: string[];
  /**
   * What happens to the construct's own capture bucket and key when it is removed. With `DESTROY` the bucket is
   * deleted only when it is empty.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A model that is live behind a SageMaker real-time endpoint and a prediction API.
 *
 * The endpoint itself does not exist until the first deployment: the deployment state machine creates models,
 * endpoint configurations and the endpoint (all tagged `flywheel:model`), shifts traffic, and moves the `champion`
 * alias once the new version serves. Deployments take turns. Without an endpoint nothing is billed but the key.
 */
export class ModelEndpoint extends Resource implements IModelEndpoint {
  public readonly modelName: string;
  public readonly endpointName: string;
  public readonly apiUrl: string;
  public readonly deploymentStateMachine: sfn.IStateMachine;
  public readonly captureBucket: s3.IBucket;
  /** Role of the model's containers. The endpoint needs it as long as it exists. */
  public readonly executionRole: iam.IRole;
  /** The alarms that roll a deployment back. */
  public readonly rollbackAlarms: cloudwatch.IAlarm[];
  /**
   * Go off when a deployment fails, times out or is stopped before its outcome is recorded. A deployment that was
   * rolled back has recorded that, and raises none of these.
   */
  public readonly deploymentAlarms: cloudwatch.Alarm[];
  private readonly api: PredictionApi;

  /** @throws Error for settings that SageMaker would refuse or that could never work, saying why. */
  constructor(scope: Construct, id: string, props: ModelEndpointProps) {
    super(scope, id);
    checkModelName(props.modelName);
    this.modelName = props.modelName;
    this.endpointName = endpointNameOf(props.modelName);
    const instanceType = props.instanceType ?? 'ml.m5.large';
    const instanceCount = props.instanceCount ?? 2;
    checkFleet(instanceType, instanceCount);
    const limits = rollbackLimits(props.rollback);
    const traffic = props.traffic ?? (instanceCount >= 2 ? TrafficShift.canary() : TrafficShift.allAtOnce());
    const policy = traffic._bind({ instanceCount, alarmWindowSeconds: alarmWindowSeconds(limits) });

    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const key =
      props.encryptionKey ??
      new kms.Key(this, 'Key', {
        description: `Encrypts captures and volumes of model ${props.modelName}`,
        enableKeyRotation: true,
        removalPolicy,
      });
    this.captureBucket = props.captureBucket ?? createCaptureBucket(this, { key, removalPolicy });
    const captureKey = this.captureBucket.encryptionKey ?? key;
    const { alarms } = new RollbackAlarms(this, 'Rollback', {
      modelName: this.modelName,
      endpointName: this.endpointName,
      limits,
    });
    this.rollbackAlarms = alarms;
    this.executionRole = modelRole(this, 'ModelRole', {
      modelName: this.modelName,
      endpointName: this.endpointName,
      artifactsBucket: props.registry.artifacts,
      artifactsKey: props.registry.encryptionKey,
      captureBucket: this.captureBucket,
      captureKey,
      rollbackAlarmArns: alarms.map((alarm) => alarm.alarmArn),
      images: props.images,
      imageRepositoryArns: props.imageRepositoryArns,
    });
    const deployment = new DeploymentPipeline(this, 'Deployment', {
      modelName: this.modelName,
      endpointName: this.endpointName,
      instanceType,
      instanceCount,
      registry: props.registry,
      executionRole: this.executionRole,
      networkIsolation: props.networkIsolation ?? true,
      captureUri: this.captureBucket.s3UrlForObject(CAPTURE_FOLDER),
      captureKey,
      volumeKey: hasOwnDisks(instanceType) ? undefined : key,
      alarms,
      eventBus: props.eventBus ?? events.EventBus.fromEventBusName(this, 'DefaultBus', 'default'),
      deploymentConfig: {
        BlueGreenUpdatePolicy: policy,
        AutoRollbackConfiguration: { Alarms: alarms.map((alarm) => ({ AlarmName: alarm.alarmName })) },
      },
    });
    this.deploymentStateMachine = deployment.stateMachine;
    this.deploymentAlarms = deployment.unrecordedAlarms;
    this.api = new PredictionApi(this, 'Predictions', {
      modelName: this.modelName,
      endpointName: this.endpointName,
      registry: props.registry,
    });
    this.apiUrl = this.api.url;
  }

  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return this.api.grantInvoke(grantee);
  }

  public metricInvocations(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric(EndpointMetric.INVOCATIONS, { statistic: 'Sum', ...options });
  }

  public metricServerErrors(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric(EndpointMetric.SERVER_ERRORS, { statistic: 'Sum', ...options });
  }

  public metricClientErrors(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric(EndpointMetric.CLIENT_ERRORS, { statistic: 'Sum', ...options });
  }

  public metricModelLatency(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric(EndpointMetric.MODEL_LATENCY, { statistic: 'p99', ...options });
  }

  private metric(name: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
    return endpointMetric(this.endpointName, name, options);
  }
}
