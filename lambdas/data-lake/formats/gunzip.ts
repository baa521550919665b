import { once } from 'node:events';
import { createGunzip } from 'node:zlib';
import { type Problem, problem } from '../validation/problem';
import type { Input } from './input';

/** How far a compressed file may grow. */
export interface InflateLimits {
  /** Times its stored size, judged once 16 MB are unpacked. */
  readonly maxRatio: number;
  /** In bytes. */
  readonly maxInflatedBytes: number;
}

/** Bytes from which on the ratio is judged. */
const RATIO_FROM = 16 * 1024 * 1024;
const CHUNK = 256 * 1024;

/** Why a compressed file cannot be read on. */
export class InflateError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
    this.name = 'InflateError';
  }
}

/**
 * Unpacks gzip as it comes, never further than the limits.
 *
 * @throws InflateError when the file is to blame
 * @throws Error of the source
 */
export async function* gunzip(input: Input, limits: InflateLimits): AsyncGenerator<Uint8Array> {
  const unpack = createGunzip({ chunkSize: CHUNK });
  let sourceError: unknown;
  const closed = once(unpack, 'close').catch(() => {});
  const feeding = (async () => {
    try {
      for (let chunk = await input.next(); chunk !== undefined; chunk = await input.next()) {
        if (unpack.destroyed) return;
        if (!unpack.write(chunk)) await Promise.race([once(unpack, 'drain'), closed]).catch(() => {});
      }
      unpack.end();
    } catch (error) {
      sourceError = error;
      unpack.destroy(error as Error);
    }
  })();
  let inflated = 0;
  try {
    for await (const chunk of unpack) {
      inflated += (chunk as Uint8Array).length;
      const bomb = excess(inflated, input.consumed, limits);
      if (bomb !== undefined) throw new InflateError(bomb);
      yield chunk as Uint8Array;
    }
  } catch (error) {
    if (sourceError !== undefined) throw sourceError;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!code.startsWith('Z_')) throw error;
    const message = `is not a complete gzip file: ${(error as Error).message}`;
    throw new InflateError(problem('broken-compression', message));
  } finally {
    unpack.destroy();
    await feeding;
  }
}

function excess(inflated: number, consumed: number, limits: InflateLimits): Problem | undefined {
  const { maxRatio, maxInflatedBytes } = limits;
  if (inflated > maxInflatedBytes) {
    const message = `unpacks to more than ${maxInflatedBytes} bytes, the limit; split it into smaller files`;
    return problem('too-large', message);
  }
  if (inflated > RATIO_FROM && inflated > maxRatio * consumed) {
    return problem('broken-compression', `unpacks to more than ${maxRatio} times its size; no table does`);
  }
  return undefined;
}
