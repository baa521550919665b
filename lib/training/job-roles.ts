import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { containerTelemetry, imagePull } from '../private/role-statements';
import type { ImageConfig } from './image';

/** Keys of a bucket that begin with a prefix; the prefix may hold `*`. @internal */
export interface Objects {
  readonly bucket: s3.IBucket;
  readonly prefix: string;
}

/** @internal */
export interface JobRoleProps {
  readonly description: string;
  /** Name of the log group that SageMaker writes to. */
  readonly jobs: 'TrainingJobs' | 'ProcessingJobs';
  readonly image: ImageConfig;
  readonly reads: Objects[];
  readonly writes: Objects[];
  /** Files of this app that the job reads. */
  readonly files: Asset[];
  /** Encrypts volumes and outputs. */
  readonly key: kms.IKey;
  /** Encrypt what is read. */
  readonly readKeys: kms.IKey[];
}

/**
 * The role that the containers of one kind of job act with. It holds exactly what the job reads and writes; grants of
 * other constructs cannot widen it.
 *
 * @internal
 */
export function jobRole(scope: Construct, id: string, props: JobRoleProps): iam.IRole {
  const stack = Stack.of(scope);
  const role = new iam.Role(scope, id, {
    description: props.description,
    assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  });
  new iam.ManagedPolicy(scope, `${id}Policy`, {
    description: props.description,
    roles: [role],
    statements: [
      ...props.reads.flatMap((objects) => readStatements(objects)),
      ...props.files.flatMap((file) =>
        readStatements({ bucket: file.bucket, prefix: file.s3ObjectKey }, true),
      ),
      new iam.PolicyStatement({
        actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
        resources: props.writes.map(({ bucket, prefix }) => bucket.arnForObjects(`${prefix}*`)),
      }),
      ...keyStatements(props),
      ...imagePull([props.image.repositoryArn]),
      ...telemetryStatements(stack, props.jobs),
    ],
  });
  return role.withoutPolicyUpdates();
}

function readStatements({ bucket, prefix }: Objects, exact = false): iam.PolicyStatement[] {
  const pattern = exact ? prefix : `${prefix}*`;
  return [
    new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects(pattern)] }),
    new iam.PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: [bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': [pattern] } },
    }),
  ];
}

function keyStatements({ key, readKeys }: JobRoleProps): iam.PolicyStatement[] {
  const reads = [...new Set([key, ...readKeys].map(({ keyArn }) => keyArn))];
  return [
    new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: reads }),
    new iam.PolicyStatement({ actions: ['kms:GenerateDataKey', 'kms:DescribeKey'], resources: [key.keyArn] }),
    new iam.PolicyStatement({
      actions: ['kms:CreateGrant'],
      resources: [key.keyArn],
      conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    }),
  ];
}

function telemetryStatements(stack: Stack, jobs: string): iam.PolicyStatement[] {
  const logGroup = `arn:${stack.partition}:logs:${stack.region}:${stack.account}:log-group:/aws/sagemaker/${jobs}`;
  return containerTelemetry(logGroup, [`/aws/sagemaker/${jobs}`]);
}
