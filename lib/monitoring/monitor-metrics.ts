import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE, MODEL_DIMENSION } from './contract';

/** One of Flywheel's own metrics of a model. @internal */
export function modelMetric(
  modelName: string,
  metricName: string,
  defaults: cloudwatch.MetricOptions,
  options: cloudwatch.MetricOptions = {},
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { [MODEL_DIMENSION]: modelName },
    ...defaults,
    ...options,
  });
}
