import { describe, expect, test } from 'vitest';
import type { AlarmDefinition } from '../../../local/cloudwatch/alarm';
import { evaluate } from '../../../local/cloudwatch/evaluate';
import { reasonData, reasonText } from '../../../local/cloudwatch/reason';
import { stateChangeEvent } from '../../../local/cloudwatch/state-change-event';
import { definition, NOON, periods } from './fixtures';

function textOf(pattern: string, changes: Partial<AlarmDefinition>): string {
  const alarm = definition(changes);
  return reasonText(alarm, evaluate(alarm, periods(pattern), 'OK'));
}

describe('the reason of a state reads as on AWS', () => {
  test('one data point', () => {
    expect(textOf('0 0 X', { evaluationPeriods: 1 })).toBe(
      'Threshold Crossed: 1 datapoint [5.0 (01/03/26 11:59:00)] was greater than the threshold (1.0).',
    );
  });

  test('M of N, newest first', () => {
    expect(textOf('0 X 0 X', { evaluationPeriods: 3, datapointsToAlarm: 2 })).toBe(
      'Threshold Crossed: 2 out of the last 3 datapoints [5.0 (01/03/26 11:59:00), 5.0 (01/03/26 11:57:00)] were greater than the threshold (1.0) (minimum 2 datapoints for OK -> ALARM transition).',
    );
  });

  test('back to OK', () => {
    expect(textOf('X 0 0', { evaluationPeriods: 3, datapointsToAlarm: 2, threshold: 0.5 })).toBe(
      'Threshold Crossed: 2 out of the last 3 datapoints [0.0 (01/03/26 11:59:00), 0.0 (01/03/26 11:58:00)] were not greater than the threshold (0.5) (minimum 2 datapoints for ALARM -> OK transition).',
    );
  });

  test('many data points: only the latest five are named', () => {
    expect(textOf('X X X X X X X', { evaluationPeriods: 6 })).toBe(
      'Threshold Crossed: 6 datapoints were greater than the threshold (1.0). The most recent datapoints which crossed the threshold: [5.0 (01/03/26 11:59:00), 5.0 (01/03/26 11:58:00), 5.0 (01/03/26 11:57:00), 5.0 (01/03/26 11:56:00), 5.0 (01/03/26 11:55:00)].',
    );
  });

  test('missing data that counts', () => {
    expect(textOf('- - -', { evaluationPeriods: 1, treatMissingData: 'notBreaching' })).toBe(
      'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
    );
    expect(textOf('- X - -', { evaluationPeriods: 3, treatMissingData: 'breaching' })).toBe(
      'Threshold Crossed: 1 datapoint [5.0 (01/03/26 11:57:00)] was greater than the threshold (1.0) and 2 missing datapoints were treated as [Breaching].',
    );
    expect(textOf('- X - -', { evaluationPeriods: 3, treatMissingData: 'notBreaching' })).toBe(
      'Threshold Crossed: 2 missing datapoints were treated as [NonBreaching].',
    );
  });

  test('no data', () => {
    expect(textOf('- - - - -', {})).toBe('Insufficient Data: 3 datapoints were unknown.');
    expect(textOf('- - -', { evaluationPeriods: 1 })).toBe('Insufficient Data: 1 datapoint was unknown.');
  });
});

test('reason data lists the values oldest first and the evaluated data points newest first', () => {
  const alarm = definition({ unit: 'Count' });
  const data = JSON.parse(reasonData(alarm, evaluate(alarm, periods('0 - X - X'), 'OK'), NOON));
  expect(data).toEqual({
    version: '1.0',
    queryDate: '2026-03-01T12:00:00.000+0000',
    startDate: '2026-03-01T11:55:00.000+0000',
    unit: 'Count',
    statistic: 'Sum',
    period: 60,
    recentDatapoints: [0, 5, 5],
    threshold: 1,
    evaluatedDatapoints: [
      { timestamp: '2026-03-01T11:59:00.000+0000', sampleCount: 1, value: 5 },
      { timestamp: '2026-03-01T11:57:00.000+0000', sampleCount: 1, value: 5 },
      { timestamp: '2026-03-01T11:55:00.000+0000', sampleCount: 1, value: 0 },
    ],
  });
});

test('the event names alarm, states and metric as rules match them', () => {
  const alarm = definition({ description: 'too many errors', statistic: 'p99' });
  const event = stateChangeEvent(
    alarm,
    { value: 'OK', reason: 'fine', at: new Date('2026-03-01T11:00:00Z') },
    { value: 'ALARM', reason: 'not fine', reasonData: '{"version":"1.0"}', at: NOON },
  );
  expect(event).toEqual({
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:delays-errors'],
    time: NOON,
    detail: {
      alarmName: 'delays-errors',
      state: {
        value: 'ALARM',
        reason: 'not fine',
        reasonData: '{"version":"1.0"}',
        timestamp: '2026-03-01T12:00:00.000+0000',
      },
      previousState: { value: 'OK', reason: 'fine', timestamp: '2026-03-01T11:00:00.000+0000' },
      configuration: {
        description: 'too many errors',
        metrics: [
          {
            id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
            metricStat: {
              metric: { namespace: 'Flywheel', name: 'Errors', dimensions: { Model: 'delays' } },
              period: 60,
              stat: 'p99',
            },
            returnData: true,
          },
        ],
      },
    },
  });
});
