import type { AlarmState } from '../runtime/services';

/** How an alarm counts a period without data. `ignore` keeps the alarm's state. */
export type MissingData = 'breaching' | 'notBreaching' | 'ignore' | 'missing';

export type Comparison =
  | 'GreaterThanThreshold'
  | 'GreaterThanOrEqualToThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

/** One time series of CloudWatch: the name, and exactly these dimensions. */
export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** What an alarm is found by. */
export interface AlarmId {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** A metric alarm as CloudWatch evaluates it. */
export interface AlarmDefinition extends AlarmId {
  readonly arn: string;
  /** @default - none */
  readonly description?: string;
  readonly metric: Metric;
  /** Only data points with this unit count. @default - data points of every unit count */
  readonly unit?: string;
  /** `SampleCount`, `Average`, `Sum`, `Minimum`, `Maximum` or a percentile such as `p99` or `p99.9`. */
  readonly statistic: string;
  /** Seconds: 10, 20, 30 or a multiple of 60. */
  readonly period: number;
  /** N of "M of N". */
  readonly evaluationPeriods: number;
  /** M of "M of N". @default - `evaluationPeriods` */
  readonly datapointsToAlarm?: number;
  readonly comparison: Comparison;
  readonly threshold: number;
  readonly treatMissingData: MissingData;
}

/** An alarm's state and how it came about. */
export interface StateRecord {
  readonly value: AlarmState;
  readonly reason: string;
  /** JSON. @default - none: the state was not the result of an evaluation */
  readonly reasonData?: string;
  /** When the alarm got into the state. */
  readonly at: Date;
}

/** An alarm in the store. */
export interface EvaluableAlarm {
  readonly definition: AlarmDefinition;
  readonly state: StateRecord;
}

/** An alarm that this runtime cannot evaluate, and why. */
export interface UnsupportedAlarm {
  readonly id: AlarmId;
  readonly unsupported: string;
  readonly state: StateRecord;
}

export type StoredAlarm = EvaluableAlarm | UnsupportedAlarm;

/** What was put with PutMetricData at one time: a value `count` times, or a statistic set. */
export type RawDatapoint = {
  readonly timestamp: Date;
  readonly unit: string;
} & (
  | { readonly value: number; readonly count: number }
  | {
      readonly statistics: {
        readonly sampleCount: number;
        readonly sum: number;
        readonly minimum: number;
        readonly maximum: number;
      };
    }
);

/** Raw data points of one metric with from <= timestamp < to. */
export interface DatapointQuery {
  readonly account: string;
  readonly region: string;
  readonly metric: Metric;
  readonly from: Date;
  readonly to: Date;
}

/** Where alarms and metrics live. */
export interface AlarmStore {
  alarms(): Promise<StoredAlarm[]>;
  /** The data points of each query, in the order of the queries. */
  datapoints(queries: readonly DatapointQuery[]): Promise<RawDatapoint[][]>;
  /** Sets the state, writes the history and runs the alarm's actions when it changed. Emits no event. */
  setState(alarm: AlarmId, next: Omit<StateRecord, 'at'>): Promise<void>;
}
