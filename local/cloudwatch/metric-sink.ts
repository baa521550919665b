import type { Logger, MetricDatum, MetricSink } from '../runtime/services';
import type { MetricMemory } from './metric-memory';

/** Real milliseconds in which data points are collected into one request. */
const BATCH_MS = 100;
/** Data points that are kept while CloudWatch does not answer; older ones go first. */
const MOST_WAITING = 50_000;

export interface BatchingSink extends MetricSink {
  /** Sends what is left. */
  close(): Promise<void>;
}

/**
 * A sink for metrics of our own services: the memory, which alarms read, has them at once; CloudWatch's store, which
 * GetMetricStatistics reads, has them a moment later, many in one request. `put` never waits and never fails: a
 * metric must not hold up a request.
 */
export function createMetricSink(memory: MetricMemory, cloudWatch: MetricSink, logger: Logger): BatchingSink {
  let waiting: MetricDatum[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();
  let failing = false;

  const send = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) {
      return;
    }
    try {
      await cloudWatch.put(batch);
      failing = false;
    } catch (error) {
      waiting = [...batch, ...waiting].slice(-MOST_WAITING);
      if (!failing) {
        logger.error(
          `Metrics were not taken and are kept: ${error instanceof Error ? error.message : error}`,
        );
      }
      failing = true;
      schedule();
    }
  };
  const flush = (): Promise<void> => {
    sending = sending.then(send);
    return sending;
  };
  const schedule = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void flush();
    }, BATCH_MS).unref();
  };

  return {
    put: async (data) => {
      memory.put(data);
      waiting.push(...data);
      schedule();
    },
    close: async () => {
      await flush();
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
