import {
  DescribeEndpointCommand,
  ListProcessingJobsCommand,
  ListTrainingJobsCommand,
} from '@aws-sdk/client-sagemaker';
import type { Turn } from './timeline';
import type { World } from './world';

/** Where the time from a drop to the first live model went, in real seconds. */
export interface OwnTime {
  readonly total: number;
  /** Preparing, training and evaluating: the model's code. */
  readonly jobs: number;
  /** Creating the endpoint and starting the model in it. */
  readonly endpoint: number;
  /** All the rest: closing the drop, checking, deciding, judging, registering. */
  readonly own: number;
}

/** Measures the turn that made the first model live. */
export async function ownTime(world: World, turn: Turn): Promise<OwnTime> {
  const { sageMaker } = world.context;
  const filter = { NameContains: turn.run ?? undefined };
  const [training, processing, endpoint] = await Promise.all([
    sageMaker.send(new ListTrainingJobsCommand(filter)),
    sageMaker.send(new ListProcessingJobsCommand(filter)),
    sageMaker.send(new DescribeEndpointCommand({ EndpointName: world.outputs.model })),
  ]);
  const jobs = [
    ...(training.TrainingJobSummaries ?? []).map((job) => seconds(job.CreationTime, job.TrainingEndTime)),
    ...(processing.ProcessingJobSummaries ?? []).map((job) =>
      seconds(job.CreationTime, job.ProcessingEndTime),
    ),
  ].reduce((sum, each) => sum + each, 0);
  const real = {
    total: seconds(new Date(turn.startedAt), new Date(turn.endedAt)) / world.speed,
    jobs: jobs / world.speed,
    endpoint: seconds(endpoint.CreationTime, endpoint.LastModifiedTime) / world.speed,
  };
  return { ...real, own: real.total - real.jobs - real.endpoint };
}

export function describeOwnTime({ total, jobs, endpoint, own }: OwnTime): string {
  const show = (value: number): string => `${value.toFixed(1)} s`;
  return `live ${show(total)} after the drop: of that ${show(jobs)} in jobs, ${show(endpoint)} starting the endpoint, ${show(own)} Flywheel's own`;
}

function seconds(from: Date | undefined, to: Date | undefined): number {
  return from === undefined || to === undefined ? 0 : (to.getTime() - from.getTime()) / 1000;
}
