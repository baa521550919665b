import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { localArn } from '../private/prebundled-function';
import { containerTelemetry, imagePull } from '../private/role-statements';
import { CAPTURE_FOLDER } from './contract';

/** Folders of the artifacts bucket from which models are loaded. */
const MODEL_FOLDERS = ['runs/*', 'models/*'];
/** AWS publishes its framework images under these names, from an account that differs by region. */
const FRAMEWORK_REPOSITORIES = ['sagemaker-scikit-learn', 'sagemaker-xgboost'];

/** @internal */
export interface ModelRoleProps {
  readonly modelName: string;
  readonly endpointName: string;
  readonly artifactsBucket: s3.IBucket;
  readonly artifactsKey?: kms.IKey;
  readonly captureBucket: s3.IBucket;
  readonly captureKey: kms.IKey;
  readonly rollbackAlarmArns: string[];
  /** URIs of images that may be pulled; without these and repositories, AWS's framework images may. */
  readonly images?: string[];
  /** ARNs of repositories that may be pulled from. */
  readonly imageRepositoryArns?: string[];
}

/**
 * The role of the model's containers. It outlives the endpoint, which SageMaker needs to manage it.
 *
 * @internal
 */
export function modelRole(scope: Construct, id: string, props: ModelRoleProps): iam.IRole {
  const role = new iam.Role(scope, id, {
    description: `Model containers of ${props.modelName}`,
    assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  });
  new iam.ManagedPolicy(scope, `${id}Policy`, {
    description: `Model containers of ${props.modelName}`,
    roles: [role],
    statements: [
      ...dataStatements(props),
      ...imageStatements(scope, props),
      ...telemetryStatements(scope, props),
    ],
  });
  return role.withoutPolicyUpdates();
}

function dataStatements(props: ModelRoleProps): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      actions: ['s3:GetObject'],
      resources: MODEL_FOLDERS.map((folder) => props.artifactsBucket.arnForObjects(folder)),
    }),
    new iam.PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: [props.artifactsBucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': MODEL_FOLDERS } },
    }),
    ...(props.artifactsKey === undefined
      ? []
      : [new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: [props.artifactsKey.keyArn] })]),
    new iam.PolicyStatement({
      actions: ['s3:PutObject'],
      resources: [props.captureBucket.arnForObjects(`${CAPTURE_FOLDER}/${props.endpointName}/*`)],
    }),
    new iam.PolicyStatement({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [props.captureKey.keyArn],
    }),
  ];
}

function imageStatements(scope: Construct, props: ModelRoleProps): iam.PolicyStatement[] {
  const stack = Stack.of(scope);
  const { images, imageRepositoryArns } = props;
  const repositories =
    images === undefined && imageRepositoryArns === undefined
      ? FRAMEWORK_REPOSITORIES.map(
          (name) => `arn:${stack.partition}:ecr:${stack.region}:*:repository/${name}`,
        )
      : [
          ...(images ?? []).map((image) => repositoryArn(image, stack.partition)),
          ...(imageRepositoryArns ?? []),
        ];
  return imagePull(repositories);
}

function telemetryStatements(scope: Construct, props: ModelRoleProps): iam.PolicyStatement[] {
  const logGroup = localArn(scope, 'logs', `log-group:/aws/sagemaker/Endpoints/${props.endpointName}`);
  return [
    ...containerTelemetry(logGroup, ['AWS/SageMaker', '/aws/sagemaker/Endpoints']),
    // SageMaker looks at the rollback alarms with the role of the model.
    new iam.PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: props.rollbackAlarmArns }),
  ];
}

const IMAGE_URI =
  /^(.+?)\.dkr\.ecr\.(.+?)\.(?:amazonaws\.com(?:\.cn)?|\$\{Token\[[^\]]+\]\})\/([^:@]+)(?:[:@].+)?$/;

/** ARN of the ECR repository that an image URI names. @throws Error when it names none. */
function repositoryArn(image: string, partition: string): string {
  const match = IMAGE_URI.exec(image);
  if (match === null) {
    throw new Error(
      `images contains "${image}", which is no ECR image: expected <account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>.`,
    );
  }
  const [, account, region, repository] = match;
  return `arn:${partition}:ecr:${region}:${account}:repository/${repository}`;
}
