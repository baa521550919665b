import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { EVENT_SOURCE } from '../events-contract';
import { localArn } from '../private/prebundled-function';
import type { IModelRegistry } from '../registry/model-registry';
import { deployedNamePrefix } from './contract';

interface PermissionProps {
  readonly modelName: string;
  readonly endpointName: string;
  readonly registry: IModelRegistry;
  readonly alarms: cloudwatch.IAlarm[];
  readonly eventBus: events.IEventBus;
}

/** ARNs of what deployments of a model create. @internal */
export function deployedArns(scope: Construct, modelName: string, endpointName: string) {
  const named = (type: string) => localArn(scope, 'sagemaker', `${type}/${deployedNamePrefix(modelName)}*`);
  return {
    models: named('model'),
    configs: named('endpoint-config'),
    endpoint: localArn(scope, 'sagemaker', `endpoint/${endpointName}`),
  };
}

/** Reading and writing records of the registry by key. @internal */
export function registryStatements(registry: IModelRegistry, actions: string[]): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [registry.table.tableArn],
    }),
    new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: [registry.encryptionKey.keyArn] }),
  ];
}

const describeAlarms = (props: PermissionProps) =>
  new iam.PolicyStatement({
    actions: ['cloudwatch:DescribeAlarms'],
    resources: props.alarms.map((alarm) => alarm.alarmArn),
  });

/** @internal */
export function planPermissions(scope: Construct, props: PermissionProps): iam.PolicyStatement[] {
  const { endpoint } = deployedArns(scope, props.modelName, props.endpointName);
  return [
    ...registryStatements(props.registry, ['GetItem', 'PutItem', 'UpdateItem']),
    new iam.PolicyStatement({ actions: ['sagemaker:DescribeEndpoint'], resources: [endpoint] }),
    describeAlarms(props),
  ];
}

/** @internal */
export function checkPermissions(props: PermissionProps): iam.PolicyStatement[] {
  return [...registryStatements(props.registry, ['GetItem', 'UpdateItem']), describeAlarms(props)];
}

/** @internal */
export function finishPermissions(scope: Construct, props: PermissionProps): iam.PolicyStatement[] {
  const { models, configs, endpoint } = deployedArns(scope, props.modelName, props.endpointName);
  return [
    ...registryStatements(props.registry, ['ConditionCheckItem', 'GetItem', 'PutItem', 'UpdateItem']),
    new iam.PolicyStatement({ actions: ['sagemaker:DescribeEndpoint'], resources: [endpoint] }),
    new iam.PolicyStatement({
      actions: ['sagemaker:DeleteEndpointConfig', 'sagemaker:DescribeEndpointConfig', 'sagemaker:ListTags'],
      resources: [configs],
    }),
    new iam.PolicyStatement({
      actions: ['sagemaker:DeleteModel', 'sagemaker:ListTags'],
      resources: [models],
    }),
    // Lists know no resource; what is deleted is bounded above.
    new iam.PolicyStatement({
      actions: ['sagemaker:ListEndpointConfigs', 'sagemaker:ListModels'],
      resources: ['*'],
    }),
    new iam.PolicyStatement({
      actions: ['events:PutEvents'],
      resources: [props.eventBus.eventBusArn],
      conditions: { StringEquals: { 'events:source': EVENT_SOURCE } },
    }),
  ];
}
