import { Duration } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import type { ModelMonitorProps } from '../../lib/monitoring/model-monitor';
import { type Json, keyArn, stackWithMonitor } from './stack';

const { template } = stackWithMonitor();

function alarms(template: Template): Record<string, Json> {
  const found: Json[] = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
  return Object.fromEntries(
    found.map(({ Properties }) => [Properties.AlarmName ?? Properties.AlarmDescription, Properties]),
  );
}

function statementsOf(handler: string, from = template): Json[] {
  const [policy]: Json[] = Object.values(
    from.findResources('AWS::IAM::ManagedPolicy', {
      Properties: { Roles: [{ Ref: Match.stringLikeRegexp(handler) }] },
    }),
  );
  return policy.Properties.PolicyDocument.Statement;
}

const environment = (variable: string, from = template): string => {
  const functions: Json[] = Object.values(from.findResources('AWS::Lambda::Function'));
  return functions
    .map((f) => f.Properties.Environment.Variables[variable])
    .find((value) => value !== undefined);
};

describe('the drift alarm', () => {
  test('goes off with one feature and keeps its state while there is no news', () => {
    expect(alarms(template)['flights-drift']).toMatchObject({
      Namespace: 'Flywheel',
      MetricName: 'DriftedFeatures',
      Dimensions: [{ Name: 'Model', Value: 'flights' }],
      Statistic: 'Maximum',
      Period: 300,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      TreatMissingData: 'ignore',
    });
  });

  test('follows the policy', () => {
    const { template } = stackWithMonitor(() => ({ drift: { windowsToAlarm: 4, falseDiscoveryRate: 0.05 } }));
    expect(JSON.parse(environment('DRIFT_SETTINGS', template))).toEqual({
      falseDiscoveryRate: 0.05,
      minRows: 100,
      minEffect: 0.005,
      rateTolerance: 0.05,
      windowsToAlarm: 4,
      windowsConsidered: 4,
    });
  });
});

describe('other alarms', () => {
  test('by default are only about the monitoring itself', () => {
    const names = Object.keys(alarms(template));
    expect(names).toHaveLength(5);
    expect(names.filter((name) => !name.includes(' '))).toEqual(['flights-drift']);
    expect(Object.values(alarms(template)).every((alarm) => alarm.TreatMissingData !== undefined)).toBe(true);
  });

  test('watch quality when there is a floor', () => {
    const { template, monitor } = stackWithMonitor(() => ({ quality: { f1Floor: 0.6 } }));
    expect(alarms(template)['flights-quality']).toMatchObject({
      MetricName: 'MissedFloors',
      AlarmDescription: 'Model flights misses a floor: f1 0.6.',
    });
    expect(monitor.qualityAlarm).toBeDefined();
    expect(stackWithMonitor().monitor.qualityAlarm).toBeUndefined();
  });

  test('watch for missing captures when the endpoint is never idle', () => {
    const { template } = stackWithMonitor(() => ({ alarmOnMissingCaptures: true }));
    expect(alarms(template)['flights-captures-missing']).toMatchObject({
      TreatMissingData: 'breaching',
      Period: 3600,
      EvaluationPeriods: 3,
    });
  });

  test('all tell the topic', () => {
    const { template } = stackWithMonitor((stack) => ({
      alarmTopic: new sns.Topic(stack, 'Topic'),
      quality: { accuracyFloor: 0.9 },
      alarmOnMissingCaptures: true,
    }));
    const silent = Object.entries(alarms(template)).filter(([, alarm]) => alarm.AlarmActions === undefined);
    expect(silent).toEqual([]);
  });
});

describe('new objects', () => {
  test.each(['captures/flights/', 'labels/flights/'])(
    'under %s reach a queue, or its dead letters',
    (prefix) => {
      template.hasResourceProperties('AWS::Events::Rule', {
        EventPattern: {
          source: ['aws.s3'],
          'detail-type': ['Object Created'],
          detail: { bucket: { name: ['captures'] }, object: { key: [{ prefix }] } },
        },
        Targets: [
          Match.objectLike({
            DeadLetterConfig: Match.anyValue(),
            RetryPolicy: { MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185 },
          }),
        ],
      });
    },
  );

  test('are delivered by queues that are encrypted and refuse requests without TLS', () => {
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    template.resourceCountIs('AWS::SQS::Queue', 5);
    template.resourceCountIs('AWS::SQS::QueuePolicy', 5);
  });

  test('of labels may be in another bucket', () => {
    const { template } = stackWithMonitor((stack) => ({
      labelBucket: s3.Bucket.fromBucketName(stack, 'Labels', 'labels'),
    }));
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        detail: { bucket: { name: ['labels'] }, object: { key: [{ prefix: 'labels/flights/' }] } },
      },
    });
    expect(JSON.stringify(statementsOf('JoinLabels', template))).not.toContain('captures');
  });
});

describe('the schedule', () => {
  test('evaluates every 5 minutes, with retries and dead letters', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(5 minutes)',
      Target: { RetryPolicy: { MaximumRetryAttempts: 2 }, DeadLetterConfig: Match.anyValue() },
    });
  });

  test('is as fast as a short window', () => {
    const { template } = stackWithMonitor(() => ({ window: Duration.minutes(2) }));
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(2 minutes)' });
    expect(alarms(template)['flights-drift'].Period).toBe(120);
  });
});

