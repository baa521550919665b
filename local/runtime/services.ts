/**
 * What the services of the laptop runtime know of each other: a clock, HTTP in its plainest form, and the few
 * places where one service hands something to another (metrics, alarm states, events).
 */

/** Time that can run faster than the wall clock. Everything that waits or stamps on the laptop goes through it. */
export interface VirtualClock {
  /** Virtual seconds per real second (1 or more). */
  readonly speed: number;
  /** The virtual time now. */
  now(): Date;
  /** Resolves after `virtualMs` virtual milliseconds; rejects with the signal's reason when aborted. */
  sleep(virtualMs: number, signal?: AbortSignal): Promise<void>;
  /**
   * Calls `run` every `virtualMs` virtual milliseconds, first after one period. A run that takes longer than a
   * period delays the next one; runs never overlap.
   */
  every(virtualMs: number, run: () => Promise<void> | void): { stop(): void };
}

/** An HTTP request as the gateway hands it to a service. */
export interface ServiceRequest {
  readonly method: string;
  /** The path without the query string, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Header names in lower case; repeated headers joined by ", ". */
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** A service's answer. */
export interface ServiceResponse {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** One CloudWatch data point. */
export interface MetricDatum {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Record<string, string>;
  readonly value: number;
  /** A CloudWatch unit such as `Count` or `Microseconds`. @default - `None` */
  readonly unit?: string;
  /** Virtual time. */
  readonly timestamp: Date;
}

/** Takes data points, as PutMetricData does. */
export interface MetricSink {
  put(data: MetricDatum[]): Promise<void>;
}

/** The state of a CloudWatch alarm. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** Reads alarm states by name; a name without an alarm is missing from the answer. */
export interface AlarmReader {
  states(names: string[]): Promise<Map<string, AlarmState>>;
}

/** An event for the default bus. */
export interface BusEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: object;
  readonly resources?: string[];
  /** @default - the virtual time now */
  readonly time?: Date;
}

/** Puts events on the default bus, `aws.*` sources included. */
export interface EventSink {
  put(events: BusEvent[]): Promise<void>;
}

/** A line in the runtime's log. */
export interface Logger {
  info(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}
