import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { localArn } from '../private/prebundled-function';
import { stateMachineTelemetry } from '../private/role-statements';
import { allow, executionsOf } from './permissions';

/** @internal */
export interface PipelineRoleProps {
  readonly modelName: string;
  readonly functions: lambda.IFunction[];
  /** Roles that jobs act with. */
  readonly jobRoles: iam.IRole[];
  readonly key: kms.IKey;
  readonly deployment?: sfn.IStateMachine;
}

/** The role of the pipeline's state machine. @internal */
export function pipelineRole(
  scope: Construct,
  id: string,
  props: PipelineRoleProps,
): { readonly role: iam.IRole; readonly policy: iam.ManagedPolicy } {
  const stack = Stack.of(scope);
  const description = `Training pipeline of model ${props.modelName}`;
  const role = new iam.Role(scope, id, {
    description,
    assumedBy: new iam.ServicePrincipal('states.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: { 'aws:SourceArn': localArn(scope, 'states', 'stateMachine:*') },
      },
    }),
  });
  const policy = new iam.ManagedPolicy(scope, `${id}Policy`, {
    description,
    roles: [role],
    statements: [
      allow(
        ['lambda:InvokeFunction'],
        props.functions.map((fn) => fn.functionArn),
      ),
      ...jobStatements(scope, props),
      ...volumeKeyStatements(scope, props.key),
      ...deploymentStatements(scope, props.deployment),
      stateMachineTelemetry(),
    ],
  });
  return { role: role.withoutPolicyUpdates(), policy };
}

/** Jobs of this model only, and none that has a network or talks in the clear. */
function jobStatements(scope: Construct, props: PipelineRoleProps): iam.PolicyStatement[] {
  const named = (type: string, kind: string) =>
    localArn(scope, 'sagemaker', `${type}/${props.modelName}-*-${kind}-?`);
  const training = [named('training-job', 'train')];
  const processing = [named('processing-job', 'prepare'), named('processing-job', 'evaluate')];
  const isolated = {
    Bool: { 'sagemaker:NetworkIsolation': 'true', 'sagemaker:InterContainerTrafficEncryption': 'true' },
  };
  return [
    allow(['sagemaker:CreateTrainingJob'], training, isolated),
    allow(['sagemaker:CreateProcessingJob'], processing, isolated),
    allow(['sagemaker:DescribeTrainingJob', 'sagemaker:StopTrainingJob'], training),
    allow(['sagemaker:DescribeProcessingJob', 'sagemaker:StopProcessingJob'], processing),
    allow(['sagemaker:AddTags', 'sagemaker:ListTags'], [...training, ...processing]),
    allow(
      ['iam:PassRole'],
      props.jobRoles.map((role) => role.roleArn),
      { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    ),
    waitStatement(scope, ['SageMakerTrainingJobs', 'SageMakerProcessingJobs']),
  ];
}

/** Step Functions waits by rules of its own, which every state machine of the account shares. */
function waitStatement(scope: Construct, kinds: string[]): iam.PolicyStatement {
  return allow(
    ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
    kinds.map((kind) => localArn(scope, 'events', `rule/StepFunctionsGetEventsFor${kind}Rule`)),
  );
}

/** Whoever names a key for a volume lets SageMaker use it, by a grant. */
function volumeKeyStatements(scope: Construct, key: kms.IKey): iam.PolicyStatement[] {
  const { region, urlSuffix } = Stack.of(scope);
  const viaSageMaker = { 'kms:ViaService': `sagemaker.${region}.${urlSuffix}` };
  return [
    allow(['kms:DescribeKey'], [key.keyArn], { StringEquals: viaSageMaker }),
    allow(['kms:CreateGrant'], [key.keyArn], {
      StringEquals: viaSageMaker,
      Bool: { 'kms:GrantIsForAWSResource': 'true' },
    }),
  ];
}

function deploymentStatements(
  scope: Construct,
  deployment: sfn.IStateMachine | undefined,
): iam.PolicyStatement[] {
  if (deployment === undefined) return [];
  return [
    allow(['states:StartExecution'], [deployment.stateMachineArn]),
    allow(
      ['states:DescribeExecution', 'states:StopExecution'],
      [executionsOf(scope, deployment.stateMachineArn)],
    ),
    waitStatement(scope, ['StepFunctionsExecution']),
  ];
}
