import { TrackingError, type TrackingErrorCode } from '../tracking/errors';
import { type ApiResponse, json } from './http';

export type ApiErrorCode =
  | TrackingErrorCode
  | 'BAD_REQUEST'
  | 'ENDPOINT_NOT_FOUND'
  | 'UNAUTHENTICATED'
  | 'PERMISSION_DENIED'
  | 'NOT_IMPLEMENTED'
  | 'TEMPORARILY_UNAVAILABLE'
  | 'INTERNAL_ERROR';

/**
 * The status of each error code, as MLflow's client expects it. The client repeats 429 and all of 500, 502, 503 and
 * 504 for minutes: nothing that the caller has to mend may be one of them.
 */
const STATUS: Readonly<Record<ApiErrorCode, number>> = {
  INVALID_PARAMETER_VALUE: 400,
  BAD_REQUEST: 400,
  // MLflow's own server says 500, upon which its client repeats for minutes what can't succeed.
  INVALID_STATE: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  RESOURCE_DOES_NOT_EXIST: 404,
  ENDPOINT_NOT_FOUND: 404,
  RESOURCE_CONFLICT: 409,
  INTERNAL_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  TEMPORARILY_UNAVAILABLE: 503,
};

/** A request that is refused, with MLflow's name for why. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly errorCode: ApiErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export const invalidParameter = (message: string): ApiError =>
  new ApiError('INVALID_PARAMETER_VALUE', message);

export const endpointNotFound = (method: string, path: string): ApiError =>
  new ApiError('ENDPOINT_NOT_FOUND', `There is no endpoint ${method} ${path}.`);

/** The value as MLflow's messages show it: JSON, shortened. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return text.length > 500 ? `${text.slice(0, 500)}...` : text;
}

interface TableRefusal {
  readonly name: string;
  readonly message: string;
  readonly CancellationReasons?: readonly { readonly Code?: string; readonly Message?: string }[];
}

const TOO_LARGE = /item size|collection size|aggregate size|transactItems|TransactItems|more than 100/i;

/** Whether DynamoDB refuses the size of an item or of a transaction, alone or as the reason that one is cancelled. */
function isTooLarge(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, message, CancellationReasons: reasons = [] } = error as TableRefusal;
  if (name === 'ValidationException') return TOO_LARGE.test(message);
  return reasons.some(({ Code, Message = '' }) => Code === 'ValidationError' && TOO_LARGE.test(Message));
}

/** `{"error_code": ..., "message": ...}` with its status, or undefined when the error is nobody's refusal. */
export function errorResponse(error: unknown): ApiResponse | undefined {
  if (error instanceof ApiError || error instanceof TrackingError) {
    return json(STATUS[error.errorCode], { error_code: error.errorCode, message: error.message });
  }
  if (isTooLarge(error)) {
    const message =
      'The request makes a record larger than the 400 KB that are kept, or changes more than 100 records at once. Send less of it, and long texts as artifacts.';
    return json(STATUS.INVALID_PARAMETER_VALUE, { error_code: 'INVALID_PARAMETER_VALUE', message });
  }
  return undefined;
}

/** What the caller learns of an error that nobody foresaw; the log holds the rest. */
export const internalError = (): ApiResponse =>
  json(STATUS.INTERNAL_ERROR, {
    error_code: 'INTERNAL_ERROR',
    message: 'The request could not be served. The log of the server says why.',
  });
