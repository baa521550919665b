/** A state of the Amazon States Language in its JSON form. @internal */
export type State = Record<string, unknown>;

/** Text that Step Functions evaluates as JSONata. @internal */
export const jsonata = (expression: string): string => `{% ${expression} %}`;

const JITTER = { BackoffRate: 2, JitterStrategy: 'FULL' } as const;

/** Errors that a repetition cannot mend. */
const HOPELESS = ['FencedError', 'ConflictError', 'NotFoundError'];

/** The way to a function may fail in passing, and the functions may be repeated. */
const FUNCTION_RETRY = [
  { ErrorEquals: HOPELESS, MaxAttempts: 0 },
  {
    ErrorEquals: [
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.TooManyRequestsException',
      'Sandbox.Timedout',
    ],
    IntervalSeconds: 2,
    MaxAttempts: 6,
    MaxDelaySeconds: 120,
    ...JITTER,
  },
  { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 2, MaxAttempts: 2, MaxDelaySeconds: 30, ...JITTER },
];

/**
 * Limits are waited for, throttling is passed over; a job that failed is not repeated. SageMaker's refusals without
 * a name of their own, throttling among them, all arrive as `AmazonSageMakerException`. At most nine attempts, so
 * that the attempt's number is one digit of the job's name.
 */
const JOB_RETRY = [
  {
    ErrorEquals: ['SageMaker.ResourceLimitExceededException'],
    IntervalSeconds: 60,
    MaxAttempts: 6,
    MaxDelaySeconds: 1800,
    ...JITTER,
  },
  {
    ErrorEquals: ['SageMaker.AmazonSageMakerException', 'SageMaker.SdkClientException'],
    IntervalSeconds: 5,
    MaxAttempts: 3,
    MaxDelaySeconds: 60,
    ...JITTER,
  },
];

/** Twice the longest time that a function may take. @internal */
export const FUNCTION_TIMEOUT_SECONDS = 1800;
/** What a job may take beyond its run time: capacity, the image, downloads and uploads. @internal */
export const JOB_MARGIN_SECONDS = 2 * 3600;

/** Adds a field to `$outcome`, of which the run's conclusion is made. @internal */
export const noted = (field: string, expression: string): { readonly outcome: string } => ({
  outcome: jsonata(`$merge([$outcome, {'${field}': ${expression}}])`),
});

const errorOutput = `{'Error': $states.errorOutput.Error, 'Cause': $string($states.errorOutput.Cause)}`;

/** Whatever goes wrong is noted and leads to `next`. @internal */
export const caught = (next: string, field = 'error'): State[] => [
  { ErrorEquals: ['States.ALL'], Assign: noted(field, errorOutput), Next: next },
];

/** @internal */
export interface FunctionTask {
  readonly comment: string;
  readonly partition: string;
  readonly functionArn: string;
  readonly payload: unknown;
  readonly assign?: State;
  readonly next: string;
  /** Where a failure leads; without it, it fails the execution. */
  readonly onError?: string;
}

/** A call of a function; its answer is `$states.result.Payload`. @internal */
export function functionTask(task: FunctionTask): State {
  return {
    Type: 'Task',
    Comment: task.comment,
    Resource: `arn:${task.partition}:states:::lambda:invoke`,
    Arguments: { FunctionName: task.functionArn, Payload: task.payload },
    TimeoutSeconds: FUNCTION_TIMEOUT_SECONDS,
    Retry: FUNCTION_RETRY,
    ...(task.onError === undefined ? {} : { Catch: caught(task.onError) }),
    ...(task.assign === undefined ? {} : { Assign: task.assign }),
    Next: task.next,
  };
}

/** @internal */
export interface JobTask {
  readonly comment: string;
  readonly partition: string;
  /** `createTrainingJob` or `createProcessingJob`. */
  readonly action: string;
  readonly request: State;
  readonly maxRuntimeSeconds: number;
  readonly assign?: State;
  readonly next: string;
  readonly onError: string;
}

/** A SageMaker job, which the state waits for. @internal */
export function jobTask(task: JobTask): State {
  return {
    Type: 'Task',
    Comment: task.comment,
    Resource: `arn:${task.partition}:states:::sagemaker:${task.action}.sync`,
    Arguments: task.request,
    TimeoutSeconds: task.maxRuntimeSeconds + JOB_MARGIN_SECONDS,
    Retry: JOB_RETRY,
    Catch: caught(task.onError),
    ...(task.assign === undefined ? {} : { Assign: task.assign }),
    Next: task.next,
  };
}
