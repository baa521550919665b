import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Prefix } from './contract';

interface LakeResources {
  readonly bucket: s3.IBucket;
  readonly catalog: dynamodb.ITable;
  readonly encryptionKey: kms.IKey;
  readonly consumes: sqs.IQueue;
}

const allow = (
  actions: string[],
  resources: string[],
  conditions?: Record<string, Record<string, string[]>>,
): iam.PolicyStatement => new iam.PolicyStatement({ actions, resources, conditions });

/** What Lambda needs of a queue on behalf of the function. */
const consume = (queue: sqs.IQueue): iam.PolicyStatement =>
  allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [queue.queueArn]);

/** The catalog may share its table with a registry, so that only items of datasets are open. */
const useItems = (catalog: dynamodb.ITable, actions: string[]): iam.PolicyStatement =>
  allow(actions, [catalog.tableArn], {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['DATASET#*'] },
  });

/** The keys of bucket and table, which are one unless the catalog is shared. */
function useKeys({ encryptionKey, catalog }: Pick<LakeResources, 'encryptionKey' | 'catalog'>) {
  const keys = new Set([encryptionKey.keyArn, (catalog.encryptionKey ?? encryptionKey).keyArn]);
  return allow(['kms:Decrypt', 'kms:GenerateDataKey'], [...keys]);
}

/** @internal */
export function recordDropPermissions(lake: LakeResources & { sends: sqs.IQueue }): iam.PolicyStatement[] {
  return [
    consume(lake.consumes),
    allow(['sqs:SendMessage'], [lake.sends.queueArn]),
    useItems(lake.catalog, ['dynamodb:UpdateItem']),
    useKeys(lake),
  ];
}

/** What reading object versions and judging them takes. */
function examine(lake: LakeResources): iam.PolicyStatement[] {
  return [allow(['s3:GetObjectVersion'], objects(lake, Prefix.RAW)), useKeys(lake)];
}

const objects = (lake: Pick<LakeResources, 'bucket'>, ...prefixes: string[]): string[] =>
  prefixes.map((prefix) => lake.bucket.arnForObjects(`${prefix}*`));

/** Without it S3 answers for a missing object with AccessDenied, not with NoSuchKey. */
const tellMissing = (lake: Pick<LakeResources, 'bucket'>): iam.PolicyStatement =>
  allow(['s3:ListBucket'], [lake.bucket.bucketArn]);

/** @internal */
export function createVersionPermissions(
  lake: LakeResources & { eventBus: events.IEventBus; sends: sqs.IQueue },
): iam.PolicyStatement[] {
  return [
    consume(lake.consumes),
    allow(['sqs:SendMessage'], [lake.sends.queueArn]),
    useItems(lake.catalog, [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:Query',
      'dynamodb:PutItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:UpdateItem',
      'dynamodb:ConditionCheckItem',
    ]),
    allow(['s3:ListBucketVersions'], [lake.bucket.bucketArn], {
      StringLike: { 's3:prefix': [`${Prefix.RAW}*`] },
    }),
    tellMissing(lake),
    allow(['s3:GetObject'], objects(lake, Prefix.MANIFESTS, Prefix.SCHEMAS, Prefix.SEEN, Prefix.WORK)),
    allow(
      ['s3:PutObject'],
      objects(lake, Prefix.MANIFESTS, Prefix.SCHEMAS, Prefix.REPORTS, Prefix.SEEN, Prefix.WORK),
    ),
    allow(['events:PutEvents'], [lake.eventBus.eventBusArn]),
    ...examine(lake),
  ];
}

/** @internal */
export function resolvePartPermissions(lake: LakeResources & { sends: sqs.IQueue }): iam.PolicyStatement[] {
  return [
    consume(lake.consumes),
    allow(['sqs:SendMessage'], [lake.sends.queueArn]),
    useItems(lake.catalog, ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem']),
    tellMissing(lake),
    allow(['s3:GetObject'], objects(lake, Prefix.WORK)),
    allow(['s3:PutObject'], objects(lake, Prefix.WORK, Prefix.MANIFESTS)),
    ...examine(lake),
  ];
}
