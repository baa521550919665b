import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { EndpointMetric, endpointMetric } from './endpoint-metrics';
import type { RollbackLimits } from './rollback';

/** @internal */
export interface RollbackAlarmsProps {
  readonly modelName: string;
  readonly endpointName: string;
  readonly limits: RollbackLimits;
}

/**
 * The alarms that SageMaker watches while traffic moves. Both look at all fleets of the variant together: a canary
 * shows in them by its share of the traffic. No traffic means no data, and no data is no reason to roll back.
 *
 * @internal
 */
export class RollbackAlarms extends Construct {
  public readonly alarms: cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: RollbackAlarmsProps) {
    super(scope, id);
    const { limits } = props;
    const common = {
      evaluationPeriods: limits.evaluationPeriods,
      datapointsToAlarm: limits.evaluationPeriods,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    };
    const period = Duration.seconds(limits.periodSeconds);
    this.alarms = [
      new cloudwatch.Alarm(this, 'ServerErrors', {
        ...common,
        alarmName: `${props.modelName}-server-errors`,
        alarmDescription: `More than ${Number((limits.serverErrorRate * 100).toFixed(4))} % of the requests to model ${props.modelName} end in a server error. Rolls back a deployment in progress.`,
        metric: endpointMetric(props.endpointName, EndpointMetric.SERVER_ERRORS, {
          statistic: 'Average',
          period,
        }),
        threshold: limits.serverErrorRate,
      }),
      new cloudwatch.Alarm(this, 'Latency', {
        ...common,
        alarmName: `${props.modelName}-latency`,
        alarmDescription: `The 99th percentile of model latency of ${props.modelName} exceeds ${limits.latencyMicroseconds / 1e6} s. Rolls back a deployment in progress.`,
        metric: endpointMetric(props.endpointName, EndpointMetric.MODEL_LATENCY, {
          statistic: 'p99',
          period,
        }),
        threshold: limits.latencyMicroseconds,
      }),
    ];
  }
}
