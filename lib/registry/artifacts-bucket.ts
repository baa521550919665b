import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

const LOG_PREFIX = 'artifacts/';

interface StoreProps {
  readonly encryptionKey: kms.IKey;
  readonly removalPolicy: RemovalPolicy;
}

/** The bucket of artifacts, with its access log. @internal */
export function createArtifacts(
  scope: Construct,
  props: StoreProps & { readonly serverAccessLogs?: s3.IBucket },
): s3.Bucket {
  const artifacts = new s3.Bucket(scope, 'Artifacts', {
    encryption: s3.BucketEncryption.KMS,
    encryptionKey: props.encryptionKey,
    bucketKeyEnabled: true,
    versioned: true,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }],
    removalPolicy: props.removalPolicy,
  });
  logAccess(artifacts, props.serverAccessLogs ?? createAccessLogs(scope, props.removalPolicy));
  return artifacts;
}

/** Through the L1: what the L2 would do depends on a feature flag of the app, and may set an ACL. */
function logAccess(artifacts: s3.Bucket, logs: s3.IBucket): void {
  const resource = artifacts.node.defaultChild as s3.CfnBucket;
  resource.loggingConfiguration = { destinationBucketName: logs.bucketName, logFilePrefix: LOG_PREFIX };
  logs.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [logs.arnForObjects(`${LOG_PREFIX}*`)],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Stack.of(artifacts).account },
        ArnLike: { 'aws:SourceArn': artifacts.bucketArn },
      },
    }),
  );
}

function createAccessLogs(scope: Construct, removalPolicy: RemovalPolicy): s3.Bucket {
  return new s3.Bucket(scope, 'AccessLogs', {
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    lifecycleRules: [{ expiration: Duration.days(365) }],
    removalPolicy,
  });
}
