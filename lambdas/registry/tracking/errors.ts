/** MLflow's names of what went wrong, as they stand in `error_code` of its replies. */
export type TrackingErrorCode =
  | 'INVALID_PARAMETER_VALUE'
  | 'RESOURCE_ALREADY_EXISTS'
  | 'RESOURCE_DOES_NOT_EXIST'
  | 'RESOURCE_CONFLICT'
  | 'INVALID_STATE';

/** A call that the store refuses. `errorCode` is what an MLflow client is told; the message says what to do. */
export class TrackingError extends Error {
  override readonly name: string = 'TrackingError';

  constructor(
    readonly errorCode: TrackingErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** A value that is not allowed, or a write to something that is not active. */
export class InvalidParameterError extends TrackingError {
  override readonly name = 'InvalidParameterError';

  constructor(message: string) {
    super('INVALID_PARAMETER_VALUE', message);
  }
}

/** The name is taken, also by something that was deleted. */
export class AlreadyExistsError extends TrackingError {
  override readonly name = 'AlreadyExistsError';

  constructor(message: string) {
    super('RESOURCE_ALREADY_EXISTS', message);
  }
}

/** There is no such experiment, run, logged model or tag. */
export class DoesNotExistError extends TrackingError {
  override readonly name = 'DoesNotExistError';

  constructor(message: string) {
    super('RESOURCE_DOES_NOT_EXIST', message);
  }
}

/** What is stored does not allow the call. MLflow answers these with status 500. */
export class InvalidStateError extends TrackingError {
  override readonly name = 'InvalidStateError';

  constructor(message: string) {
    super('INVALID_STATE', message);
  }
}

/** Other writers were faster many times in a row: the same call may succeed later. */
export class ContentionError extends TrackingError {
  override readonly name = 'ContentionError';

  constructor(message: string) {
    super('RESOURCE_CONFLICT', message);
  }
}
