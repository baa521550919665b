import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import { DataLake, type DataLakeProps } from '../../lib/data-lake/data-lake';

function synthesize(props?: DataLakeProps): Template {
  const stack = new Stack(new App(), 'Test');
  new DataLake(stack, 'DataLake', props);
  return Template.fromStack(stack);
}

// biome-ignore lint/suspicious/noExplicitAny: templates are plain JSON
type Json = any;

function policyStatements(template: Template): Json[] {
  const policies = template.findResources('AWS::IAM::ManagedPolicy');
  return Object.values(policies).flatMap((policy: Json) => policy.Properties.PolicyDocument.Statement);
}

function lakeBucket(template: Template): Json {
  const buckets = Object.values(template.findResources('AWS::S3::Bucket'));
  return buckets.find((bucket: Json) => bucket.Properties.NotificationConfiguration !== undefined);
}

describe('the bucket', () => {
  const template = synthesize();

  test('is versioned, encrypted with the key, closed to the public and logs its access', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LoggingConfiguration: { LogFilePrefix: 'lake/' },
    });
  });

  test('sends its events to EventBridge without a custom resource', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
    template.resourcePropertiesCountIs('AWS::Lambda::Function', {}, 2);
    expect(Object.keys(template.findResources('Custom::S3BucketNotifications'))).toEqual([]);
  });

  test('refuses requests without TLS', () => {
    template.allResourcesProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  test('never expires versions that manifests may name', () => {
    const rules: Json[] = lakeBucket(template).Properties.LifecycleConfiguration.Rules;
    const expiring = rules.filter(
      (rule) => rule.ExpirationInDays !== undefined || rule.NoncurrentVersionExpiration !== undefined,
    );
    expect(expiring.map((rule) => rule.Prefix)).toEqual(['staging/']);
    expect(expiring[0].ExpirationInDays).toBe(7);
    expect(rules.some((rule) => rule.AbortIncompleteMultipartUpload !== undefined)).toBe(true);
  });

  test('is kept when the construct goes', () => {
    template.allResources('AWS::S3::Bucket', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('lets the log service write only logs of this bucket', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 's3:PutObject',
            Principal: { Service: 'logging.s3.amazonaws.com' },
            Condition: Match.objectLike({ ArnLike: { 'aws:SourceArn': Match.anyValue() } }),
          }),
        ]),
      },
    });
  });
});

describe('the catalog', () => {
  test('is a protected, encrypted table with the keys and the index of the registry', () => {
    synthesize().hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      Properties: {
        KeySchema: [
          { AttributeName: 'PK', KeyType: 'HASH' },
          { AttributeName: 'SK', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          Match.objectLike({
            IndexName: 'GSI1',
            KeySchema: [
              { AttributeName: 'GSI1PK', KeyType: 'HASH' },
              { AttributeName: 'GSI1SK', KeyType: 'RANGE' },
            ],
          }),
        ],
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
    });
  });

  test('may be deleted when the removal policy says so', () => {
    synthesize({ removalPolicy: RemovalPolicy.DESTROY }).hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: { DeletionProtectionEnabled: false },
    });
  });

  test('can be the table of a registry', () => {
    const stack = new Stack(new App(), 'Test');
    const catalog = new dynamodb.Table(stack, 'Registry', {
      partitionKey: { name: 'PK', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'SK', type: dynamodb.AttributeType.STRING },
    });
    const lake = new DataLake(stack, 'DataLake', { catalog });
    expect(lake.catalog).toBe(catalog);
    Template.fromStack(stack).resourceCountIs('AWS::DynamoDB::Table', 1);
  });
});

