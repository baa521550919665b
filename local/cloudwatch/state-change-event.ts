import { createHash } from 'node:crypto';
import type { BusEvent } from '../runtime/services';
import type { AlarmDefinition, StateRecord } from './alarm';
import { jsonTime } from './aws-time';

/** The event that CloudWatch puts on the default bus when an alarm changes its state. */
export function stateChangeEvent(
  definition: AlarmDefinition,
  previous: StateRecord,
  next: StateRecord,
): BusEvent {
  return {
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: [definition.arn],
    time: next.at,
    detail: {
      alarmName: definition.name,
      state: describe(next),
      previousState: describe(previous),
      configuration: {
        ...(definition.description === undefined ? {} : { description: definition.description }),
        metrics: [
          {
            id: metricId(definition),
            metricStat: {
              metric: {
                namespace: definition.metric.namespace,
                name: definition.metric.metricName,
                dimensions: definition.metric.dimensions,
              },
              period: definition.period,
              stat: definition.statistic,
              ...(definition.unit === undefined ? {} : { unit: definition.unit }),
            },
            returnData: true,
          },
        ],
      },
    },
  };
}

function describe({ value, reason, reasonData, at }: StateRecord): object {
  return { value, reason, ...(reasonData === undefined ? {} : { reasonData }), timestamp: jsonTime(at) };
}

/** CloudWatch gives the metric of an alarm an id of its own, in the form of a UUID; ours is the same every time. */
function metricId({ arn }: AlarmDefinition): string {
  const hex = createHash('sha256').update(arn).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
