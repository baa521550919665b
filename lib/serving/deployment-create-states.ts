import { Tag, VARIANT_NAME } from './contract';
import { choice, jsonata, POLL_SECONDS, type State, sageMakerTask } from './definition-states';
import type { DeploymentDefinitionOptions } from './deployment-definition-options';

/** Creates model, configuration and endpoint, or updates the endpoint. @internal */
export function createStates(options: DeploymentDefinitionOptions): Record<string, State> {
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
