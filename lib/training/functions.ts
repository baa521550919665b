import { Duration, Size } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { DataLakeEnv, Prefix } from '../data-lake/contract';
import type { IDataLake } from '../data-lake/data-lake';
import { ENV_EVENT_BUS } from '../events-contract';
import { PrebundledFunction } from '../private/prebundled-function';
import { RegistryEnv } from '../registry/contract';
import type { IModelRegistry } from '../registry/model-registry';
import { RunFile, RunFolder, TrainingEnv } from './contract';
import {
  allow,
  catalogRecords,
  executionsOf,
  mirroredRuns,
  modelNames,
  putEvents,
  registryRecords,
  useKey,
} from './permissions';

/** @internal */
export interface PipelineFunctionsProps {
  readonly modelName: string;
  readonly registry: IModelRegistry;
  readonly lake: IDataLake;
  readonly eventBus: events.IEventBus;
  readonly triggers: sqs.IQueue;
  readonly leaseSeconds: number;
}

/** The handlers that the pipeline's states call. @internal */
export interface PipelineHandlers {
  readonly beginRun: PrebundledFunction;
  readonly stageDataset: PrebundledFunction;
  readonly recordSplit: PrebundledFunction;
  readonly judge: PrebundledFunction;
  readonly register: PrebundledFunction;
  readonly conclude: PrebundledFunction;
}

/** @internal */
export function createPipelineHandlers(scope: Construct, props: PipelineFunctionsProps): PipelineHandlers {
  const { modelName, registry, lake, eventBus } = props;
  const table = { [RegistryEnv.TABLE]: registry.table.tableName };
  const artifacts = { [RegistryEnv.ARTIFACTS_BUCKET]: registry.artifacts.bucketName };
  const catalog = { [DataLakeEnv.CATALOG_TABLE]: lake.catalog.tableName };
  const bus = { [ENV_EVENT_BUS]: eventBus.eventBusName };
  return {
    beginRun: new PrebundledFunction(scope, 'BeginRun', {
      handler: 'training/begin-run',
      description: `Begins training runs of model ${modelName}`,
      environment: { ...table, ...artifacts, [TrainingEnv.LEASE_SECONDS]: String(props.leaseSeconds) },
      permissions: [
        ...registryRecords(registry, modelName, ['GetItem', 'UpdateItem']),
        ...mirroredRuns(registry, modelName),
      ],
    }),
    stageDataset: new PrebundledFunction(scope, 'StageDataset', {
      handler: 'training/stage-dataset',
      description: `Stages dataset versions for runs of model ${modelName}`,
      environment: { [DataLakeEnv.BUCKET]: lake.bucket.bucketName, ...catalog },
      permissions: [...stagePermissions(lake), ...catalogRecords(lake)],
      timeout: Duration.minutes(15),
      memory: Size.mebibytes(512),
    }),
    recordSplit: new PrebundledFunction(scope, 'RecordSplit', {
      handler: 'training/record-split',
      description: `Records how dataset versions are split for model ${modelName}`,
      environment: { ...table, ...artifacts, ...catalog },
      permissions: [
        ...registryRecords(registry, modelName, ['UpdateItem']),
        ...catalogRecords(lake, ['UpdateItem']),
        allow(['s3:GetObject'], [registry.artifacts.arnForObjects(`runs/*/${RunFile.SPLIT}`)]),
      ],
    }),
    judge: new PrebundledFunction(scope, 'Judge', {
      handler: 'training/judge',
      description: `Judges candidates of model ${modelName}`,
      environment: { ...table, ...artifacts },
      permissions: [
        ...registryRecords(registry, modelName, ['GetItem', 'UpdateItem']),
        ...mirroredRuns(registry, modelName),
        allow(['s3:GetObject'], [registry.artifacts.arnForObjects(`runs/*/${RunFolder.EVALUATION}*`)]),
      ],
      timeout: Duration.minutes(5),
      memory: Size.mebibytes(1769), // the least that comes with a whole vCPU: the bootstrap is computing
    }),
    register: new PrebundledFunction(scope, 'RegisterModelVersion', {
      handler: 'registry/register-model-version',
      description: `Registers versions of model ${modelName}`,
      environment: { ...table, ...artifacts, ...catalog, ...bus },
      permissions: [
        ...registryRecords(registry, modelName, ['GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem']),
        modelNames(registry),
        ...mirroredRuns(registry, modelName),
        ...catalogRecords(lake),
        putEvents(eventBus.eventBusArn),
      ],
    }),
    conclude: new PrebundledFunction(scope, 'Conclude', {
      handler: 'training/conclude',
      description: `Concludes training runs of model ${modelName}`,
      environment: {
        ...table,
        ...artifacts,
        ...bus,
        [TrainingEnv.TRIGGERS_QUEUE_URL]: props.triggers.queueUrl,
      },
      permissions: [
        ...registryRecords(registry, modelName, ['GetItem', 'UpdateItem']),
        ...mirroredRuns(registry, modelName),
        putEvents(eventBus.eventBusArn),
        allow(['sqs:SendMessage'], [props.triggers.queueArn]),
      ],
    }),
  };
}

