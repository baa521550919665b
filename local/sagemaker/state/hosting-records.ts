/** Models, endpoint configurations and endpoints as Describe answers them; see records.ts. */

export interface ContainerDefinition {
  readonly Image?: string;
  readonly ModelDataUrl?: string;
  readonly Environment?: Readonly<Record<string, string>>;
}

export interface Model {
  readonly ModelName: string;
  readonly ModelArn: string;
  readonly PrimaryContainer: ContainerDefinition;
  readonly ExecutionRoleArn?: string;
  readonly CreationTime: number;
}

export interface ProductionVariant {
  readonly VariantName: string;
  readonly ModelName: string;
  readonly InitialInstanceCount: number;
  readonly InstanceType: string;
  readonly InitialVariantWeight?: number;
  readonly ContainerStartupHealthCheckTimeoutInSeconds?: number;
}

export interface DataCaptureConfig {
  readonly EnableCapture?: boolean;
  readonly InitialSamplingPercentage: number;
  readonly DestinationS3Uri: string;
  readonly KmsKeyId?: string;
  readonly CaptureOptions: readonly { readonly CaptureMode: 'Input' | 'Output' | 'InputAndOutput' }[];
  readonly CaptureContentTypeHeader?: {
    readonly CsvContentTypes?: readonly string[];
    readonly JsonContentTypes?: readonly string[];
  };
}

export interface EndpointConfig {
  readonly EndpointConfigName: string;
  readonly EndpointConfigArn: string;
  readonly ProductionVariants: readonly ProductionVariant[];
  readonly DataCaptureConfig?: DataCaptureConfig;
  readonly CreationTime: number;
}

export interface CapacitySize {
  readonly Type: 'INSTANCE_COUNT' | 'CAPACITY_PERCENT';
  readonly Value: number;
}

export interface DeploymentConfig {
  readonly BlueGreenUpdatePolicy?: {
    readonly TrafficRoutingConfiguration: {
      readonly Type: 'ALL_AT_ONCE' | 'CANARY' | 'LINEAR';
      readonly WaitIntervalInSeconds: number;
      readonly CanarySize?: CapacitySize;
      readonly LinearStepSize?: CapacitySize;
    };
    readonly TerminationWaitInSeconds?: number;
    readonly MaximumExecutionTimeoutInSeconds?: number;
  };
  readonly AutoRollbackConfiguration?: { readonly Alarms?: readonly { readonly AlarmName: string }[] };
}

export interface VariantStatus {
  readonly Status: 'Creating' | 'Updating' | 'Deleting' | 'ActivatingTraffic' | 'Baking';
  readonly StatusMessage?: string;
  readonly StartTime?: number;
}

export interface VariantSummary {
  readonly VariantName: string;
  readonly CurrentWeight?: number;
  readonly DesiredWeight?: number;
  readonly CurrentInstanceCount?: number;
  readonly DesiredInstanceCount?: number;
  readonly InstanceType?: string;
  readonly VariantStatus?: readonly VariantStatus[];
}

export type EndpointStatus = 'Creating' | 'Updating' | 'SystemUpdating' | 'InService' | 'Deleting' | 'Failed';

export interface Endpoint {
  readonly EndpointName: string;
  readonly EndpointArn: string;
  readonly EndpointConfigName: string;
  readonly EndpointStatus: EndpointStatus;
  readonly ProductionVariants?: readonly VariantSummary[];
  readonly DataCaptureConfig?: {
    readonly EnableCapture: boolean;
    readonly CaptureStatus: 'Started' | 'Stopped';
    readonly CurrentSamplingPercentage: number;
    readonly DestinationS3Uri: string;
    readonly KmsKeyId: string;
  };
  readonly FailureReason?: string;
  readonly CreationTime: number;
  readonly LastModifiedTime: number;
  readonly LastDeploymentConfig?: DeploymentConfig;
  readonly PendingDeploymentSummary?: {
    readonly EndpointConfigName: string;
    readonly StartTime: number;
    readonly ProductionVariants: readonly VariantSummary[];
  };
}
