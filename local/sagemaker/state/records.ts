/**
 * The resources as Describe answers them: names as on the wire, times in seconds since the epoch. `request` members
 * that Describe repeats unchanged are kept as they came.
 */

export * from './hosting-records';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface MetricDefinition {
  readonly Name: string;
  readonly Regex: string;
}

export interface S3DataSource {
  readonly S3DataType: 'S3Prefix' | 'ManifestFile';
  readonly S3Uri: string;
}

export interface Channel {
  readonly ChannelName: string;
  readonly DataSource: { readonly S3DataSource: S3DataSource & { readonly S3DataDistributionType?: string } };
  readonly ContentType?: string;
  readonly CompressionType?: string;
  readonly RecordWrapperType?: string;
  readonly InputMode?: string;
}

export interface SecondaryStatusTransition {
  readonly Status: string;
  readonly StartTime: number;
  readonly EndTime?: number;
  readonly StatusMessage?: string;
}

export interface FinalMetric {
  readonly MetricName: string;
  readonly Value: number;
  readonly Timestamp: number;
}

export type TrainingJobStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';

/** What CreateTrainingJob takes, as far as this service acts on it. */
export interface TrainingJobRequest {
  readonly TrainingJobName: string;
  readonly HyperParameters?: Readonly<Record<string, string>>;
  readonly AlgorithmSpecification?: {
    readonly TrainingImage?: string;
    readonly TrainingInputMode: string;
    readonly MetricDefinitions?: readonly MetricDefinition[];
    readonly ContainerEntrypoint?: readonly string[];
    readonly ContainerArguments?: readonly string[];
  };
  readonly RoleArn: string;
  readonly InputDataConfig?: readonly Channel[];
  readonly OutputDataConfig: { readonly S3OutputPath: string; readonly CompressionType?: string };
  readonly ResourceConfig?: { readonly InstanceType?: string; readonly InstanceCount?: number };
  readonly StoppingCondition?: {
    readonly MaxRuntimeInSeconds?: number;
    readonly MaxWaitTimeInSeconds?: number;
  };
  readonly Tags?: readonly Tag[];
  readonly EnableNetworkIsolation?: boolean;
  readonly EnableManagedSpotTraining?: boolean;
  readonly CheckpointConfig?: { readonly S3Uri: string; readonly LocalPath?: string };
  readonly Environment?: Readonly<Record<string, string>>;
}

export interface TrainingJob extends Omit<TrainingJobRequest, 'Tags'> {
  readonly TrainingJobArn: string;
  readonly TrainingJobStatus: TrainingJobStatus;
  readonly SecondaryStatus: string;
  readonly SecondaryStatusTransitions: readonly SecondaryStatusTransition[];
  readonly CreationTime: number;
  readonly LastModifiedTime: number;
  readonly TrainingStartTime?: number;
  readonly TrainingEndTime?: number;
  readonly TrainingTimeInSeconds?: number;
  readonly BillableTimeInSeconds?: number;
  readonly FailureReason?: string;
  readonly ModelArtifacts?: { readonly S3ModelArtifacts: string };
  readonly FinalMetricDataList?: readonly FinalMetric[];
}

export interface ProcessingInput {
  readonly InputName: string;
  readonly AppManaged?: boolean;
  readonly S3Input?: {
    readonly S3Uri: string;
    readonly LocalPath?: string;
    readonly S3DataType: S3DataSource['S3DataType'];
    readonly S3InputMode?: string;
    readonly S3DataDistributionType?: string;
    readonly S3CompressionType?: string;
  };
}

export interface ProcessingOutput {
  readonly OutputName: string;
  readonly AppManaged?: boolean;
  readonly S3Output?: { readonly S3Uri: string; readonly LocalPath?: string; readonly S3UploadMode: string };
}

/** What CreateProcessingJob takes, as far as this service acts on it. */
export interface ProcessingJobRequest {
  readonly ProcessingJobName: string;
  readonly ProcessingInputs?: readonly ProcessingInput[];
  readonly ProcessingOutputConfig?: { readonly Outputs: readonly ProcessingOutput[] };
  readonly ProcessingResources: {
    readonly ClusterConfig: { readonly InstanceCount: number; readonly InstanceType: string };
  };
  readonly StoppingCondition?: { readonly MaxRuntimeInSeconds?: number };
  readonly AppSpecification: {
    readonly ImageUri: string;
    readonly ContainerEntrypoint?: readonly string[];
    readonly ContainerArguments?: readonly string[];
  };
  readonly Environment?: Readonly<Record<string, string>>;
  readonly NetworkConfig?: { readonly EnableNetworkIsolation?: boolean };
  readonly RoleArn: string;
  readonly Tags?: readonly Tag[];
}

export interface ProcessingJob extends Omit<ProcessingJobRequest, 'Tags'> {
  readonly ProcessingJobArn: string;
  readonly ProcessingJobStatus: TrainingJobStatus;
  readonly CreationTime: number;
  readonly LastModifiedTime: number;
  readonly ProcessingStartTime?: number;
  readonly ProcessingEndTime?: number;
  readonly FailureReason?: string;
  readonly ExitMessage?: string;
}
