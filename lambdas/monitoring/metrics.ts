import { type CloudWatchClient, PutMetricDataCommand, type StandardUnit } from '@aws-sdk/client-cloudwatch';
import { METRIC_NAMESPACE, MODEL_DIMENSION } from '../../lib/monitoring/contract';

/** One value of one of the model's metrics. */
export interface Metric {
  readonly name: string;
  readonly value: number;
  readonly at: Date;
  /** @default 'Count' */
  readonly unit?: StandardUnit;
}

/** Writes metrics of the model. */
export type PutMetrics = (metrics: readonly Metric[]) => Promise<void>;

export function metricWriter(client: CloudWatchClient, model: string): PutMetrics {
  return async (metrics) => {
    if (metrics.length === 0) {
      return;
    }
    await client.send(
      new PutMetricDataCommand({
        Namespace: METRIC_NAMESPACE,
        MetricData: metrics.map(({ name, value, at, unit }) => ({
          MetricName: name,
          Dimensions: [{ Name: MODEL_DIMENSION, Value: model }],
          Timestamp: at,
          Value: value,
          Unit: unit ?? 'Count',
        })),
      }),
    );
  };
}
