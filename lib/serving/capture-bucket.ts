import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

const closed = {
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
};
const LOG_PREFIX = 'captures/';

/** A bucket for captures, which tells EventBridge about every new object, and one for its access log. @internal */
export function createCaptureBucket(
  scope: Construct,
  props: { readonly key: kms.IKey; readonly removalPolicy: RemovalPolicy },
): s3.Bucket {
  const accessLogs = new s3.Bucket(scope, 'AccessLogs', {
    ...closed,
    encryption: s3.BucketEncryption.S3_MANAGED,
    lifecycleRules: [{ expiration: Duration.days(365) }],
    removalPolicy: props.removalPolicy,
  });
  const bucket = new s3.Bucket(scope, 'Captures', {
    ...closed,
    encryption: s3.BucketEncryption.KMS,
    encryptionKey: props.key,
    bucketKeyEnabled: true,
    versioned: true,
    lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }],
    removalPolicy: props.removalPolicy,
  });
  // Through the L1: the L2 would set an ACL, or bring a custom resource, depending on flags of the user's app.
  const resource = bucket.node.defaultChild as s3.CfnBucket;
  resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  resource.loggingConfiguration = {
    destinationBucketName: accessLogs.bucketName,
    logFilePrefix: LOG_PREFIX,
  };
  accessLogs.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [accessLogs.arnForObjects(`${LOG_PREFIX}*`)],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
        ArnLike: { 'aws:SourceArn': bucket.bucketArn },
      },
    }),
  );
  return bucket;
}
