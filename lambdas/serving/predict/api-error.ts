/** An answer of the prediction API that is not 200. */
export class ApiError extends Error {
  constructor(
    readonly statusCode: number,
    /** Stable name of the error, e.g. `InvalidInstance`. */
    readonly code: string,
    message: string,
    /** Path of the field that is wrong, e.g. `instances[3].dep_delay`. */
    readonly field?: string,
    /** Seconds after which it is worth trying again. */
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}

/** A value as it is shown in a message: as JSON, cut to a readable length. */
export function shown(value: unknown): string {
  // A number too large for a double was read as infinity, which JSON would show as null.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
