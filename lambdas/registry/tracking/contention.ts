import type { RegistryTable } from '../store/table';
import { ContentionError } from './errors';

const TRIES = 40;
const BASE_MILLISECONDS = 15;
const CAP_MILLISECONDS = 1000;

/**
 * Repeats an optimistic write, with full-jitter exponential backoff, until no other writer is in its way.
 *
 * @param attempt - answers `undefined` when it lost a race and should begin again with its read.
 * @throws ContentionError after 40 lost races.
 */
export async function untilWritten<T>(
  { backoff }: RegistryTable,
  what: string,
  attempt: () => Promise<T | undefined>,
): Promise<T> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const done = await attempt();
    if (done !== undefined) return done;
    const ceiling = Math.min(CAP_MILLISECONDS, BASE_MILLISECONDS * 2 ** tries);
    await backoff.sleep(Math.floor(backoff.random() * ceiling));
  }
  throw new ContentionError(`${what}: lost ${TRIES} races in a row against other writers; try again later.`);
}

/** What a conditional write came to: `lost` when its condition did not hold or a transaction was on the item. */
export async function tried<T>(write: Promise<T>): Promise<{ readonly answer: T } | 'lost'> {
  try {
    return { answer: await write };
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name === 'ConditionalCheckFailedException' || name === 'TransactionConflictException') return 'lost';
    throw error;
  }
}

/** Awaits all, also when one fails, so that no write goes on after the call was answered; then throws the first error. */
export async function allDone<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
