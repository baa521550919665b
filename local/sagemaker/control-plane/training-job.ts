import type { Context } from '../context';
import { compileMetric } from '../jobs/metric-collector';
import type { Runs } from '../jobs/runs';
import { TrainingRun } from '../jobs/training-run';
import { firstProgress } from '../jobs/training-status';
import { ApiError, unsupported, validation } from '../protocol/errors';
import type { TrainingJob, TrainingJobRequest } from '../state/records';
import { arnOf } from './arns';
import { type ListRequest, listPage } from './listing';
import type { Operations } from './operations';
import { tagResource } from './tags';

const NEWEST_FIRST = { sortBy: 'CreationTime', sortOrder: 'Descending' } as const;

/** @param runs - the jobs that run now */
export function trainingJobOperations(context: Context, runs: Runs<TrainingRun>): Operations {
  const { registry } = context;
  const find = (name: string) => {
    const job = registry.trainingJobs.get(name);
    if (job === undefined) {
      throw validation('Requested resource not found.');
    }
    return job;
  };
  return {
    CreateTrainingJob(request: TrainingJobRequest) {
      const { TrainingJobName: name, Tags, ...described } = request;
      const arn = arnOf(context.options, 'training-job', name);
      if (registry.trainingJobs.get(name) !== undefined) {
        throw new ApiError(
          'ResourceInUse',
          'Training job names must be unique within an AWS account and region, and a training job with this name ' +
            `already exists (${arn})`,
        );
      }
      checkTrainingJob(request);
      tagResource(context, arn, Tags);
      const at = context.now();
      const job: TrainingJob = {
        ...described,
        TrainingJobName: name,
        TrainingJobArn: arn,
        EnableNetworkIsolation: request.EnableNetworkIsolation ?? false,
        EnableManagedSpotTraining: request.EnableManagedSpotTraining ?? false,
        CreationTime: at,
        ...firstProgress(at),
      };
      registry.trainingJobs.put(name, job);
      context.announce('Training Job', arn, job);
      runs.start(name, new TrainingRun(context, name));
      return { TrainingJobArn: arn };
    },
    DescribeTrainingJob: ({ TrainingJobName }: { TrainingJobName: string }) => find(TrainingJobName),
    StopTrainingJob({ TrainingJobName }: { TrainingJobName: string }) {
      const { TrainingJobStatus: status } = find(TrainingJobName);
      if (status !== 'InProgress' && status !== 'Stopping') {
        throw validation(`The request was rejected because the training job is in status ${status}.`);
      }
      if (status === 'InProgress') {
        runs.get(TrainingJobName)?.stop();
      }
      return undefined;
    },
    ListTrainingJobs(request: ListRequest) {
      const jobs = registry.trainingJobs
        .all()
        .map((job) => ({ ...job, name: job.TrainingJobName, status: job.TrainingJobStatus }));
      const { items, nextToken } = listPage(jobs, request, NEWEST_FIRST);
      return {
        TrainingJobSummaries: items.map(summary),
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      };
    },
  };
}

function summary(job: TrainingJob) {
  const {
    TrainingJobName,
    TrainingJobArn,
    CreationTime,
    TrainingEndTime,
    LastModifiedTime,
    TrainingJobStatus,
  } = job;
  const { SecondaryStatus } = job;
  return {
    TrainingJobName,
    TrainingJobArn,
    CreationTime,
    ...(TrainingEndTime === undefined ? {} : { TrainingEndTime }),
    LastModifiedTime,
    TrainingJobStatus,
    SecondaryStatus,
  };
}

/**
 * What the service model can't express.
 *
 * @throws ApiError ValidationException
 */
export function checkTrainingJob(request: TrainingJobRequest): void {
  const { AlgorithmSpecification, ResourceConfig, StoppingCondition, OutputDataConfig } = request;
  if (AlgorithmSpecification?.TrainingImage === undefined) {
    throw unsupported('training without AlgorithmSpecification.TrainingImage');
  }
  if (ResourceConfig?.InstanceCount === undefined || ResourceConfig.InstanceType === undefined) {
    throw validation('ResourceConfig must have InstanceType and InstanceCount.');
  }
  if (ResourceConfig.InstanceCount !== 1) {
    throw unsupported(
      `ResourceConfig.InstanceCount ${ResourceConfig.InstanceCount}`,
      'It trains on one instance.',
    );
  }
  if (StoppingCondition === undefined) {
    throw validation('StoppingCondition is required.');
  }
  checkSpot(request);
  if (OutputDataConfig.CompressionType === 'NONE') {
    throw unsupported('OutputDataConfig.CompressionType NONE');
  }
  for (const { Name, Regex } of AlgorithmSpecification.MetricDefinitions ?? []) {
    try {
      compileMetric(Name, Regex);
    } catch (error) {
      throw validation((error as Error).message);
    }
  }
  checkChannels(request);
}

function checkSpot({ EnableManagedSpotTraining, StoppingCondition }: TrainingJobRequest): void {
  const wait = StoppingCondition?.MaxWaitTimeInSeconds;
  if (EnableManagedSpotTraining !== true) {
    if (wait !== undefined) {
      throw validation(
        'Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is true.',
      );
    }
    return;
  }
  const run = StoppingCondition?.MaxRuntimeInSeconds ?? 86_400;
  if (wait === undefined || wait < run) {
    throw validation(
      `Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds (${run}).`,
    );
  }
}

function checkChannels({ InputDataConfig, AlgorithmSpecification }: TrainingJobRequest): void {
  const names = (InputDataConfig ?? []).map(({ ChannelName }) => ChannelName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw validation(`Channel names must be unique, "${twice}" comes twice.`);
  }
  for (const { ChannelName, InputMode, CompressionType, RecordWrapperType, DataSource } of InputDataConfig ??
    []) {
    const mode = InputMode ?? AlgorithmSpecification?.TrainingInputMode;
    if (mode === 'Pipe') {
      throw unsupported(`input mode Pipe (channel "${ChannelName}")`, 'Use File.');
    }
    if (CompressionType === 'Gzip' || RecordWrapperType === 'RecordIO') {
      throw unsupported(`CompressionType Gzip or RecordWrapperType RecordIO (channel "${ChannelName}")`);
    }
    const type = DataSource?.S3DataSource?.S3DataType;
    if (type !== 'S3Prefix' && type !== 'ManifestFile') {
      throw unsupported(`S3DataType ${type} (channel "${ChannelName}")`, 'Use S3Prefix or ManifestFile.');
    }
  }
}
