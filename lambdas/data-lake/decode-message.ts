import * as z from 'zod';

/**
 * Reads the JSON body of a queue message.
 *
 * @param what what the message should be, for the error
 * @throws Error naming what is wrong: that it is no JSON, or which field
 */
export function decodeMessage<T>(body: string, shape: z.ZodType<T>, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    throw new Error(`The message is no ${what}: ${(error as Error).message}`);
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw new Error(`The message is no ${what}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
