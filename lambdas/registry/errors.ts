/** The registry changed since it was read, or another writer was first: read again and decide anew. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

/** What was asked for is not in the registry. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
}

/** The lease that the caller held has passed to another owner: the caller must stop and write nothing more. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}
