import type { SecondaryStatusTransition, TrainingJob, TrainingJobStatus } from '../state/records';

/** Secondary statuses with the primary status that they mean and the message that they carry. */
const STEPS = {
  Starting: { primary: 'InProgress', message: 'Starting the training job' },
  Downloading: { primary: 'InProgress', message: 'Downloading input data' },
  Training: {
    primary: 'InProgress',
    message: 'Training image download completed. Training in progress.',
  },
  Interrupted: {
    primary: 'InProgress',
    message: 'Training job interrupted: the Spot capacity was reclaimed',
  },
  Uploading: { primary: 'InProgress', message: 'Uploading generated training model' },
  Stopping: { primary: 'Stopping', message: 'Stopping the training job' },
  Completed: { primary: 'Completed', message: 'Training job completed' },
  Failed: { primary: 'Failed', message: 'Training job failed' },
  Stopped: { primary: 'Stopped', message: 'Training job stopped' },
  MaxRuntimeExceeded: {
    primary: 'Stopped',
    message: 'Training job runtime exceeded MaxRuntimeInSeconds provided',
  },
  MaxWaitTimeExceeded: {
    primary: 'Stopped',
    message: 'Training job runtime exceeded MaxWaitTimeInSeconds provided',
  },
} as const satisfies Record<string, { primary: TrainingJobStatus; message: string }>;

export type TrainingStep = keyof typeof STEPS;

const AFTER: Readonly<Record<TrainingStep, readonly TrainingStep[]>> = {
  Starting: ['Downloading', 'Stopping', 'Failed', 'MaxWaitTimeExceeded'],
  Downloading: ['Training', 'Stopping', 'Failed', 'MaxWaitTimeExceeded'],
  Training: ['Uploading', 'Interrupted', 'Stopping', 'Failed'],
  Interrupted: ['Starting', 'Stopping', 'Failed', 'MaxWaitTimeExceeded'],
  Uploading: ['Completed', 'Failed', 'Stopping', 'MaxRuntimeExceeded', 'MaxWaitTimeExceeded'],
  Stopping: ['Stopped', 'Failed'],
  Completed: [],
  Failed: [],
  Stopped: [],
  MaxRuntimeExceeded: [],
  MaxWaitTimeExceeded: [],
};

/** The status members of a training job's record. */
export type TrainingProgress = Pick<
  TrainingJob,
  'TrainingJobStatus' | 'SecondaryStatus' | 'SecondaryStatusTransitions' | 'LastModifiedTime'
>;

/** How a training job begins. @param at - seconds since the epoch */
export function firstProgress(at: number): TrainingProgress {
  return {
    TrainingJobStatus: 'InProgress',
    SecondaryStatus: 'Starting',
    SecondaryStatusTransitions: [transition('Starting', at)],
    LastModifiedTime: at,
  };
}

/**
 * The next step of a job.
 *
 * @param at - seconds since the epoch
 * @throws Error when a job can't go from where it is to `step`; ended jobs stay as they are.
 */
export function advance(progress: TrainingProgress, step: TrainingStep, at: number): TrainingProgress {
  const from = progress.SecondaryStatus as TrainingStep;
  if (!AFTER[from].includes(step)) {
    throw new Error(`A training job can't go from ${from} to ${step}`);
  }
  const before = progress.SecondaryStatusTransitions.map((one) =>
    one.EndTime === undefined ? { ...one, EndTime: at } : one,
  );
  const next = transition(step, at);
  return {
    TrainingJobStatus: STEPS[step].primary,
    SecondaryStatus: step,
    SecondaryStatusTransitions: [...before, isEnd(step) ? { ...next, EndTime: at } : next],
    LastModifiedTime: at,
  };
}

/** True for a step that nothing follows. */
export function isEnd(step: string): boolean {
  return AFTER[step as TrainingStep].length === 0;
}

function transition(step: TrainingStep, at: number): SecondaryStatusTransition {
  return { Status: step, StartTime: at, StatusMessage: STEPS[step].message };
}
