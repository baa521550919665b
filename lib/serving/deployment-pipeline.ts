import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ENV_EVENT_BUS } from '../events-contract';
import { PrebundledFunction } from '../private/prebundled-function';
import { RegistryEnv } from '../registry/contract';
import type { IModelRegistry } from '../registry/model-registry';
import { type ModelSettings, ServingEnv } from './contract';
import { deploymentDefinition } from './deployment-definition';
import type { DeploymentConfig, DeploymentDefinitionOptions } from './deployment-definition-options';
import { checkPermissions, finishPermissions, planPermissions } from './deployment-permissions';
import { stateMachineRole } from './state-machine-role';

/** @internal */
export interface DeploymentPipelineProps
  extends Omit<
    DeploymentDefinitionOptions,
    | 'partition'
    | 'executionRoleArn'
    | 'captureKeyArn'
    | 'planFunctionArn'
    | 'checkFunctionArn'
    | 'finishFunctionArn'
  > {
  readonly registry: IModelRegistry;
  readonly executionRole: iam.IRole;
  readonly captureKey: kms.IKey;
  readonly volumeKey?: kms.IKey;
  readonly alarms: cloudwatch.IAlarm[];
  readonly eventBus: events.IEventBus;
  readonly deploymentConfig: DeploymentConfig;
}

/** Beyond SageMaker's own limit for the update: creating an endpoint may take as long before it fails. */
const MARGIN_SECONDS = 3600;

/**
 * The state machine that makes a model version live, with its three handlers.
 *
 * @internal
 */
export class DeploymentPipeline extends Construct {
  public readonly stateMachine: sfn.StateMachine;
  /** One for each way in which an execution ends without having recorded its outcome. */
  public readonly unrecordedAlarms: cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: DeploymentPipelineProps) {
    super(scope, id);
    const limitSeconds =
      props.deploymentConfig.BlueGreenUpdatePolicy.MaximumExecutionTimeoutInSeconds + MARGIN_SECONDS;
    const functions = this.createFunctions(props, limitSeconds);
    const logGroup = new logs.LogGroup(this, 'Log', {
      logGroupName: `/aws/vendedlogs/states/${Stack.of(this).stackName}-${props.modelName}-deployment`,
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const definition = deploymentDefinition({
      ...props,
      partition: Aws.PARTITION,
      executionRoleArn: props.executionRole.roleArn,
      captureKeyArn: props.captureKey.keyArn,
      volumeKeyArn: props.volumeKey?.keyArn,
      planFunctionArn: functions.plan.functionArn,
      checkFunctionArn: functions.check.functionArn,
      finishFunctionArn: functions.finish.functionArn,
    });
    const { role, policy } = stateMachineRole(this, 'Role', {
      ...props,
      functions: Object.values(functions),
    });
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      definitionBody: sfn.DefinitionBody.fromString(Stack.of(this).toJsonString(definition)),
      comment: `Makes versions of model ${props.modelName} live`,
      role: role.withoutPolicyUpdates(),
      // Waiting for its turn, the deployment itself, and recording how it ended.
      timeout: Duration.seconds(2 * limitSeconds + MARGIN_SECONDS),
      tracingEnabled: true,
      logs: { destination: logGroup, level: sfn.LogLevel.ALL, includeExecutionData: false },
    });
    this.stateMachine.node.addDependency(policy);
    this.unrecordedAlarms = [
      this.unrecordedAlarm('Failed', this.stateMachine.metricFailed(), props.modelName),
      this.unrecordedAlarm('TimedOut', this.stateMachine.metricTimedOut(), props.modelName),
      this.unrecordedAlarm('Aborted', this.stateMachine.metricAborted(), props.modelName),
    ];
  }

  /** A single alarm would need metric math, which the laptop runtime does not know. */
  private unrecordedAlarm(how: string, metric: cloudwatch.Metric, modelName: string): cloudwatch.Alarm {
    return metric.with({ statistic: 'Sum', period: Duration.minutes(5) }).createAlarm(this, `${how}Alarm`, {
      alarmDescription:
        `A deployment of model ${modelName} ended without recording its outcome. Compare the endpoint with the ` +
        'champion, and deploy the version that should be live once more.',
      threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }

  private createFunctions(props: DeploymentPipelineProps, limitSeconds: number) {
    const settings: ModelSettings = {
      executionRoleArn: props.executionRole.roleArn,
      networkIsolation: props.networkIsolation,
    };
    const common = {
      [ServingEnv.MODEL_NAME]: props.modelName,
      [RegistryEnv.TABLE]: props.registry.table.tableName,
    };
    const alarms = { [ServingEnv.ROLLBACK_ALARMS]: props.alarms.map((alarm) => alarm.alarmName).join(',') };
    return {
      plan: new PrebundledFunction(this, 'PlanDeployment', {
        handler: 'serving/plan-deployment',
        description: `Plans deployments of model ${props.modelName}`,
        environment: {
          ...common,
          ...alarms,
          [ServingEnv.MODEL_SETTINGS]: Stack.of(this).toJsonString(settings),
          [ServingEnv.TURN_LIMIT_SECONDS]: String(limitSeconds),
          [ServingEnv.DEPLOYMENT_LIMIT_SECONDS]: String(limitSeconds),
        },
        permissions: planPermissions(this, props),
      }),
      check: new PrebundledFunction(this, 'CheckDeployment', {
        handler: 'serving/check-deployment',
        description: `Watches deployments of model ${props.modelName}`,
        environment: { ...common, ...alarms },
        permissions: checkPermissions(props),
      }),
      finish: new PrebundledFunction(this, 'FinishDeployment', {
        handler: 'serving/finish-deployment',
        description: `Records how deployments of model ${props.modelName} ended`,
        environment: { ...common, [ENV_EVENT_BUS]: props.eventBus.eventBusName },
        permissions: finishPermissions(this, props),
      }),
    };
  }
}
