import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { Aws, Duration, type IResource, RemovalPolicy, Resource, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { assetPath } from '../private/prebundled-function';
import { CodeTag } from '../registry/contract';
import { Compute } from './compute';
import { createAdmitFunction, createPipelineHandlers, type PipelineHandlers } from './functions';
import { Image, type ImageConfig } from './image';
import { createJobRoles, type JobRoles } from './job-permissions';
import { Judge } from './judge';
import { pipelineDefinition, pipelineTimeoutSeconds } from './pipeline-definition';
import type { PipelineOptions, S3File } from './pipeline-options';
import { pipelineRole } from './pipeline-role';
import { splitOf } from './split-config';
import type { TrainingCodeConfig } from './training-code';
import { checkTrainingProps } from './training-limits';
import type { TrainingPipelineProps } from './training-pipeline-props';
import { Triggers } from './triggers';

/** What trains a model, judges it, registers it and has it deployed. */
export interface ITrainingPipeline extends IResource {
  readonly modelName: string;
  /** The pipeline. Executions are named after runs; let the governor start them, not people. */
  readonly stateMachine: sfn.IStateMachine;
  /** Registers a model version for a run, or for a person who brings the evidence. */
  readonly registerFunction: lambda.IFunction;
  /** Where triggers wait for the governor. */
  readonly triggers: sqs.IQueue;
  /** Lets the grantee register model versions by hand. */
  grantRegister(grantee: iam.IGrantable): iam.Grant;
}

/** Beyond the pipeline's own limit, so that a lease outlives its run. */
const LEASE_MARGIN_SECONDS = 3600;

/**
 * Trains a model on SageMaker whenever there is a reason to: new data, drift, a schedule, a person.
 *
 * Triggers arrive in a queue; the governor decides about each, with a reason, and starts at most one run at a time.
 * A run stages exactly the bytes of a dataset version, splits them, trains, scores candidate and champion on the
 * same hold-out, judges, registers and deploys. Idle, it costs an hourly look at the queue.
 */
export class TrainingPipeline extends Resource implements ITrainingPipeline {
  public readonly modelName: string;
  public readonly stateMachine: sfn.IStateMachine;
  public readonly registerFunction: lambda.IFunction;
  public readonly triggers: sqs.IQueue;
  /** Go off when a run fails, or when a trigger cannot be processed. */
  public readonly alarms: cloudwatch.Alarm[];
  private readonly sources: Triggers;

  /** @throws Error for settings that SageMaker would refuse or that could never work, saying why. */
  constructor(scope: Construct, id: string, props: TrainingPipelineProps) {
    super(scope, id);
    checkTrainingProps(props);
    this.modelName = props.modelName;
    const eventBus = props.eventBus ?? events.EventBus.fromEventBusName(this, 'DefaultBus', 'default');
    const image = props.image ?? Image.sklearn('1.2-1');
    const imageConfig = image._bind(this);
    const code = props.code._bind(this, 'Code', image._packages, image._fingerprint);
    const scripts = {
      prepare: new Asset(this, 'PrepareScript', { path: assetPath('jobs', 'prepare.py') }),
      evaluate: new Asset(this, 'EvaluateScript', { path: assetPath('jobs', 'evaluate.py') }),
    };
    const roles = createJobRoles(this, {
      ...props,
      image: imageConfig,
      code: code.asset,
      scripts,
      split: splitOf(props),
    });

    this.sources = new Triggers(this, 'Sources', { ...props, eventBus });
    this.triggers = this.sources.work.queue;
    const settings = pipelineSettings(props, imageConfig, code, scripts, roles);
    const timeoutSeconds = pipelineTimeoutSeconds(
      pipelineDefinition({ ...settings, functions: NO_FUNCTIONS }),
    );
    const handlers = createPipelineHandlers(this, {
      ...props,
      eventBus,
      triggers: this.triggers,
      leaseSeconds: timeoutSeconds + LEASE_MARGIN_SECONDS,
    });
    this.registerFunction = handlers.register;
    this.stateMachine = this.createStateMachine(props, settings, handlers, roles, timeoutSeconds);
    this.sources.consumeBy(
      createAdmitFunction(this, {
        ...props,
        eventBus,
        triggers: this.triggers,
        stateMachineArn: this.stateMachine.stateMachineArn,
        recipe: recipeOf(props, image, code, scripts.prepare),
        maxDataRunsPerDay: props.retraining?.maxDataRunsPerDay ?? 4,
        cooldown: props.retraining?.cooldown ?? Duration.seconds(0),
        timeout: this.sources.work.consumerTimeout,
      }),
    );
    this.sources.addPipeline(this.stateMachine);
    if (props.retraining?.schedule !== undefined) this.sources.addSchedule(props.retraining.schedule);
    for (const alarm of props.retrainOn ?? []) this.retrainOn(alarm);
    this.alarms = [this.sources.work.alarm, this.failedRunsAlarm()];
  }

  /** Starts a run whenever the alarm goes off, on the newest accepted data, held back by no limit on data runs. */
  public retrainOn(alarm: cloudwatch.IAlarm): void {
    this.sources.addAlarm(alarm);
  }

  public grantRegister(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [this.registerFunction.functionArn],
    });
  }

  /**
   * Runs that failed.
   *
   * @default - sum over 5 minutes
   */
  public metricFailedRuns(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricFailed({ statistic: 'Sum', ...options });
  }

  private createStateMachine(
    props: TrainingPipelineProps,
    settings: Omit<PipelineOptions, 'functions'>,
    handlers: PipelineHandlers,
    roles: JobRoles,
    timeoutSeconds: number,
  ): sfn.StateMachine {
    const functions = {
      beginRun: handlers.beginRun.functionArn,
      stageDataset: handlers.stageDataset.functionArn,
      recordSplit: handlers.recordSplit.functionArn,
      judge: handlers.judge.functionArn,
      register: handlers.register.functionArn,
      conclude: handlers.conclude.functionArn,
    };
    const { role, policy } = pipelineRole(this, 'Role', {
      modelName: props.modelName,
      functions: Object.values(handlers),
      jobRoles: Object.values(roles),
      key: props.registry.encryptionKey,
      deployment: props.deployment,
    });
    const logGroup = new logs.LogGroup(this, 'Log', {
      logGroupName: `/aws/vendedlogs/states/${Stack.of(this).stackName}-${props.modelName}-training`,
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      definitionBody: sfn.DefinitionBody.fromString(
        Stack.of(this).toJsonString(pipelineDefinition({ ...settings, functions })),
      ),
      comment: `Trains, judges, registers and deploys model ${props.modelName}`,
      role,
      timeout: Duration.seconds(timeoutSeconds),
      tracingEnabled: true,
      logs: { destination: logGroup, level: sfn.LogLevel.ALL, includeExecutionData: false },
    });
    stateMachine.node.addDependency(policy);
    return stateMachine;
  }

  private failedRunsAlarm(): cloudwatch.Alarm {
    return this.metricFailedRuns().createAlarm(this, 'FailedRunsAlarm', {
      alarmDescription: `A training run of model ${this.modelName} failed; the registry's run says why.`,
      threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}

const NO_FUNCTIONS = {
  beginRun: '',
  stageDataset: '',
  recordSplit: '',
  judge: '',
  register: '',
  conclude: '',
};

function pipelineSettings(
  props: TrainingPipelineProps,
  image: ImageConfig,
  code: TrainingCodeConfig,
  scripts: { readonly prepare: Asset; readonly evaluate: Asset },
  roles: JobRoles,
): Omit<PipelineOptions, 'functions'> {
  return {
    partition: Aws.PARTITION,
    region: Aws.REGION,
    modelName: props.modelName,
    lakeBucket: props.lake.bucket.bucketName,
    artifactsBucket: props.registry.artifacts.bucketName,
    imageUri: image.uri,
    keyArn: props.registry.encryptionKey.keyArn,
    roles: { prepare: roles.prepare.roleArn, train: roles.train.roleArn, evaluate: roles.evaluate.roleArn },
    prepareScript: fileOf(scripts.prepare),
    evaluateScript: fileOf(scripts.evaluate),
    source: fileOf(code.asset),
    codeTags: codeTags(code, image.uri),
    entryPoint: code.entryPoint,
    inference: code.inference,
    target: props.target,
    split: splitOf(props),
    ignoredColumns: props.ignoredColumns ?? [],
    hyperparameters: props.hyperparameters ?? {},
    metricDefinitions: props.metricDefinitions ?? {},
    trainingCompute: (props.compute ?? Compute.cpu())._config(),
    processingCompute: (props.processingCompute ?? Compute.cpu())._config(),
    judge: (props.judge ?? Judge.binaryClassification())._config(),
    deploymentArn: props.deployment?.stateMachineArn,
  };
}

/** What tells later which code made a model. */
function codeTags({ digest, version }: TrainingCodeConfig, imageUri: string): Record<string, string> {
  const imageDigest = /@(sha256:[0-9a-f]{64})$/.exec(imageUri)?.[1];
  return {
    [CodeTag.SOURCE_DIGEST]: digest,
    ...(version === undefined
      ? {}
      : { [CodeTag.COMMIT]: version.commit, [CodeTag.DIRTY]: String(version.dirty) }),
    ...(version?.repository === undefined ? {} : { [CodeTag.REPOSITORY]: version.repository }),
    ...(imageDigest === undefined ? {} : { [CodeTag.IMAGE_DIGEST]: imageDigest }),
  };
}

function fileOf(asset: Asset): S3File {
  return { uri: asset.s3ObjectUrl, fileName: path.posix.basename(asset.s3ObjectKey) };
}

/** Digest of everything but the data that decides what model comes out. */
function recipeOf(
  props: TrainingPipelineProps,
  image: Image,
  code: TrainingCodeConfig,
  prepareScript: Asset,
): string {
  const parts = {
    code: code.digest,
    entryPoint: code.entryPoint,
    inference: code.inference,
    image: image._fingerprint,
    prepare: prepareScript.assetHash,
    hyperparameters: Object.entries(props.hyperparameters ?? {}).sort(),
    target: props.target,
    split: Object.entries(splitOf(props)).sort(),
    ignoredColumns: props.ignoredColumns ?? [],
  };
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
