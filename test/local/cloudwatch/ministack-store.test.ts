import { expect, test } from 'vitest';
import { parseAlarm } from '../../../local/cloudwatch/describe-alarm';
import { MetricMemory } from '../../../local/cloudwatch/metric-memory';
import { createMetricSink } from '../../../local/cloudwatch/metric-sink';
import { miniStackAlarmStore, storedAlarmReader } from '../../../local/cloudwatch/ministack-store';
import type { MetricDatum } from '../../../local/runtime/services';
import { NOON } from './fixtures';

const described = {
  AccountId: '000000000000',
  Region: 'us-east-1',
  AlarmName: 'delays-latency',
  AlarmArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:delays-latency',
  AlarmDescription: '',
  Namespace: 'AWS/SageMaker',
  MetricName: 'ModelLatency',
  Dimensions: [
    { Name: 'EndpointName', Value: 'delays' },
    { Name: 'VariantName', Value: 'AllTraffic' },
  ],
  ExtendedStatistic: 'p99',
  Period: 60,
  EvaluationPeriods: 2,
  Threshold: 500_000,
  ComparisonOperator: 'GreaterThanThreshold',
  StateValue: 'OK',
  StateReason: 'fine',
  StateUpdatedTimestamp: NOON.getTime() / 1000,
};
const metric = {
  namespace: 'AWS/SageMaker',
  metricName: 'ModelLatency',
  dimensions: { EndpointName: 'delays', VariantName: 'AllTraffic' },
};
const latency = (value: number, at: number): MetricDatum => ({
  ...metric,
  unit: 'Microseconds',
  value,
  timestamp: new Date(at),
});

test('an alarm of DescribeAlarms becomes a definition with the defaults of AWS', () => {
  expect(parseAlarm(described)).toMatchObject({
    definition: { name: 'delays-latency', metric, statistic: 'p99', period: 60, treatMissingData: 'missing' },
    state: { value: 'OK', at: NOON },
  });
  expect(parseAlarm({ ...described, Namespace: 'AWS/DynamoDB' })).toMatchObject({
    definition: { treatMissingData: 'ignore' },
  });
});

test.each([
  [{ Metrics: [{ Id: 'e1', Expression: 'm1/m2' }] }, 'metric math'],
  [{ Namespace: null, MetricName: null }, 'metric math'],
  [{ ExtendedStatistic: 'tm90' }, 'statistic "tm90"'],
  [{ ComparisonOperator: 'GreaterThanUpperThreshold' }, 'ComparisonOperator'],
  [{ EvaluateLowSampleCountPercentile: 'ignore' }, 'EvaluateLowSampleCountPercentile'],
])('what cannot be evaluated is named: %j', (change, reason) => {
  expect(parseAlarm({ ...described, ...change })).toMatchObject({
    unsupported: expect.stringContaining(reason),
  });
});

test('metrics of our own services are read from memory, others from MiniStack in one request a region', async () => {
  const memory = new MetricMemory();
  memory.put([latency(7, NOON.getTime())]);
  const calls: [string, unknown][] = [];
  const call = async (path: string, body?: object) => {
    calls.push([path, body]);
    const point = { timestamp: NOON.getTime(), value: 3, count: 2, unit: 'Count' };
    return {
      results: [[point], [{ ...point, statistics: { SampleCount: 4, Sum: 9, Minimum: 1, Maximum: 4 } }]],
    };
  };
  const store = miniStackAlarmStore(call as never, memory);
  const query = (namespace: string) => ({
    account: '000000000000',
    region: 'us-east-1',
    metric: { ...metric, namespace },
    from: new Date(NOON.getTime() - 60_000),
    to: new Date(NOON.getTime() + 1),
  });
  const answers = await store.datapoints([query('Flywheel'), query('AWS/SageMaker'), query('Custom')]);
  expect(answers).toEqual([
    [{ timestamp: NOON, unit: 'Count', value: 3, count: 2 }],
    [{ timestamp: NOON, unit: 'Microseconds', value: 7, count: 1 }],
    [{ timestamp: NOON, unit: 'Count', statistics: { sampleCount: 4, sum: 9, minimum: 1, maximum: 4 } }],
  ]);
  expect(calls).toHaveLength(1);
  expect(calls[0]).toMatchObject([
    'metrics/query',
    {
      account: '000000000000',
      region: 'us-east-1',
      queries: [{ namespace: 'Flywheel' }, { namespace: 'Custom' }],
    },
  ]);
});

test('setting the state of an alarm that is gone is an error that names it', async () => {
  const store = miniStackAlarmStore(async () => undefined, new MetricMemory());
  const id = { account: '0', region: 'r', name: 'gone' };
  await expect(store.setState(id, { value: 'OK', reason: '' })).rejects.toThrow('Alarm gone is gone');
});

test('alarm states are read by name; unknown names are missing from the answer', async () => {
  const reader = storedAlarmReader({ alarms: async () => [parseAlarm(described)] });
  expect(await reader.states(['delays-latency', 'nobody'])).toEqual(new Map([['delays-latency', 'OK']]));
});

test('the memory keeps dimensions and units apart and forgets after three hours', () => {
  const memory = new MetricMemory();
  const start = NOON.getTime();
  for (let index = 0; index < 2500; index++) {
    memory.put([latency(index, start + index * 10_000)]);
  }
  const everything = (dimensions: Record<string, string>) =>
    memory.query({ ...metric, dimensions }, new Date(0), new Date(start * 2));
  const found = everything({ VariantName: 'AllTraffic', EndpointName: 'delays' });
  expect(found.at(-1)).toMatchObject({ value: 2499 });
  // Three hours are 1080 points; pruning happens now and then.
  expect(found.length).toBeGreaterThanOrEqual(1080);
  expect(found.length).toBeLessThan(2200);
  expect(everything({ EndpointName: 'delays' })).toEqual([]);
});

test('the memory answers with data from the start of a range up to, but without, its end', () => {
  const memory = new MetricMemory();
  memory.put([latency(1, 999), latency(2, 1000), latency(3, 1999), latency(4, 2000)]);
  const found = memory.query(metric, new Date(1000), new Date(2000));
  expect(found.map((point) => 'value' in point && point.value)).toEqual([2, 3]);
});

test('a sink never fails its caller and delivers what CloudWatch refused at first', async () => {
  const memory = new MetricMemory();
  const taken: MetricDatum[] = [];
  let attempts = 0;
  const errors: string[] = [];
  const cloudWatch = {
    put: async (data: MetricDatum[]) => {
      attempts += 1;
      if (attempts === 1) {
        throw new Error('starting');
      }
      taken.push(...data);
    },
  };
  const logger = { info: () => {}, error: (message: string) => void errors.push(message) };
  const sink = createMetricSink(memory, cloudWatch, logger);
  await sink.put([latency(1, 0)]);
  expect(memory.knows('AWS/SageMaker')).toBe(true);
  await sink.close();
  await sink.put([latency(2, 1)]);
  await sink.close();
  expect(taken.map(({ value }) => value)).toEqual([1, 2]);
  expect(errors).toEqual(['Metrics were not taken and are kept: starting']);
});
