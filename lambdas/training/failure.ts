/** An error as Step Functions reports it. */
export interface StateError {
  readonly Error?: string;
  readonly Cause?: string;
}

const MOST = 1000;

/**
 * Says in words what failed. The cause of a failed SageMaker job is its description as JSON, that of a function its
 * error as JSON, that of a nested execution its description.
 */
export function failureInWords(error: StateError): string {
  const cause = parsed(error.Cause);
  const words = jobWords(cause) ?? functionWords(cause) ?? executionWords(cause) ?? plain(error);
  return words.length > MOST ? `${words.slice(0, MOST - 1)}…` : words;
}

type Fields = Record<string, unknown>;

function parsed(cause: string | undefined): Fields {
  if (cause === undefined) return {};
  try {
    const value: unknown = JSON.parse(cause);
    return typeof value === 'object' && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}

function jobWords(cause: Fields): string | undefined {
  for (const kind of ['Training', 'Processing']) {
    const name = text(cause[`${kind}JobName`]);
    if (name === undefined) continue;
    const status = text(cause[`${kind}JobStatus`]) ?? 'Failed';
    const reason = text(cause.FailureReason) ?? text(cause.ExitMessage) ?? text(cause.SecondaryStatus);
    return `${kind.toLowerCase()} job ${name} ended as ${status}${reason === undefined ? '' : `: ${reason}`}`;
  }
  return undefined;
}

function functionWords(cause: Fields): string | undefined {
  const message = text(cause.errorMessage);
  if (message === undefined) return undefined;
  const type = text(cause.errorType);
  return type === undefined || type === 'Error' ? message : `${type}: ${message}`;
}

function executionWords(cause: Fields): string | undefined {
  const arn = text(cause.ExecutionArn);
  if (arn === undefined) return undefined;
  const why = text(cause.Cause) ?? text(cause.Error);
  return `execution ${arn.split(':').at(-1)} ended as ${text(cause.Status) ?? 'FAILED'}${why === undefined ? '' : `: ${why}`}`;
}

function plain(error: StateError): string {
  const name = error.Error ?? 'an error without a name';
  if (name === 'States.Timeout') return 'a step took longer than its time limit (States.Timeout)';
  return error.Cause === undefined || error.Cause === '' ? name : `${name}: ${error.Cause}`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
