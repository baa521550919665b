import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { INDEX_NAME, TTL_ATTRIBUTE } from '../registry/contract';

/** @internal */
export interface RecordsTableProps {
  readonly encryptionKey: kms.IKey;
  readonly removalPolicy: RemovalPolicy;
}

/** A table with the keys that a registry and a catalog share, so that one table can be both. @internal */
export function recordsTable(scope: Construct, id: string, props: RecordsTableProps): dynamodb.Table {
  const { encryptionKey, removalPolicy } = props;
  const table = new dynamodb.Table(scope, id, {
    partitionKey: { name: 'PK', type: dynamodb.AttributeType.STRING },
    sortKey: { name: 'SK', type: dynamodb.AttributeType.STRING },
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
    encryptionKey,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: TTL_ATTRIBUTE,
    deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
    removalPolicy,
  });
  table.addGlobalSecondaryIndex({
    indexName: INDEX_NAME,
    partitionKey: { name: `${INDEX_NAME}PK`, type: dynamodb.AttributeType.STRING },
    sortKey: { name: `${INDEX_NAME}SK`, type: dynamodb.AttributeType.STRING },
  });
  return table;
}
