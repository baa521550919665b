import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lastBoundary, periodsUntil } from '../../../local/cloudwatch/periods';
import { aggregate, isSupportedStatistic } from '../../../local/cloudwatch/statistics';
import { definition, NOON, value } from './fixtures';

const set = (sampleCount: number, sum: number, minimum: number, maximum: number) => ({
  timestamp: NOON,
  unit: 'None',
  statistics: { sampleCount, sum, minimum, maximum },
});

test('the five statistics add values, values with counts, and statistic sets together', () => {
  const points = [value(2, 0), value(10, 0, 'None', 3), set(4, 8, 1, 5)];
  const of = (statistic: string) => aggregate(points, statistic)?.value;
  expect(of('SampleCount')).toBe(8);
  expect(of('Sum')).toBe(40);
  expect(of('Average')).toBe(5);
  expect(of('Minimum')).toBe(1);
  expect(of('Maximum')).toBe(10);
});

test('a percentile is a value that was put, weighted by its count', () => {
  const points = [value(1, 0, 'None', 98), value(50, 0), value(100, 0)];
  expect(aggregate(points, 'p98')?.value).toBe(1);
  expect(aggregate(points, 'p99')?.value).toBe(50);
  expect(aggregate(points, 'p99.5')?.value).toBe(100);
  expect(aggregate(points, 'p100')?.value).toBe(100);
});

test('at least p percent of the samples do not exceed the percentile, and fewer do not exceed any smaller value', () => {
  const samples = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 100 }), (values, percent) => {
      const result = aggregate(
        values.map((amount) => value(amount, 0)),
        `p${percent}`,
      )!.value;
      const upTo = (limit: number) => values.filter((amount) => amount <= limit).length;
      expect(upTo(result) * 100).toBeGreaterThanOrEqual(percent * values.length);
      expect(upTo(result - 1) * 100).toBeLessThan(percent * values.length);
    }),
  );
});

test('a percentile over a statistic set is unknown unless all its values are equal', () => {
  expect(aggregate([set(4, 8, 1, 5)], 'p90')).toBeUndefined();
  expect(aggregate([set(4, 8, 2, 2)], 'p90')?.value).toBe(2);
});

test('no data and empty statistic sets have no statistic', () => {
  expect(aggregate([], 'Sum')).toBeUndefined();
  expect(aggregate([set(0, 0, 0, 0)], 'Sum')).toBeUndefined();
});

test('trimmed means and misspelt statistics are refused', () => {
  expect(['p99', 'p0.1', 'Average'].every(isSupportedStatistic)).toBe(true);
  expect(['tm90', 'p101', 'average', 'IQM'].some(isSupportedStatistic)).toBe(false);
  expect(() => aggregate([value(1, 0)], 'tm90')).toThrow('Statistic tm90 is not supported');
});

test('periods end where the range ends, and data at the end belongs to the next one', () => {
  const range = periodsUntil(definition({ evaluationPeriods: 1 }), NOON, [
    value(1, 180),
    value(2, 120.001),
    value(4, 120),
    value(8, 0.001),
    value(16, 0),
    value(32, 181),
  ]);
  expect(range.map(({ datapoint }) => datapoint?.value)).toEqual([3, 4, 8]);
  expect(range.map(({ start }) => start.toISOString().slice(11, 19))).toEqual([
    '11:57:00',
    '11:58:00',
    '11:59:00',
  ]);
});

test('with a unit only data points of that unit count', () => {
  const points = [value(1, 30, 'Count'), value(2, 30, 'Seconds')];
  const last = (unit?: string) => periodsUntil(definition({ unit }), NOON, points).at(-1)?.datapoint?.value;
  expect([last('Count'), last('Seconds'), last('Bytes'), last()]).toEqual([1, 2, undefined, 3]);
});

test('minute alarms are evaluated at full minutes, high-resolution alarms every ten seconds', () => {
  const now = new Date('2026-03-01T12:00:27.5Z');
  expect(lastBoundary({ period: 300 }, now).toISOString()).toBe('2026-03-01T12:00:00.000Z');
  expect(lastBoundary({ period: 10 }, now).toISOString()).toBe('2026-03-01T12:00:20.000Z');
});
