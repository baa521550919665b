import type { ServiceResponse } from '../../runtime/services';

const LONGEST_ORIGINAL = 8192;

/** Where an endpoint's logs are, for the texts that point there. */
export interface LogPlace {
  readonly region: string;
  readonly accountId: string;
  readonly endpoint: string;
}

/**
 * The answer of the runtime when a model answered with an error, or not at all.
 *
 * @param status - what the model answered; 0 when it did not answer
 */
export function modelError(status: number, original: string, place: LogPlace): ServiceResponse {
  const { region, accountId, endpoint } = place;
  const group = `/aws/sagemaker/Endpoints/${endpoint}`;
  const shown = original.slice(0, LONGEST_ORIGINAL);
  const side = status >= 400 && status < 500 ? 'client' : 'server';
  const url = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logEventViewer:group=${group}`;
  return runtimeError(424, 'ModelError', {
    Message:
      `Received ${side} error (${status}) from primary with message "${shown}". ` +
      `See ${url} in account ${accountId} for more information.`,
    OriginalStatusCode: status,
    OriginalMessage: shown,
    LogStreamArn: `arn:aws:logs:${region}:${accountId}:log-group:${group}`,
  });
}

/** What the caller reads when the model took too long. */
export const TIMEOUT_TEXT =
  'Your invocation timed out while waiting for a response from container primary. Review the latency metrics for ' +
  'each container in Amazon CloudWatch, resolve the issue, and try again.';

/** 400 with the runtime's own kind of validation error. */
export function validationError(message: string): ServiceResponse {
  return runtimeError(400, 'ValidationError', { Message: message });
}

/** An error in the form that SDKs parse: the name in a header, the members in JSON. */
export function runtimeError(status: number, code: string, members: object): ServiceResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: JSON.stringify({ ...members, ErrorCode: code }),
  };
}
