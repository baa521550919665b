/** A mistake that the user can mend: shown without a stack trace. */
export class UserError extends Error {
  constructor(
    message: string,
    /** The argument or field that is wrong, for `--json`. */
    readonly field?: string,
  ) {
    super(message);
    this.name = 'UserError';
  }
}
