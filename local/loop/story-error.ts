/** The loop did not do what it should: says which step and what was seen instead. */
export class StoryError extends Error {
  override readonly name = 'StoryError';
}
