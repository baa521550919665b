import { unsupported } from './errors';
import { type Shape, shapeNamed } from './shapes';

/** `true`: taken as it is. An object: only these members; `'ignored'`: taken, but without effect on the laptop. */
export type Supported = true | 'ignored' | { readonly [member: string]: Supported };

const S3_INPUT: Supported = { S3DataSource: { S3DataType: true, S3Uri: true, S3DataDistributionType: true } };
const VOLUME: Supported = 'ignored';

/** What each request may say; anything else is refused by name, because leaving it out would change the result. */
export const SUPPORTED: Readonly<Record<string, Supported>> = {
  CreateTrainingJob: {
    TrainingJobName: true,
    HyperParameters: true,
    AlgorithmSpecification: {
      TrainingImage: true,
      TrainingInputMode: true,
      MetricDefinitions: true,
      ContainerEntrypoint: true,
      ContainerArguments: true,
      EnableSageMakerMetricsTimeSeries: 'ignored',
    },
    RoleArn: 'ignored',
    InputDataConfig: {
      ChannelName: true,
      DataSource: S3_INPUT,
      ContentType: true,
      CompressionType: true,
      RecordWrapperType: true,
      InputMode: true,
    },
    OutputDataConfig: { S3OutputPath: true, KmsKeyId: 'ignored', CompressionType: true },
    ResourceConfig: {
      InstanceType: true,
      InstanceCount: true,
      VolumeSizeInGB: VOLUME,
      VolumeKmsKeyId: VOLUME,
      KeepAlivePeriodInSeconds: 'ignored',
    },
    VpcConfig: 'ignored',
    StoppingCondition: { MaxRuntimeInSeconds: true, MaxWaitTimeInSeconds: true },
    Tags: true,
    EnableNetworkIsolation: true,
    EnableInterContainerTrafficEncryption: 'ignored',
    EnableManagedSpotTraining: true,
    CheckpointConfig: true,
    ProfilerConfig: { DisableProfiler: 'ignored' },
    Environment: true,
  },
  CreateProcessingJob: {
    ProcessingJobName: true,
    ProcessingInputs: {
      InputName: true,
      AppManaged: true,
      S3Input: {
        S3Uri: true,
        LocalPath: true,
        S3DataType: true,
        S3InputMode: true,
        S3DataDistributionType: true,
        S3CompressionType: true,
      },
    },
    ProcessingOutputConfig: {
      Outputs: {
        OutputName: true,
        AppManaged: true,
        S3Output: { S3Uri: true, LocalPath: true, S3UploadMode: true },
      },
      KmsKeyId: 'ignored',
    },
    ProcessingResources: {
      ClusterConfig: {
        InstanceCount: true,
        InstanceType: true,
        VolumeSizeInGB: VOLUME,
        VolumeKmsKeyId: VOLUME,
      },
    },
    StoppingCondition: true,
    AppSpecification: { ImageUri: true, ContainerEntrypoint: true, ContainerArguments: true },
    Environment: true,
    NetworkConfig: {
      EnableNetworkIsolation: true,
      EnableInterContainerTrafficEncryption: 'ignored',
      VpcConfig: 'ignored',
    },
    RoleArn: 'ignored',
    Tags: true,
  },
  CreateModel: {
    ModelName: true,
    PrimaryContainer: {
      Image: true,
      ModelDataUrl: true,
      Environment: true,
      ContainerHostname: true,
      Mode: true,
    },
    Containers: { Image: true, ModelDataUrl: true, Environment: true, ContainerHostname: true, Mode: true },
    ExecutionRoleArn: 'ignored',
    Tags: true,
    VpcConfig: 'ignored',
    EnableNetworkIsolation: 'ignored',
  },
  CreateEndpointConfig: {
    EndpointConfigName: true,
    ProductionVariants: {
      VariantName: true,
      ModelName: true,
      InitialInstanceCount: true,
      InstanceType: true,
      InitialVariantWeight: true,
      VolumeSizeInGB: VOLUME,
      ModelDataDownloadTimeoutInSeconds: 'ignored',
      ContainerStartupHealthCheckTimeoutInSeconds: true,
    },
    DataCaptureConfig: true,
    Tags: true,
    KmsKeyId: 'ignored',
    EnableNetworkIsolation: 'ignored',
    ExecutionRoleArn: 'ignored',
    VpcConfig: 'ignored',
  },
  CreateEndpoint: {
    EndpointName: true,
    EndpointConfigName: true,
    DeploymentConfig: { BlueGreenUpdatePolicy: true, AutoRollbackConfiguration: true },
    Tags: true,
  },
  UpdateEndpoint: {
    EndpointName: true,
    EndpointConfigName: true,
    RetainAllVariantProperties: true,
    ExcludeRetainedVariantProperties: true,
    DeploymentConfig: { BlueGreenUpdatePolicy: true, AutoRollbackConfiguration: true },
    RetainDeploymentConfig: true,
  },
  UpdateEndpointWeightsAndCapacities: {
    EndpointName: true,
    DesiredWeightsAndCapacities: { VariantName: true, DesiredWeight: true, DesiredInstanceCount: true },
  },
};

/**
 * Refuses what this service would not act on, and names the field.
 *
 * @throws ApiError ValidationException
 */
export function refuseUnsupported(operation: string, shapeName: string, input: object): void {
  const supported = SUPPORTED[operation] ?? true;
  inspect(shapeNamed(shapeName), supported, input, operation, '');
}

function inspect(shape: Shape, supported: Supported, value: unknown, operation: string, path: string): void {
  if (value === undefined || value === null || supported === 'ignored') {
    return;
  }
  if (shape.type === 'list') {
    for (const [index, item] of (value as unknown[]).entries()) {
      inspect(shapeNamed(shape.member!), supported, item, operation, `${path}[${index}]`);
    }
    return;
  }
  if (shape.type !== 'structure') {
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    const member = shape.members?.[name];
    const below = supported === true ? true : supported[name];
    const place = path === '' ? name : `${path}.${name}`;
    if (member === undefined) {
      throw unsupported(`"${place}" of ${operation}`, 'SageMaker has no such parameter.');
    }
    if (below === undefined && !isNothing(item)) {
      throw unsupported(`"${place}" of ${operation}`, 'Leave it out to run this on the laptop.');
    }
    inspect(shapeNamed(member), below ?? 'ignored', item, operation, place);
  }
}

/** Empty lists and nulls ask for nothing. */
function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}
