/** An error that goes to the caller of the control plane as AWS would send it. */
export class ApiError extends Error {
  /**
   * @param code - the error's name on the wire, for example `ValidationException`
   * @param status - HTTP status. @default 400
   */
  constructor(
    readonly code: string,
    message: string,
    readonly status: number = 400,
  ) {
    super(message);
    this.name = code;
  }
}

/** The answer to most bad requests, including "not found" for most resources. */
export function validation(message: string): ApiError {
  return new ApiError('ValidationException', message);
}

/** A valid request that AWS would take and this runtime can't honour. */
export function unsupported(what: string, instead?: string): ApiError {
  const hint = instead === undefined ? '' : ` ${instead}`;
  return validation(`The laptop runtime does not support ${what}.${hint}`);
}
