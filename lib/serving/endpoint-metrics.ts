import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { VARIANT_NAME } from './contract';

/** Names of SageMaker's metrics. Latencies are in microseconds. @internal */
export const EndpointMetric = {
  INVOCATIONS: 'Invocations',
  CLIENT_ERRORS: 'Invocation4XXErrors',
  SERVER_ERRORS: 'Invocation5XXErrors',
  MODEL_LATENCY: 'ModelLatency',
  OVERHEAD_LATENCY: 'OverheadLatency',
} as const;

/** A metric of the endpoint's one variant, all fleets together. @internal */
export function endpointMetric(
  endpointName: string,
  metricName: string,
  options: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/SageMaker',
    metricName,
    dimensionsMap: { EndpointName: endpointName, VariantName: VARIANT_NAME },
    period: Duration.minutes(5),
    ...options,
  });
}
