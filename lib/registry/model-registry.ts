import { Duration, type IResource, RemovalPolicy, Resource, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { INDEX_NAME, TTL_ATTRIBUTE } from './contract';

const LOG_PREFIX = 'artifacts/';

/** Where runs, model versions, aliases and their evidence are recorded, and where artifacts are kept. */
export interface IModelRegistry extends IResource {
  /** Runs, model versions, aliases, leases, deployments, triggers and the audit trail. */
  readonly table: dynamodb.ITable;
  /** Artifacts of runs, under `runs/<run>/`, and of models that were registered by hand, under `models/`. */
  readonly artifacts: s3.IBucket;
  /** Encrypts both. */
  readonly encryptionKey: kms.IKey;
  /** Lets the grantee read every record. */
  grantRead(grantee: iam.IGrantable): iam.Grant;
  /** Lets the grantee read the artifacts whose keys begin with the prefix, e.g. `runs/`. */
  grantReadArtifacts(grantee: iam.IGrantable, prefix: string): iam.Grant;
}

export interface ModelRegistryProps {
  /**
   * Encrypts the table and the artifacts.
   *
   * @default - a key of its own, with yearly rotation
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Receives the access log of the artifacts bucket.
   *
   * @default - a bucket of its own
   */
  readonly serverAccessLogs?: s3.IBucket;
  /**
   * What happens to records and artifacts when the construct is removed. With `DESTROY` the table may be deleted,
   * the bucket only when it is empty.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** What identifies a registry that another stack owns. */
export interface ModelRegistryAttributes {
  readonly table: dynamodb.ITable;
  readonly artifacts: s3.IBucket;
  readonly encryptionKey: kms.IKey;
}

abstract class ModelRegistryBase extends Resource implements IModelRegistry {
  public abstract readonly table: dynamodb.ITable;
  public abstract readonly artifacts: s3.IBucket;
  public abstract readonly encryptionKey: kms.IKey;

  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
      resourceArns: [this.table.tableArn, `${this.table.tableArn}/index/${INDEX_NAME}`],
    }).combine(this.encryptionKey.grantDecrypt(grantee));
  }

  public grantReadArtifacts(grantee: iam.IGrantable, prefix: string): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['s3:GetObject'],
      resourceArns: [this.artifacts.arnForObjects(`${prefix}*`)],
    }).combine(this.encryptionKey.grantDecrypt(grantee));
  }
}

/**
 * The registry of models: one DynamoDB table and one bucket for artifacts, both encrypted, versioned and kept.
 *
 * Costs nothing while nothing happens, apart from storage and the encryption key.
 */
export class ModelRegistry extends ModelRegistryBase {
  /** A registry that another stack owns. */
  public static fromModelRegistryAttributes(
    scope: Construct,
    id: string,
    attributes: ModelRegistryAttributes,
  ): IModelRegistry {
    class Import extends ModelRegistryBase {
      public readonly table = attributes.table;
      public readonly artifacts = attributes.artifacts;
      public readonly encryptionKey = attributes.encryptionKey;
    }
    return new Import(scope, id);
  }

  public readonly table: dynamodb.ITable;
  public readonly artifacts: s3.IBucket;
  public readonly encryptionKey: kms.IKey;

  constructor(scope: Construct, id: string, props: ModelRegistryProps = {}) {
    super(scope, id);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    this.encryptionKey =
      props.encryptionKey ??
      new kms.Key(this, 'Key', {
        description: 'Encrypts the model registry and its artifacts',
        enableKeyRotation: true,
        removalPolicy,
      });
    this.table = this.createTable(removalPolicy);
    this.artifacts = this.createArtifacts(removalPolicy, props.serverAccessLogs);
  }

  private createTable(removalPolicy: RemovalPolicy): dynamodb.Table {
    const table = new dynamodb.Table(this, 'Table', {
      partitionKey: { name: 'PK', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'SK', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.encryptionKey,
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

  private createArtifacts(removalPolicy: RemovalPolicy, serverAccessLogs: s3.IBucket | undefined): s3.Bucket {
    const artifacts = new s3.Bucket(this, 'Artifacts', {
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: this.encryptionKey,
      bucketKeyEnabled: true,
      versioned: true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }],
      removalPolicy,
    });
    this.logAccess(artifacts, serverAccessLogs ?? this.createAccessLogs(removalPolicy));
    return artifacts;
  }

  /** Through the L1: what the L2 would do depends on a feature flag of the app, and may set an ACL. */
  private logAccess(artifacts: s3.Bucket, logs: s3.IBucket): void {
    const resource = artifacts.node.defaultChild as s3.CfnBucket;
    resource.loggingConfiguration = { destinationBucketName: logs.bucketName, logFilePrefix: LOG_PREFIX };
    logs.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [logs.arnForObjects(`${LOG_PREFIX}*`)],
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
          ArnLike: { 'aws:SourceArn': artifacts.bucketArn },
        },
      }),
    );
  }

  private createAccessLogs(removalPolicy: RemovalPolicy): s3.Bucket {
    return new s3.Bucket(this, 'AccessLogs', {
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [{ expiration: Duration.days(365) }],
      removalPolicy,
    });
  }
}
