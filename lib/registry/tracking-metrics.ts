import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { TrackingApi } from './tracking-api';

const MINUTES = Duration.minutes(5);

/** What API Gateway and Lambda count of the tracking API, over 5 minutes unless asked otherwise. @internal */
export class TrackingMetrics {
  constructor(private readonly tracking: TrackingApi) {}

  public requests(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.tracking.api.deploymentStage.metricCount({ statistic: 'Sum', period: MINUTES, ...options });
  }

  public serverErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.tracking.api.deploymentStage.metricServerError({
      statistic: 'Sum',
      period: MINUTES,
      ...options,
    });
  }

  public clientErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.tracking.api.deploymentStage.metricClientError({
      statistic: 'Sum',
      period: MINUTES,
      ...options,
    });
  }

  public latency(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.tracking.api.deploymentStage.metricLatency({ statistic: 'p95', period: MINUTES, ...options });
  }

  public throttles(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.tracking.handler.metricThrottles({ statistic: 'Sum', period: MINUTES, ...options });
  }

  /** What somebody should hear of. No requests mean no data, and no data is no reason for an alarm. */
  public alarms(scope: Construct): cloudwatch.Alarm[] {
    const common = {
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    };
    return [
      this.serverErrors().createAlarm(scope, 'ServerErrorsAlarm', {
        ...common,
        alarmDescription:
          'The tracking API answered with server errors. Clients repeat such requests for minutes: look into the log of its function.',
        threshold: 5,
        evaluationPeriods: 1,
      }),
      this.throttles().createAlarm(scope, 'ThrottlesAlarm', {
        ...common,
        alarmDescription:
          "Lambda refuses to run the tracking API's function: the account's concurrency is used up.",
        threshold: 1,
        evaluationPeriods: 3,
        datapointsToAlarm: 2,
      }),
      this.latency().createAlarm(scope, 'LatencyAlarm', {
        ...common,
        alarmDescription:
          'One request in twenty to the tracking API takes longer than 10 s; API Gateway gives up after 29 s.',
        threshold: 10_000,
        evaluationPeriods: 3,
      }),
    ];
  }
}
