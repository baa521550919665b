import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { EVENT_SOURCE } from '../events-contract';
import { INDEX_NAME } from './contract';
import { EXPERIMENTS_PREFIX, RECORD_KEYS } from './tracking-contract';

/** @internal */
export interface HandlerResources {
  readonly table: dynamodb.ITable;
  readonly artifacts: s3.IBucket;
  readonly encryptionKey: kms.IKey;
  readonly eventBus: events.IEventBus;
}

const allow = (
  actions: string[],
  resources: string[],
  conditions?: Record<string, Record<string, string | string[]>>,
): iam.PolicyStatement => new iam.PolicyStatement({ actions, resources, conditions });

/** The data lake may keep its catalog in the same table: those items are not the registry's. */
const OWN_RECORDS = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...RECORD_KEYS] } };

/** Everything that the handler of the tracking API may do beyond writing its own log. @internal */
export function handlerPermissions(resources: HandlerResources): iam.PolicyStatement[] {
  const { table, artifacts, encryptionKey, eventBus } = resources;
  return [
    allow(
      [
        'dynamodb:BatchGetItem',
        'dynamodb:BatchWriteItem',
        'dynamodb:ConditionCheckItem',
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
      ],
      [table.tableArn],
      OWN_RECORDS,
    ),
    allow(['dynamodb:Query'], [table.tableArn, `${table.tableArn}/index/${INDEX_NAME}`], OWN_RECORDS),
    allow(
      ['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetObject', 's3:PutObject'],
      [artifacts.arnForObjects(`${EXPERIMENTS_PREFIX}*`)],
    ),
    // Models and runs of the wheel: shown, never changed.
    allow(['s3:GetObject'], [artifacts.arnForObjects('runs/*'), artifacts.arnForObjects('models/*')]),
    // Bound to no prefix: without it S3 answers a missing artifact with AccessDenied, not with NoSuchKey.
    allow(['s3:ListBucket'], [artifacts.bucketArn]),
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], [encryptionKey.keyArn]),
    allow(['events:PutEvents'], [eventBus.eventBusArn], {
      StringEquals: { 'events:source': EVENT_SOURCE },
    }),
  ];
}
