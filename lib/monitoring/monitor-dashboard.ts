import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { EndpointMetric, endpointMetric } from '../serving/endpoint-metrics';
import type { ModelMonitor } from './model-monitor';

/** The endpoint's and the model's metrics on one page. @internal */
export function createDashboard(
  monitor: ModelMonitor,
  modelName: string,
  endpointName: string,
): cloudwatch.Dashboard {
  const endpoint = (name: string, statistic: string, label?: string) =>
    endpointMetric(endpointName, name, { statistic, label });
  const row = (...graphs: cloudwatch.GraphWidgetProps[]) =>
    graphs.map((props) => new cloudwatch.GraphWidget({ width: 12, height: 6, ...props }));
  const alarms = [monitor.driftAlarm, ...(monitor.qualityAlarm ? [monitor.qualityAlarm] : [])];
  return new cloudwatch.Dashboard(monitor, 'Dashboard', {
    dashboardName: `${modelName}-monitor`,
    widgets: [
      [
        new cloudwatch.AlarmStatusWidget({
          title: `Alarms of ${modelName}`,
          alarms: [...alarms, ...monitor.operationalAlarms],
          width: 24,
          height: 3,
        }),
      ],
      row(
        {
          title: 'Requests',
          left: [
            endpoint(EndpointMetric.INVOCATIONS, 'Sum'),
            endpoint(EndpointMetric.CLIENT_ERRORS, 'Sum'),
            endpoint(EndpointMetric.SERVER_ERRORS, 'Sum'),
          ],
        },
        {
          title: 'Latency (microseconds)',
          left: [
            endpoint(EndpointMetric.MODEL_LATENCY, 'p50', 'model, median'),
            endpoint(EndpointMetric.MODEL_LATENCY, 'p99', 'model, 99th percentile'),
            endpoint(EndpointMetric.OVERHEAD_LATENCY, 'p99', 'overhead, 99th percentile'),
          ],
        },
      ),
      row(
        { title: 'Drifted features', left: [monitor.metricDriftedFeatures()], leftYAxis: { min: 0 } },
        {
          title: 'Captured rows',
          left: [monitor.metricCapturedRows(), monitor.metricUndecodableCaptures()],
          leftYAxis: { min: 0 },
        },
      ),
      row(
        {
          title: 'Quality',
          left: [
            monitor.metricAccuracy(),
            monitor.metricPrecision(),
            monitor.metricRecall(),
            monitor.metricF1(),
          ],
          leftYAxis: { min: 0, max: 1 },
        },
        {
          title: 'Labels',
          left: [monitor.metricLabelCoverage()],
          right: [monitor.metricRejectedLabels(), monitor.metricMissedFloors()],
          leftYAxis: { min: 0, max: 100 },
        },
      ),
    ],
  });
}
