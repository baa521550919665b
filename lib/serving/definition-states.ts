/** A state of the Amazon States Language, in its JSON form. @internal */
export type State = Record<string, unknown>;

/** Text that Step Functions evaluates. @internal */
export const jsonata = (expression: string): string => `{% ${expression} %}`;

const JITTER = { BackoffRate: 2, JitterStrategy: 'FULL' } as const;

/** Lambda and its way there may fail in passing; the handlers may be repeated. @internal */
export const LAMBDA_RETRY = [
  {
    ErrorEquals: [
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.TooManyRequestsException',
    ],
    IntervalSeconds: 1,
    MaxAttempts: 6,
    MaxDelaySeconds: 60,
    ...JITTER,
  },
  {
    ErrorEquals: ['States.TaskFailed', 'States.Timeout'],
    IntervalSeconds: 2,
    MaxAttempts: 3,
    MaxDelaySeconds: 60,
    ...JITTER,
  },
];

/**
 * SageMaker's modelled limit error, throttling where it is named, and replies that never came. A refusal that has
 * no name of its own is not repeated here: `Refused` reads its text.
 *
 * @internal
 */
export const SAGEMAKER_RETRY = [
  {
    ErrorEquals: ['SageMaker.ResourceLimitExceededException'],
    IntervalSeconds: 60,
    MaxAttempts: 5,
    MaxDelaySeconds: 600,
    ...JITTER,
  },
  {
    ErrorEquals: ['SageMaker.ThrottlingException', 'SageMaker.SdkClientException', 'States.Timeout'],
    IntervalSeconds: 5,
    MaxAttempts: 6,
    MaxDelaySeconds: 60,
    ...JITTER,
  },
];

/** What an error says of itself. A timeout may say nothing: `otherwise`, an expression, stands for it. @internal */
export const causeOr = (otherwise: string): string =>
  jsonata(`$exists($states.errorOutput.Cause) ? $string($states.errorOutput.Cause) : ${otherwise}`);

/** What was caught, for `failure`. @internal */
export const caught = (step: string): Record<string, string> => ({
  step,
  error: jsonata('$states.errorOutput.Error'),
  cause: causeOr("''"),
});

/** A call of one of the handlers. Its answer is `$states.result.Payload`. @internal */
export function lambdaTask(options: {
  readonly comment: string;
  readonly partition: string;
  readonly functionArn: string;
  readonly payload: State;
  readonly assign?: Record<string, unknown>;
  readonly step: string;
  readonly next: string;
  readonly onError: string;
}): State {
  return {
    Type: 'Task',
    Comment: options.comment,
    Resource: `arn:${options.partition}:states:::lambda:invoke`,
    Arguments: { FunctionName: options.functionArn, Payload: options.payload },
    TimeoutSeconds: 120,
    Retry: LAMBDA_RETRY,
    Catch: [
      { ErrorEquals: ['States.ALL'], Assign: { failure: caught(options.step) }, Next: options.onError },
    ],
    ...(options.assign === undefined ? {} : { Assign: options.assign }),
    Next: options.next,
  };
}

/** A call of SageMaker by the SDK integration, which takes every field of the API. @internal */
export function sageMakerTask(options: {
  readonly comment: string;
  readonly partition: string;
  readonly action: string;
  readonly arguments: State;
  readonly assign?: Record<string, unknown>;
  readonly next: string;
  readonly onError: string;
}): State {
  return {
    Type: 'Task',
    Comment: options.comment,
    Resource: `arn:${options.partition}:states:::aws-sdk:sagemaker:${options.action}`,
    Arguments: options.arguments,
    TimeoutSeconds: 60,
    Retry: SAGEMAKER_RETRY,
    Catch: [
      { ErrorEquals: ['States.ALL'], Assign: { failure: caught(options.action) }, Next: options.onError },
    ],
    ...(options.assign === undefined ? {} : { Assign: options.assign }),
    Next: options.next,
  };
}

/** Seconds between two looks at an endpoint that changes. @internal */
export const POLL_SECONDS = 30;

/** Tells every handler which deployment it works for. @internal */
export function identity(): State {
  return {
    deploymentId: jsonata('$states.context.Execution.Name'),
    request: jsonata('$states.context.Execution.Input'),
  };
}

/** Goes where the first condition that holds says. @internal */
export function choice(rules: [condition: string, next: string][], otherwise: string): State {
  return {
    Type: 'Choice',
    Choices: rules.map(([condition, next]) => ({ Condition: jsonata(condition), Next: next })),
    Default: otherwise,
  };
}
