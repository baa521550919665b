import type { AlarmDefinition, RawDatapoint } from '../../../local/cloudwatch/alarm';
import type { Period } from '../../../local/cloudwatch/periods';

/** "Sum of Errors of model delays > 1 in 3 of 3 minutes", unless told otherwise. */
export function definition(changes: Partial<AlarmDefinition> = {}): AlarmDefinition {
  return {
    account: '000000000000',
    region: 'us-east-1',
    name: 'delays-errors',
    arn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:delays-errors',
    metric: { namespace: 'Flywheel', metricName: 'Errors', dimensions: { Model: 'delays' } },
    statistic: 'Sum',
    period: 60,
    evaluationPeriods: 3,
    comparison: 'GreaterThanThreshold',
    threshold: 1,
    treatMissingData: 'missing',
    ...changes,
  };
}

export const NOON = new Date('2026-03-01T12:00:00Z');

/** Periods of a minute up to noon from `0` (not breaching), `X` (breaching) and `-` (missing), oldest first. */
export function periods(pattern: string): Period[] {
  const marks = pattern.split(' ');
  return marks.map((mark, index) => ({
    start: new Date(NOON.getTime() - (marks.length - index) * 60_000),
    datapoint: mark === '-' ? undefined : { value: mark === 'X' ? 5 : 0, sampleCount: 1 },
  }));
}

/** A value put `secondsBefore` noon. */
export function value(amount: number, secondsBefore: number, unit = 'None', count = 1): RawDatapoint {
  return { timestamp: new Date(NOON.getTime() - secondsBefore * 1000), unit, value: amount, count };
}
