import { Tag, VARIANT_NAME } from './contract';
import { jsonata, lambdaTask, type State, sageMakerTask } from './definition-states';
import type { BlueGreenUpdatePolicy } from './traffic-shift';

/** `DeploymentConfig` of SageMaker, of which every update of the endpoint gets a copy. @internal */
export interface DeploymentConfig {
  readonly BlueGreenUpdatePolicy: BlueGreenUpdatePolicy;
  readonly AutoRollbackConfiguration: { readonly Alarms: { readonly AlarmName: string }[] };
}

/** @internal */
export interface DeploymentDefinitionOptions {
  readonly partition: string;
  readonly modelName: string;
  readonly endpointName: string;
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly executionRoleArn: string;
  readonly networkIsolation: boolean;
  /** Where SageMaker writes captures; it appends endpoint and variant. */
  readonly captureUri: string;
  readonly captureKeyArn: string;
  /** Key of the instances' volumes; undefined where the instances have disks of their own. */
  readonly volumeKeyArn?: string;
  readonly deploymentConfig: DeploymentConfig;
  readonly planFunctionArn: string;
  readonly checkFunctionArn: string;
  readonly finishFunctionArn: string;
}

/** Seconds between two looks at the endpoint while it changes. */
const POLL_SECONDS = 30;

/**
 * The deployment state machine. Input: `{model, version, trigger, reasons, runId?}`. Output:
 * `{status, deploymentId, endpointConfigName, reasons}`; the execution succeeds whatever the status, unless even
 * the outcome could not be recorded.
 *
 * Variables: `plan` (what plan-deployment answered), `check` (what check-deployment answered), `failure` (what was
 * caught). Only FinishDeployment ends a deployment, and every failure leads there, so that the lease is freed.
 *
 * @internal
 */
export function deploymentDefinition(options: DeploymentDefinitionOptions): State {
  return {
    Comment: `Makes a version of model ${options.modelName} live, or says why not.`,
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    States: {
      Begin: {
        Type: 'Pass',
        Assign: { plan: { waitingSince: '' }, check: { alarmsSeen: [] }, failure: {} },
        Next: 'PlanDeployment',
      },
      ...planStates(options),
      ...createStates(options),
      ...watchStates(options),
      ...finishStates(options),
    },
  };
}

function planStates(options: DeploymentDefinitionOptions): Record<string, State> {
  return {
    PlanDeployment: lambdaTask({
      comment: 'Takes the lease and looks at the endpoint: what has to be done, or wait, or refuse',
      partition: options.partition,
      functionArn: options.planFunctionArn,
      payload: { ...identity(), previous: jsonata('$plan') },
      assign: { plan: jsonata('$states.result.Payload') },
      step: 'planDeployment',
      next: 'WhatToDo',
      onError: 'FinishDeployment',
    }),
    WhatToDo: choice(
      [
        [`$plan.outcome = 'wait'`, 'WaitForTurn'],
        [`$plan.outcome = 'adopt'`, 'WaitForEndpoint'],
        [`$plan.outcome = 'replace'`, 'DeleteFailedEndpoint'],
        [`$plan.outcome in ['create', 'update']`, 'CreateModel'],
      ],
      'FinishDeployment',
    ),
    WaitForTurn: { Type: 'Wait', Seconds: jsonata('$plan.waitSeconds'), Next: 'PlanDeployment' },
    DeleteFailedEndpoint: sageMakerTask({
      comment: 'A failed endpoint takes no other request; the next plan waits until it is gone',
      partition: options.partition,
      action: 'deleteEndpoint',
      arguments: { EndpointName: options.endpointName },
      next: 'WaitForTurn',
      onError: 'Refused',
    }),
  };
}

function createStates(options: DeploymentDefinitionOptions): Record<string, State> {
  const { partition } = options;
  return {
    CreateModel: sageMakerTask({
      comment: 'The name holds a digest of all of this, so that a model of that name is this model',
      partition,
      action: 'createModel',
      arguments: {
        ModelName: jsonata('$plan.modelName'),
        ExecutionRoleArn: options.executionRoleArn,
        EnableNetworkIsolation: options.networkIsolation,
        PrimaryContainer: {
          Image: jsonata('$plan.image'),
          ModelDataUrl: jsonata('$plan.artifactUri'),
          Environment: jsonata('$plan.environment'),
        },
        Tags: tags(options.modelName),
      },
      next: 'CreateEndpointConfig',
      onError: 'Refused',
    }),
    CreateEndpointConfig: sageMakerTask({
      comment: 'One configuration for each deployment: its name tells which one is live',
      partition,
      action: 'createEndpointConfig',
      arguments: endpointConfig(options),
      next: 'CreateOrUpdate',
      onError: 'Refused',
    }),
    CreateOrUpdate: choice([[`$plan.outcome = 'create'`, 'CreateEndpoint']], 'UpdateEndpoint'),
    CreateEndpoint: sageMakerTask({
      comment: 'The first model of this name',
      partition,
      action: 'createEndpoint',
      arguments: {
        EndpointName: options.endpointName,
        EndpointConfigName: jsonata('$plan.endpointConfigName'),
        // The endpoint outlives the version, which is why it does not carry the version's tag.
        Tags: [{ Key: Tag.MODEL, Value: options.modelName }],
      },
      next: 'WaitForEndpoint',
      onError: 'Refused',
    }),
    UpdateEndpoint: sageMakerTask({
      comment: 'Shifts the traffic; SageMaker itself takes it back when an alarm fires',
      partition,
      action: 'updateEndpoint',
      arguments: {
        EndpointName: options.endpointName,
        EndpointConfigName: jsonata('$plan.endpointConfigName'),
        DeploymentConfig: options.deploymentConfig,
      },
      next: 'WaitForEndpoint',
      onError: 'Refused',
    }),
    Refused: choice(
      [
        [
          `$contains($failure.cause, 'in-progress') or $contains($failure.cause, 'Rate exceeded')`,
          'TakeTurnAgain',
        ],
        [
          `$contains($failure.cause, 'already existing') and $failure.step = 'createModel'`,
          'CreateEndpointConfig',
        ],
        [
          `$contains($failure.cause, 'already existing') and $failure.step = 'createEndpointConfig'`,
          'CreateOrUpdate',
        ],
        [
          `$contains($failure.cause, 'already existing') and $failure.step = 'createEndpoint'`,
          'TakeTurnAgain',
        ],
      ],
      'FinishDeployment',
    ),
    TakeTurnAgain: {
      Type: 'Wait',
      Comment: 'Something else holds the endpoint; plan anew, up to the limit that the plan keeps',
      Seconds: POLL_SECONDS,
      Assign: { failure: {} },
      Next: 'PlanDeployment',
    },
  };
}

