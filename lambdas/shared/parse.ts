import * as z from 'zod';

/**
 * The value in the shape that is asked for.
 *
 * @param what - what the value is, for the error message.
 * @throws Error naming each field that is wrong.
 */
export function parseShape<T extends z.ZodType>(shape: T, value: unknown, what: string): z.infer<T> {
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw new Error(`${what} has a wrong shape: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
