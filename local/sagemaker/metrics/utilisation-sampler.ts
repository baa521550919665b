import type { VirtualClock } from '../../runtime/services';
import type { EndpointManager } from '../endpoints/endpoint-manager';
import type { MetricRecorder } from './recorder';
import { readUsage, type Usage, utilisation } from './utilisation';

const PERIOD_VIRTUAL_MS = 60_000;

/** Measures the model processes once a virtual minute. @returns what stops it */
export function sampleUtilisation(
  clock: VirtualClock,
  endpoints: EndpointManager,
  recorder: MetricRecorder,
): { stop(): void } {
  let last = new Map<number, Usage>();
  return clock.every(PERIOD_VIRTUAL_MS, async () => {
    const current = new Map<number, Usage>();
    for (const [endpoint, live] of endpoints.endpoints()) {
      for (const { name, server } of live.stable.variants) {
        const { pid } = server;
        const usage = pid === undefined ? undefined : await readUsage(pid);
        if (pid === undefined || usage === undefined) {
          continue;
        }
        current.set(pid, usage);
        const before = last.get(pid);
        if (before !== undefined) {
          recorder.add(utilisation(endpoint, name, before, usage, clock.now()));
        }
      }
    }
    last = current;
  });
}
