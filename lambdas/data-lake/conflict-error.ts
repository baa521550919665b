/** Someone else moved the pointer, or wrote the same object, first: look again and decide anew. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}
