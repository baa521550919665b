import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { passingRules } from './lifecycle';

const LOG_PREFIX = 'lake/';

/** @internal */
export interface LakeBucketProps {
  readonly encryptionKey: kms.IKey;
  /** @default - a bucket of its own */
  readonly serverAccessLogs?: s3.IBucket;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The lake's bucket. Its versions are the data: no rule expires noncurrent versions under `raw/`, because manifests
 * name them.
 *
 * @internal
 */
export class LakeBucket extends Construct {
  public readonly bucket: s3.Bucket;
  public readonly serverAccessLogs: s3.IBucket;

  constructor(scope: Construct, id: string, props: LakeBucketProps) {
    super(scope, id);
    this.serverAccessLogs = props.serverAccessLogs ?? this.createAccessLogs(props.removalPolicy);
    this.bucket = new s3.Bucket(this, 'Bucket', {
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: props.encryptionKey,
      bucketKeyEnabled: true,
      versioned: true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: passingRules(),
      removalPolicy: props.removalPolicy,
    });
    this.logAccess();
    this.sendEvents();
  }

  /** Through the L1: what the L2 would do depends on a feature flag of the app, and may set an ACL. */
  private logAccess(): void {
    const resource = this.bucket.node.defaultChild as s3.CfnBucket;
    resource.loggingConfiguration = {
      destinationBucketName: this.serverAccessLogs.bucketName,
      logFilePrefix: LOG_PREFIX,
    };
    this.serverAccessLogs.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [this.serverAccessLogs.arnForObjects(`${LOG_PREFIX}*`)],
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
          ArnLike: { 'aws:SourceArn': this.bucket.bucketArn },
        },
      }),
    );
  }

  /** Through the L1: the L2's switch brings a Lambda function as a custom resource. */
  private sendEvents(): void {
    const resource = this.bucket.node.defaultChild as s3.CfnBucket;
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }

  private createAccessLogs(removalPolicy: RemovalPolicy): s3.Bucket {
    return new s3.Bucket(this, 'AccessLogs', {
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [
        { expiration: Duration.days(365), abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ],
      removalPolicy,
    });
  }
}