function watchStates(options: DeploymentDefinitionOptions): Record<string, State> {
  return {
    WaitForEndpoint: {
      Type: 'Wait',
      Seconds: POLL_SECONDS,
      Assign: { failure: {} },
      Next: 'DescribeEndpoint',
    },
    DescribeEndpoint: {
      ...sageMakerTask({
        comment: 'What is live and what is on its way',
        partition: options.partition,
        action: 'describeEndpoint',
        arguments: { EndpointName: options.endpointName },
        assign: {
          endpoint: jsonata(
            `{'status': $states.result.EndpointStatus, 'config': $states.result.EndpointConfigName, 'failureReason': $states.result.FailureReason, 'pendingConfig': $states.result.PendingDeploymentSummary.EndpointConfigName}`,
          ),
        },
        next: 'CheckDeployment',
        onError: 'FinishDeployment',
      }),
      Catch: [
        {
          ErrorEquals: ['States.ALL'],
          Assign: { endpoint: { error: jsonata('$string($states.errorOutput.Cause)') } },
          Next: 'CheckDeployment',
        },
      ],
    },
    CheckDeployment: lambdaTask({
      comment: 'InService alone is no success: the name of the live configuration decides',
      partition: options.partition,
      functionArn: options.checkFunctionArn,
      payload: {
        ...identity(),
        plan: jsonata('$plan'),
        endpoint: jsonata('$endpoint'),
        previous: jsonata('$check'),
      },
      assign: { check: jsonata('$states.result.Payload') },
      step: 'checkDeployment',
      next: 'Settled',
      onError: 'FinishDeployment',
    }),
    Settled: choice(
      [
        [`$check.status = 'pending'`, 'WaitForEndpoint'],
        [`$check.deleteEndpoint`, 'DeleteUnbornEndpoint'],
      ],
      'FinishDeployment',
    ),
    DeleteUnbornEndpoint: sageMakerTask({
      comment: 'A first endpoint that never served would block the next creation',
      partition: options.partition,
      action: 'deleteEndpoint',
      arguments: { EndpointName: options.endpointName },
      next: 'FinishDeployment',
      onError: 'FinishDeployment',
    }),
  };
}

function finishStates(options: DeploymentDefinitionOptions): Record<string, State> {
  const { Next: _next, ...finish } = lambdaTask({
    comment: 'Moves the alias if the version is live, records the outcome, frees the lease, cleans up',
    partition: options.partition,
    functionArn: options.finishFunctionArn,
    payload: {
      ...identity(),
      plan: jsonata('$plan'),
      check: jsonata('$check'),
      failure: jsonata('$failure'),
    },
    assign: {},
    step: 'finishDeployment',
    next: '',
    onError: 'OutcomeNotRecorded',
  });
  return {
    FinishDeployment: { ...finish, Output: jsonata('$states.result.Payload'), End: true },
    OutcomeNotRecorded: {
      Type: 'Fail',
      Comment: 'The lease ends by itself',
      Error: 'OutcomeNotRecorded',
      Cause: jsonata(`$failure.error & ': ' & $failure.cause`),
    },
  };
}

function endpointConfig(options: DeploymentDefinitionOptions): State {
  return {
    EndpointConfigName: jsonata('$plan.endpointConfigName'),
    ProductionVariants: [
      {
        VariantName: VARIANT_NAME,
        ModelName: jsonata('$plan.modelName'),
        InstanceType: options.instanceType,
        InitialInstanceCount: options.instanceCount,
        InitialVariantWeight: 1,
      },
    ],
    ...(options.volumeKeyArn === undefined ? {} : { KmsKeyId: options.volumeKeyArn }),
    DataCaptureConfig: {
      EnableCapture: true,
      InitialSamplingPercentage: 100,
      DestinationS3Uri: options.captureUri,
      KmsKeyId: options.captureKeyArn,
      CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
      CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
    },
    Tags: tags(options.modelName),
  };
}

function tags(modelName: string): State[] {
  return [
    { Key: Tag.MODEL, Value: modelName },
    { Key: Tag.MODEL_VERSION, Value: jsonata('$string($plan.version)') },
  ];
}

/** What every handler needs to know which deployment it works for. */
function identity(): State {
  return {
    deploymentId: jsonata('$states.context.Execution.Name'),
    request: jsonata('$states.context.Execution.Input'),
  };
}

function choice(rules: [condition: string, next: string][], otherwise: string): State {
  return {
    Type: 'Choice',
    Choices: rules.map(([condition, next]) => ({ Condition: jsonata(condition), Next: next })),
    Default: otherwise,
  };
}
