import type * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Prefix } from '../data-lake/contract';
import { INDEX_NAME, modelPk } from '../registry/contract';
import type { IModelRegistry } from '../registry/model-registry';
import { inferencePk, METRIC_NAMESPACE } from './contract';

/** What the handlers work with. @internal */
export interface MonitorResources {
  readonly modelName: string;
  readonly endpointName: string;
  readonly registry: IModelRegistry;
  readonly captureBucket: s3.IBucket;
  readonly labelBucket: s3.IBucket;
  readonly eventBus: events.IEventBus;
}

const allow = (
  actions: string[],
  resources: string[],
  conditions?: Record<string, Record<string, string | string[]>>,
): iam.PolicyStatement => new iam.PolicyStatement({ actions, resources, conditions });

/** What Lambda needs of a queue on behalf of the function. */
const consume = (queue: sqs.IQueue): iam.PolicyStatement =>
  allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [queue.queueArn]);

/** CloudWatch knows no resources: the namespace is the limit. */
const putMetrics = (): iam.PolicyStatement =>
  allow(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE } });

/** Only items of this model and of inferences. */
function useItems({ modelName, registry }: MonitorResources, actions: string[]): iam.PolicyStatement {
  const table = registry.table.tableArn;
  const resources = actions.includes('dynamodb:Query') ? [table, `${table}/index/${INDEX_NAME}`] : [table];
  const keys = [modelPk(modelName), `${modelPk(modelName)}#*`, inferencePk('*')];
  return allow(actions, resources, { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } });
}

/** Baselines of runs, and of models that were registered by hand. */
const readBaselines = ({ registry }: MonitorResources): iam.PolicyStatement =>
  allow(
    ['s3:GetObject'],
    ['runs/*', 'models/*'].map((objects) => registry.artifacts.arnForObjects(objects)),
  );

const readObjects = (bucket: s3.IBucket, prefix: string): iam.PolicyStatement[] => [
  allow(['s3:GetObject'], [bucket.arnForObjects(`${prefix}*`)]),
  // Without it S3 answers a missing object with AccessDenied, not with NoSuchKey.
  allow(['s3:ListBucket'], [bucket.bucketArn]),
];

function useKeys(resources: MonitorResources, buckets: s3.IBucket[]): iam.PolicyStatement {
  const keys = [resources.registry.encryptionKey, ...buckets.flatMap((bucket) => bucket.encryptionKey ?? [])];
  const arns = new Set(keys.map((key) => key.keyArn));
  return allow(['kms:Decrypt', 'kms:GenerateDataKey'], [...arns]);
}

/** Keys of the captures of an endpoint. @internal */
export const capturesPrefix = (endpointName: string): string => `${Prefix.CAPTURES}${endpointName}/`;
/** Keys of the labels of a model. @internal */
export const labelsPrefix = (modelName: string): string => `${Prefix.LABELS}${modelName}/`;
const profilesPrefix = (modelName: string): string => `${Prefix.PROFILES}${modelName}/`;

/** @internal */
export function profileCapturePermissions(
  monitor: MonitorResources,
  inbox: sqs.IQueue,
): iam.PolicyStatement[] {
  return [
    consume(inbox),
    ...readObjects(monitor.captureBucket, capturesPrefix(monitor.endpointName)),
    allow(['s3:PutObject'], [monitor.captureBucket.arnForObjects(`${profilesPrefix(monitor.modelName)}*`)]),
    readBaselines(monitor),
    useItems(monitor, ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem']),
    useKeys(monitor, [monitor.captureBucket]),
  ];
}

/** @internal */
export function joinLabelsPermissions(monitor: MonitorResources, inbox: sqs.IQueue): iam.PolicyStatement[] {
  return [
    consume(inbox),
    ...readObjects(monitor.labelBucket, labelsPrefix(monitor.modelName)),
    useItems(monitor, ['dynamodb:UpdateItem']),
    putMetrics(),
    useKeys(monitor, [monitor.labelBucket]),
  ];
}

/** @internal */
export function evaluateWindowPermissions(monitor: MonitorResources): iam.PolicyStatement[] {
  return [
    ...readObjects(monitor.captureBucket, profilesPrefix(monitor.modelName)),
    readBaselines(monitor),
    useItems(monitor, ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem']),
    putMetrics(),
    allow(['events:PutEvents'], [monitor.eventBus.eventBusArn]),
    useKeys(monitor, [monitor.captureBucket]),
  ];
}