describe('roles', () => {
  test('may do exactly this', () => {
    const actions = (handler: string) => statementsOf(handler).flatMap(({ Action }) => Action);
    const logs = ['logs:CreateLogStream', 'logs:PutLogEvents'];
    const queue = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
    const keys = ['kms:Decrypt', 'kms:GenerateDataKey'];
    const read = ['s3:GetObject', 's3:ListBucket'];
    expect(actions('ProfileCapture')).toEqual([
      ...logs,
      ...queue,
      ...read,
      's3:PutObject',
      's3:GetObject',
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      ...keys,
    ]);
    expect(actions('JoinLabels')).toEqual([
      ...logs,
      ...queue,
      ...read,
      'dynamodb:UpdateItem',
      'cloudwatch:PutMetricData',
      ...keys,
    ]);
    expect(actions('EvaluateWindow')).toEqual([
      ...logs,
      ...read,
      's3:GetObject',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'cloudwatch:PutMetricData',
      'events:PutEvents',
      ...keys,
    ]);
    expect(actions('ScheduleRole')).toEqual(['lambda:InvokeFunction', 'sqs:SendMessage']);
    expect(template.findResources('AWS::IAM::Policy')).toEqual({});
  });

  test('see all resources only where AWS knows none, and then only one namespace', () => {
    const policies: Json[] = Object.values(template.findResources('AWS::IAM::ManagedPolicy'));
    const open = policies
      .flatMap((policy) => policy.Properties.PolicyDocument.Statement)
      .filter(({ Resource }) => Resource === '*');
    expect(open).toHaveLength(2);
    for (const statement of open) {
      expect(statement).toMatchObject({
        Action: 'cloudwatch:PutMetricData',
        Condition: { StringEquals: { 'cloudwatch:namespace': 'Flywheel' } },
      });
    }
  });

  test("see only this model's items and keys", () => {
    for (const handler of ['ProfileCapture', 'JoinLabels', 'EvaluateWindow']) {
      const statements = statementsOf(handler);
      const items = statements.find(({ Action }) =>
        [Action].flat().some((action: string) => action.startsWith('dynamodb')),
      );
      expect(items.Condition).toEqual({
        'ForAllValues:StringLike': {
          'dynamodb:LeadingKeys': ['MODEL#flights', 'MODEL#flights#*', 'INFERENCE#*'],
        },
      });
      expect(statements.at(-1).Resource).toEqual([keyArn('registry'), keyArn('captures')]);
    }
  });
});

test('metrics can be charted and alarmed on', () => {
  const { monitor } = stackWithMonitor();
  expect(monitor.metricF1({ label: 'F1' }).toMetricConfig().metricStat).toMatchObject({
    namespace: 'Flywheel',
    metricName: 'F1',
    statistic: 'Average',
    dimensions: [{ name: 'Model', value: 'flights' }],
  });
  const options: Json = monitor
    .metricDriftedFeatures({ period: Duration.minutes(7) })
    .toMetricConfig().metricStat;
  expect(options.period.toSeconds()).toBe(420);
});

test('the dashboard shows endpoint and model, and can be left out', () => {
  const [dashboard]: Json[] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const body = JSON.stringify(dashboard.Properties.DashboardBody);
  for (const metric of [
    'ModelLatency',
    'Invocation5XXErrors',
    'DriftedFeatures',
    'CapturedRows',
    'Recall',
    'LabelCoverage',
  ]) {
    expect(body).toContain(metric);
  }
  stackWithMonitor(() => ({ dashboard: false })).template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
});

test('nothing in the template needs a custom resource', () => {
  const types = Object.values(template.toJSON().Resources).map(
    (resource) => (resource as Json).Type as string,
  );
  expect(types.filter((type) => type.startsWith('Custom::'))).toEqual([]);
});

test.each<[Partial<ModelMonitorProps>, string]>([
  [
    { window: Duration.seconds(90) },
    'window must be whole minutes, from one minute to a day, got 90 seconds',
  ],
  [{ window: Duration.days(2) }, 'window must be whole minutes'],
  [{ evaluateEvery: Duration.seconds(30) }, 'evaluateEvery must be whole minutes'],
  [
    { drift: { falseDiscoveryRate: 0 } },
    'drift.falseDiscoveryRate must be more than 0 and at most 0.5, got 0',
  ],
  [
    { drift: { windowsToAlarm: 3, windowsConsidered: 2 } },
    'drift.windowsToAlarm must be at least 1 and at most 2, got 3',
  ],
  [{ drift: { minRows: 20.5 } }, 'drift.minRows must be a whole number, got 20.5'],
  [{ quality: { f1Floor: 60 } }, 'quality.f1Floor must be at least 0 and at most 1, got 60'],
  [{ quality: { minCoverage: 80 } }, 'quality.minCoverage must be at least 0 and at most 1, got 80'],
])('refuses %o', (props, message) => {
  expect(() => stackWithMonitor(() => props)).toThrow(message);
});
