import type { Context } from '../context';
import { ProcessingRun } from '../jobs/processing-run';
import type { Runs } from '../jobs/runs';
import { hostPath } from '../processes/container-paths';
import { ApiError, unsupported, validation } from '../protocol/errors';
import type { ProcessingJob, ProcessingJobRequest } from '../state/records';
import { arnOf } from './arns';
import { type ListRequest, listPage } from './listing';
import type { Operations } from './operations';
import { tagResource } from './tags';

const NEWEST_FIRST = { sortBy: 'CreationTime', sortOrder: 'Descending' } as const;

/** @param runs - the jobs that run now */
export function processingJobOperations(context: Context, runs: Runs<ProcessingRun>): Operations {
  const { registry } = context;
  const find = (name: string) => {
    const job = registry.processingJobs.get(name);
    if (job === undefined) {
      throw validation('Could not find requested job');
    }
    return job;
  };
  return {
    CreateProcessingJob(request: ProcessingJobRequest) {
      const { ProcessingJobName: name, Tags, ...described } = request;
      const arn = arnOf(context.options, 'processing-job', name);
      if (registry.processingJobs.get(name) !== undefined) {
        throw new ApiError(
          'ResourceInUse',
          'Job name must be unique within an AWS account and region, and a job with this name already exists ' +
            `(${arn})`,
        );
      }
      checkProcessingJob(request);
      tagResource(context, arn, Tags);
      const at = context.now();
      const job: ProcessingJob = {
        ...described,
        ProcessingJobName: name,
        ProcessingJobArn: arn,
        ProcessingJobStatus: 'InProgress',
        CreationTime: at,
        LastModifiedTime: at,
      };
      registry.processingJobs.put(name, job);
      context.announce('Processing Job', arn, job);
      runs.start(name, new ProcessingRun(context, name));
      return { ProcessingJobArn: arn };
    },
    DescribeProcessingJob: ({ ProcessingJobName }: { ProcessingJobName: string }) => find(ProcessingJobName),
    StopProcessingJob({ ProcessingJobName }: { ProcessingJobName: string }) {
      const { ProcessingJobStatus: status } = find(ProcessingJobName);
      if (status !== 'InProgress' && status !== 'Stopping') {
        throw validation(`The request was rejected because the processing job is in status ${status}.`);
      }
      if (status === 'InProgress') {
        runs.get(ProcessingJobName)?.stop();
      }
      return undefined;
    },
    ListProcessingJobs(request: ListRequest) {
      const jobs = registry.processingJobs
        .all()
        .map((job) => ({ ...job, name: job.ProcessingJobName, status: job.ProcessingJobStatus }));
      const { items, nextToken } = listPage(jobs, request, NEWEST_FIRST);
      return {
        ProcessingJobSummaries: items.map(summary),
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      };
    },
  };
}

function summary(job: ProcessingJob) {
  const { ProcessingJobName, ProcessingJobArn, CreationTime, LastModifiedTime, ProcessingJobStatus } = job;
  const { ProcessingEndTime, FailureReason, ExitMessage } = job;
  return {
    ProcessingJobName,
    ProcessingJobArn,
    CreationTime,
    LastModifiedTime,
    ProcessingJobStatus,
    ...(ProcessingEndTime === undefined ? {} : { ProcessingEndTime }),
    ...(FailureReason === undefined ? {} : { FailureReason }),
    ...(ExitMessage === undefined ? {} : { ExitMessage }),
  };
}

/**
 * What the service model can't express.
 *
 * @throws ApiError ValidationException
 */
export function checkProcessingJob(request: ProcessingJobRequest): void {
  const { InstanceCount } = request.ProcessingResources.ClusterConfig ?? {};
  if (InstanceCount !== 1) {
    throw unsupported(
      `ProcessingResources.ClusterConfig.InstanceCount ${InstanceCount}`,
      'It runs on one instance.',
    );
  }
  for (const { InputName, AppManaged, S3Input } of request.ProcessingInputs ?? []) {
    if (AppManaged === true || S3Input === undefined) {
      throw unsupported(`an input without S3Input or managed by the application (input "${InputName}")`);
    }
    if (S3Input.S3InputMode === 'Pipe' || S3Input.S3CompressionType === 'Gzip') {
      throw unsupported(`S3InputMode Pipe or S3CompressionType Gzip (input "${InputName}")`);
    }
    checkLocalPath(S3Input.LocalPath, `input "${InputName}"`);
  }
  for (const { OutputName, AppManaged, S3Output } of request.ProcessingOutputConfig?.Outputs ?? []) {
    if (AppManaged === true || S3Output === undefined) {
      throw unsupported(`an output without S3Output or managed by the application (output "${OutputName}")`);
    }
    if (S3Output.S3UploadMode !== 'EndOfJob') {
      throw unsupported(`S3UploadMode ${S3Output.S3UploadMode} (output "${OutputName}")`, 'Use EndOfJob.');
    }
    checkLocalPath(S3Output.LocalPath, `output "${OutputName}"`);
  }
}

function checkLocalPath(path: string | undefined, place: string): void {
  try {
    hostPath(path ?? '', '', '/opt/ml/processing');
  } catch (error) {
    throw validation(`${(error as Error).message} (${place})`);
  }
}
