import type { AsyncBuffer } from 'hyparquet';
import type { Input } from '../input';

/** Reads bytes of the object: from `start` up to and without `end`. */
export type RangeReader = (start: number, end: number) => Promise<Uint8Array>;

/** The object could not be read; its content is not to blame. */
export class SourceError extends Error {
  constructor(override readonly cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause));
    this.name = 'SourceError';
  }
}

/** An object whose parts are read when they are needed. */
export function rangedBuffer(byteLength: number, read: RangeReader): AsyncBuffer {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      let bytes: Uint8Array;
      try {
        bytes = await read(start, end);
      } catch (error) {
        throw new SourceError(error);
      }
      const whole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
      return (whole ? bytes.buffer : Uint8Array.from(bytes).buffer) as ArrayBuffer;
    },
  };
}

/** All of a stream in memory. @returns undefined when it is longer than the limit */
export async function bufferedStream(input: Input, limit: number): Promise<AsyncBuffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let chunk = await input.next(); chunk !== undefined; chunk = await input.next()) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  const bytes = Uint8Array.from(Buffer.concat(chunks)).buffer as ArrayBuffer;
  return { byteLength: size, slice: (start, end) => bytes.slice(start, end) };
}
