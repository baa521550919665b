import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { localArn, type PrebundledFunction } from '../private/prebundled-function';
import { stateMachineTelemetry } from '../private/role-statements';
import { deployedArns } from './deployment-permissions';

/** @internal */
export interface StateMachineRoleProps {
  readonly modelName: string;
  readonly endpointName: string;
  readonly executionRole: iam.IRole;
  readonly captureKey: kms.IKey;
  readonly volumeKey?: kms.IKey;
  readonly functions: PrebundledFunction[];
}

/** The role of the deployment state machine. @internal */
export function stateMachineRole(
  scope: Construct,
  id: string,
  props: StateMachineRoleProps,
): { role: iam.Role; policy: iam.ManagedPolicy } {
  const stack = Stack.of(scope);
  const role = new iam.Role(scope, id, {
    description: `Deployments of model ${props.modelName}`,
    assumedBy: new iam.ServicePrincipal('states.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: { 'aws:SourceArn': localArn(scope, 'states', 'stateMachine:*') },
      },
    }),
  });
  const policy = new iam.ManagedPolicy(scope, `${id}Policy`, {
    description: `Deployments of model ${props.modelName}`,
    roles: [role],
    statements: [
      new iam.PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: props.functions.map((fn) => fn.functionArn),
      }),
      ...sageMakerStatements(scope, props),
      ...keyStatements(scope, props),
      stateMachineTelemetry(),
    ],
  });
  return { role, policy };
}

function sageMakerStatements(scope: Construct, props: StateMachineRoleProps): iam.PolicyStatement[] {
  const { models, configs, endpoint } = deployedArns(scope, props.modelName, props.endpointName);
  return [
    new iam.PolicyStatement({ actions: ['sagemaker:CreateModel'], resources: [models] }),
    new iam.PolicyStatement({ actions: ['sagemaker:CreateEndpointConfig'], resources: [configs] }),
    // Both are checked against the endpoint and against the configuration that it gets.
    new iam.PolicyStatement({
      actions: ['sagemaker:CreateEndpoint', 'sagemaker:UpdateEndpoint'],
      resources: [endpoint, configs],
    }),
    new iam.PolicyStatement({
      actions: ['sagemaker:DescribeEndpoint', 'sagemaker:DeleteEndpoint'],
      resources: [endpoint],
    }),
    new iam.PolicyStatement({ actions: ['sagemaker:AddTags'], resources: [models, configs, endpoint] }),
    new iam.PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [props.executionRole.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    }),
  ];
}

/** Whoever names a key in an endpoint configuration lets SageMaker use it, by a grant. */
function keyStatements(scope: Construct, props: StateMachineRoleProps): iam.PolicyStatement[] {
  const keys = [props.captureKey, ...(props.volumeKey === undefined ? [] : [props.volumeKey])];
  const resources = [...new Set(keys.map((key) => key.keyArn))];
  const { region, urlSuffix } = Stack.of(scope);
  const viaSageMaker = { 'kms:ViaService': `sagemaker.${region}.${urlSuffix}` };
  return [
    new iam.PolicyStatement({
      actions: ['kms:DescribeKey'],
      resources,
      conditions: { StringEquals: viaSageMaker },
    }),
    new iam.PolicyStatement({
      actions: ['kms:CreateGrant'],
      resources,
      conditions: { StringEquals: viaSageMaker, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    }),
  ];
}