function stagePermissions(lake: IDataLake) {
  const { bucket, encryptionKey } = lake;
  return [
    allow(['s3:GetObject'], [bucket.arnForObjects(`${Prefix.MANIFESTS}*`)]),
    allow(['s3:GetObjectVersion'], [bucket.arnForObjects(`${Prefix.RAW}*`)]),
    allow(
      ['s3:GetObject', 's3:PutObject', 's3:ListMultipartUploadParts'],
      [bucket.arnForObjects(`${Prefix.STAGING}*`)],
    ),
    // Without a prefix as a condition: HEAD carries none, and S3 would answer for a missing copy with 403, not 404.
    allow(['s3:ListBucket'], [bucket.bucketArn]),
    allow(['s3:ListBucketMultipartUploads'], [bucket.bucketArn], {
      StringLike: { 's3:prefix': [`${Prefix.STAGING}*`] },
    }),
    useKey(encryptionKey.keyArn),
  ];
}

/** @internal */
export interface AdmitFunctionProps extends Omit<PipelineFunctionsProps, 'leaseSeconds'> {
  readonly dataset: string;
  readonly stateMachineArn: string;
  readonly recipe: string;
  readonly maxDataRunsPerDay: number;
  readonly cooldown: Duration;
  readonly timeout: Duration;
}

/** The governor. @internal */
export function createAdmitFunction(scope: Construct, props: AdmitFunctionProps): PrebundledFunction {
  const { modelName, registry, lake, eventBus, stateMachineArn } = props;
  return new PrebundledFunction(scope, 'Admit', {
    handler: 'training/admit',
    description: `Decides which triggers start training runs of model ${modelName}`,
    environment: {
      [TrainingEnv.MODEL]: modelName,
      [TrainingEnv.DATASET]: props.dataset,
      [TrainingEnv.RECIPE]: props.recipe,
      [TrainingEnv.MAX_DATA_RUNS_PER_DAY]: String(props.maxDataRunsPerDay),
      [TrainingEnv.COOLDOWN_SECONDS]: String(props.cooldown.toSeconds()),
      [TrainingEnv.STATE_MACHINE_ARN]: stateMachineArn,
      [RegistryEnv.TABLE]: registry.table.tableName,
      [RegistryEnv.ARTIFACTS_BUCKET]: registry.artifacts.bucketName,
      [DataLakeEnv.CATALOG_TABLE]: lake.catalog.tableName,
      [ENV_EVENT_BUS]: eventBus.eventBusName,
    },
    permissions: [
      ...registryRecords(registry, modelName, [
        'GetItem',
        'Query',
        'PutItem',
        'UpdateItem',
        'DeleteItem',
        'ConditionCheckItem',
      ]),
      ...mirroredRuns(registry, modelName),
      ...catalogRecords(lake),
      putEvents(eventBus.eventBusArn),
      allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [props.triggers.queueArn]),
      allow(['states:StartExecution'], [stateMachineArn]),
      allow(['states:DescribeExecution'], [executionsOf(scope, stateMachineArn)]),
    ],
    timeout: props.timeout,
  });
}
