import type { Channel, ProcessingJob, TrainingJob } from '../state/records';

const HOST = 'algo-1';

/** What /opt/ml/input/config holds for a training job: file name to content. */
export function trainingConfig(job: TrainingJob): Record<string, unknown> {
  return {
    'hyperparameters.json': job.HyperParameters ?? {},
    'inputdataconfig.json': Object.fromEntries(
      (job.InputDataConfig ?? []).map((channel) => [channel.ChannelName, channelConfig(channel, job)]),
    ),
    'resourceconfig.json': resourceConfig(job.ResourceConfig?.InstanceType ?? 'local'),
  };
}

/** What /opt/ml/config holds for a processing job. */
export function processingConfig(job: ProcessingJob): Record<string, unknown> {
  const { ProcessingInputs, ProcessingOutputConfig, ProcessingResources, AppSpecification } = job;
  return {
    'processingjobconfig.json': {
      ProcessingJobArn: job.ProcessingJobArn,
      ProcessingJobName: job.ProcessingJobName,
      AppSpecification,
      Environment: job.Environment ?? {},
      ProcessingInputs: ProcessingInputs ?? [],
      ProcessingOutputConfig: ProcessingOutputConfig ?? { Outputs: [] },
      ProcessingResources,
      RoleArn: job.RoleArn,
      StoppingCondition: job.StoppingCondition,
    },
    'resourceconfig.json': resourceConfig(ProcessingResources.ClusterConfig.InstanceType),
  };
}

function channelConfig(channel: Channel, job: TrainingJob): object {
  return {
    ...(channel.ContentType === undefined ? {} : { ContentType: channel.ContentType }),
    TrainingInputMode: channel.InputMode ?? job.AlgorithmSpecification?.TrainingInputMode ?? 'File',
    S3DistributionType: channel.DataSource.S3DataSource.S3DataDistributionType ?? 'FullyReplicated',
    RecordWrapperType: channel.RecordWrapperType ?? 'None',
  };
}

function resourceConfig(instanceType: string): object {
  return {
    current_host: HOST,
    current_instance_type: instanceType,
    current_group_name: 'homogeneousCluster',
    hosts: [HOST],
    instance_groups: [
      { instance_group_name: 'homogeneousCluster', instance_type: instanceType, hosts: [HOST] },
    ],
    network_interface_name: 'eth0',
  };
}