describe('the path of a drop', () => {
  const template = synthesize({ quietPeriod: Duration.seconds(5) });

  test('leads objects under raw/ to a queue, with retries and dead letters', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { object: { key: [{ prefix: 'raw/' }] } },
      },
      Targets: [
        Match.objectLike({
          DeadLetterConfig: { Arn: Match.anyValue() },
          RetryPolicy: { MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185 },
        }),
      ],
    });
  });

  test('sets undeliverable messages aside and raises an alarm for each queue', () => {
    template.resourcePropertiesCountIs('AWS::SQS::Queue', { RedrivePolicy: { maxReceiveCount: 5 } }, 2);
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    template.resourcePropertiesCountIs(
      'AWS::CloudWatch::Alarm',
      {
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
      },
      2,
    );
  });

  test('hands messages that failed back alone', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 2);
    template.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  test('keeps messages hidden for longer than their function may run', () => {
    const functions: Json[] = Object.values(template.findResources('AWS::Lambda::Function'));
    const timeouts = functions.map((fn) => fn.Properties.Timeout).sort((a, b) => a - b);
    const queues: Json[] = Object.values(template.findResources('AWS::SQS::Queue'));
    const hidden = queues.flatMap((queue) => queue.Properties.VisibilityTimeout ?? []).sort((a, b) => a - b);
    expect(hidden).toHaveLength(timeouts.length);
    hidden.forEach((seconds, index) => {
      expect(seconds).toBeGreaterThan(timeouts[index]);
    });
  });

  test('tells the handlers the quiet period', () => {
    template.resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      { Environment: { Variables: Match.objectLike({ QUIET_PERIOD_SECONDS: '5' }) } },
      2,
    );
  });

  test('publishes on the given bus', () => {
    const stack = new Stack(new App(), 'Test');
    new DataLake(stack, 'DataLake', { eventBus: events.EventBus.fromEventBusName(stack, 'Bus', 'mine') });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ EVENT_BUS_NAME: 'mine' }) },
    });
  });
});

describe('permissions', () => {
  const statements = policyStatements(synthesize());

  test('name exact actions and resources', () => {
    expect(statements.length).toBeGreaterThan(8);
    for (const statement of statements) {
      for (const action of [statement.Action].flat()) expect(action).not.toContain('*');
      for (const resource of [statement.Resource].flat()) expect(resource).not.toBe('*');
    }
  });

  test('open only items of datasets in a table that may be shared', () => {
    const onTable = statements.filter((statement) =>
      [statement.Action].flat().some((action: string) => action.startsWith('dynamodb:')),
    );
    expect(onTable).toHaveLength(2);
    for (const statement of onTable) {
      expect(statement.Condition).toEqual({
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['DATASET#*'] },
      });
    }
  });

  test('never let a handler change or delete what landed', () => {
    const writes = statements.filter((statement) => [statement.Action].flat().includes('s3:PutObject'));
    expect(JSON.stringify(writes)).not.toContain('raw/');
    const actions = statements.flatMap((statement) => [statement.Action].flat());
    expect(actions.filter((action: string) => action.startsWith('s3:Delete'))).toEqual([]);
  });
});

describe('grants', () => {
  function granted(grant: (lake: DataLake, role: iam.IRole) => iam.Grant): string {
    const stack = new Stack(new App(), 'Test');
    const lake = new DataLake(stack, 'DataLake');
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
    grant(lake, role).assertSuccess();
    return JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  }

  test('grantReadDatasets opens versions of raw objects and the key, and writes nothing', () => {
    const policy = granted((lake, role) => lake.grantReadDatasets(role));
    expect(policy).toContain('s3:GetObjectVersion');
    expect(policy).toContain('kms:Decrypt');
    expect(policy).not.toContain('Put');
  });

  test('grantWriteStaging opens staging/ alone', () => {
    const policy = granted((lake, role) => lake.grantWriteStaging(role));
    expect(policy).toContain('/staging/*');
    expect(policy).not.toContain('raw/');
  });

  test('grantReadStaging lists staging/ alone', () => {
    const policy = granted((lake, role) => lake.grantReadStaging(role));
    expect(policy).toContain('"s3:prefix":["staging/*"]');
  });

  test('grantDrop opens the folder of one dataset', () => {
    const policy = granted((lake, role) => lake.grantDrop(role, 'flights'));
    expect(policy).toContain('/raw/flights/*');
    expect(policy).toContain('kms:GenerateDataKey');
  });
});

describe('the quiet period', () => {
  test.each([
    [Duration.millis(500), '0.5 s'],
    [Duration.minutes(16), '960 s'],
    [Duration.millis(1500), '1.5 s'],
  ])('%s is refused at synthesis with its value', (quietPeriod, shown) => {
    expect(() => synthesize({ quietPeriod })).toThrow(
      `quietPeriod must be whole seconds from 1 second to 15 minutes, which is as long as SQS delays a message; got ${shown}.`,
    );
  });

  test.each([Duration.seconds(1), Duration.minutes(15)])('%s is the limit and accepted', (quietPeriod) => {
    expect(() => synthesize({ quietPeriod })).not.toThrow();
  });
});
