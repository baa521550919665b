import type { VirtualClock } from './services';

/** Where a virtual clock starts and how fast it runs; the same numbers are given to MiniStack and the Lambda workers. */
export interface ClockOrigin {
  /** Real time at which virtual and real time were the same, in milliseconds since the epoch. */
  readonly epochMs: number;
  /** Virtual seconds per real second. */
  readonly speed: number;
}

/** setTimeout takes at most 2^31-1 milliseconds; longer waits are made of several. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The virtual time, in milliseconds since the epoch, at the real time `realMs`. */
export function virtualAt(origin: ClockOrigin, realMs: number): number {
  return origin.epochMs + (realMs - origin.epochMs) * origin.speed;
}

/**
 * A clock that runs `speed` times as fast as the wall clock from `epochMs` on.
 *
 * @throws RangeError when the speed is below 1 or not finite.
 */
export function createClock(origin: ClockOrigin): VirtualClock {
  const { speed } = origin;
  if (!Number.isFinite(speed) || speed < 1) {
    throw new RangeError(`speed must be a number of at least 1, got ${speed}`);
  }
  const sleep = async (virtualMs: number, signal?: AbortSignal): Promise<void> => {
    let left = virtualMs / speed;
    do {
      const part = Math.min(left, LONGEST_TIMER_MS);
      await realSleep(part, signal);
      left -= part;
    } while (left > 0);
  };
  const every = (virtualMs: number, run: () => Promise<void> | void) => {
    const stopped = new AbortController();
    void repeat(() => sleep(virtualMs, stopped.signal), run, stopped.signal);
    return { stop: () => stopped.abort() };
  };
  return { speed, now: () => new Date(virtualAt(origin, Date.now())), sleep, every };
}

async function repeat(
  pause: () => Promise<void>,
  run: () => Promise<void> | void,
  stopped: AbortSignal,
): Promise<void> {
  while (!stopped.aborted) {
    try {
      await pause();
    } catch {
      return;
    }
    await run();
  }
}

function realSleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      },
      Math.max(0, ms),
    );
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
