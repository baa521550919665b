import type { VirtualClock } from '../../runtime/services';

/** The virtual time in seconds since the epoch, to the millisecond: what SageMaker's JSON carries. */
export function secondsNow(clock: VirtualClock): number {
  return clock.now().getTime() / 1000;
}
