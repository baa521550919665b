import type { AlarmReader, EventSink, Logger, MetricSink, VirtualClock } from '../runtime/services';
import { createAlarmService } from './alarm-service';
import { MetricMemory } from './metric-memory';
import { createMetricSink } from './metric-sink';
import { type MiniStackCall, miniStackAlarmStore, storedAlarmReader } from './ministack-store';

export interface CloudWatchOptions {
  readonly clock: VirtualClock;
  /** MiniStack's internal endpoints: alarm definitions and states, and data points that clients put. */
  readonly call: MiniStackCall;
  /** Where data points of our own services go, beside the memory, so that clients can read them. */
  readonly metrics: MetricSink;
  readonly events: EventSink;
  readonly logger: Logger;
}

/** The parts of CloudWatch that are ours, for the services beside it. */
export interface CloudWatch {
  /** Alarms see what is put here at once; GetMetricStatistics a moment later. */
  readonly metrics: MetricSink;
  readonly alarms: AlarmReader;
  /** Stops evaluating and sends the metrics that are left. */
  close(): Promise<void>;
}

/** Starts the evaluation of alarms. */
export function startCloudWatch(options: CloudWatchOptions): CloudWatch {
  const { clock, call, events, logger } = options;
  const memory = new MetricMemory();
  const store = miniStackAlarmStore(call, memory);
  const sink = createMetricSink(memory, options.metrics, logger);
  const service = createAlarmService({ clock, store, events, logger });
  service.start();
  return {
    metrics: sink,
    alarms: storedAlarmReader(store),
    close: async () => {
      await service.close();
      await sink.close();
    },
  };
}
