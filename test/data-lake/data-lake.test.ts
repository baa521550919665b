import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
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
    template.resourcePropertiesCountIs('AWS::Lambda::Function', {}, 3);
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
    // Every rule that expires anything is limited to one of these folders, which no manifest names.
    expect(expiring.map((rule) => rule.Prefix)).toEqual(['staging/', 'work/', 'seen/']);
    expect(expiring.map((rule) => rule.ExpirationInDays)).toEqual([7, 7, undefined]);
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
        'detail-type': ['Object Created', 'Object Deleted'],
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
    template.resourcePropertiesCountIs('AWS::SQS::Queue', { RedrivePolicy: { maxReceiveCount: 5 } }, 3);
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    template.resourcePropertiesCountIs(
      'AWS::CloudWatch::Alarm',
      {
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
      },
      3,
    );
  });

  test('hands messages that failed back alone', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 3);
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
    expect(onTable).toHaveLength(3);
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

describe('requests to accept a quarantined version', () => {
  test('reach the queue of closings from the lake’s bus', () => {
    const stack = new Stack(new App(), 'Test');
    new DataLake(stack, 'DataLake', { eventBus: events.EventBus.fromEventBusName(stack, 'Bus', 'mine') });
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventBusName: 'mine',
      EventPattern: { source: ['flywheel'], 'detail-type': ['Dataset Accept Requested'] },
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: Match.anyValue() } })],
    });
  });
});

describe('a user’s own rules', () => {
  test('take the events of one dataset on the lake’s bus', () => {
    const stack = new Stack(new App(), 'Test');
    const lake = new DataLake(stack, 'DataLake');
    lake.onDropQuarantined('Tell', {
      dataset: 'flights',
      target: new targets.SnsTopic(new sns.Topic(stack, 'People')),
    });
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventBusName: 'default',
      EventPattern: {
        source: ['flywheel'],
        'detail-type': ['Drop Quarantined'],
        detail: { dataset: ['flights'] },
      },
      Targets: [Match.objectLike({ Arn: { Ref: Match.stringLikeRegexp('People') } })],
    });
  });

  test.each([
    ['onDatasetVersionCreated', 'Dataset Version Created'],
    ['onDropQuarantined', 'Drop Quarantined'],
    ['onDatasetUnchanged', 'Dataset Unchanged'],
  ] as const)('%s takes "%s" of every dataset', (method, detailType) => {
    const stack = new Stack(new App(), 'Test');
    const lake = DataLake.fromDataLakeAttributes(stack, 'Lake', imported(stack));
    lake[method]('Rule');
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['flywheel'], 'detail-type': [detailType], detail: Match.absent() },
    });
  });
});

function imported(stack: Stack) {
  return {
    bucket: s3.Bucket.fromBucketName(stack, 'TheirBucket', 'theirs'),
    catalog: dynamodb.Table.fromTableName(stack, 'TheirTable', 'catalog'),
    encryptionKey: kms.Key.fromKeyArn(stack, 'TheirKey', 'arn:aws:kms:us-east-1:111122223333:key/k'),
  };
}

describe('a dataset with settings of its own', () => {
  const periods = (template: Template) =>
    Object.values(template.findResources('AWS::Lambda::Function')).flatMap(
      (fn: Json) => fn.Properties.Environment.Variables.DATASET_QUIET_PERIODS ?? [],
    );

  test('has its quiet period, given with the lake or later', () => {
    const stack = new Stack(new App(), 'Test');
    const lake = new DataLake(stack, 'DataLake', {
      datasets: [{ name: 'flights', quietPeriod: Duration.seconds(5) }],
    });
    lake.addDataset('weather', { quietPeriod: Duration.minutes(10) });
    const expected = JSON.stringify({ flights: 5, weather: 600 });
    expect(periods(Template.fromStack(stack))).toEqual([expected, expected]);
  });

  test('is refused when its name could be no folder of the lake', () => {
    expect(() => synthesize({ datasets: [{ name: 'my data' }] })).toThrow(
      '"my data" is no name of a dataset',
    );
  });

  test('is refused with a quiet period out of the limits, and is named', () => {
    const datasets = [{ name: 'flights', quietPeriod: Duration.hours(1) }];
    expect(() => synthesize({ datasets })).toThrow('quietPeriod of dataset "flights" must be whole seconds');
  });
});

describe('how much one function looks at', () => {
  test('is told to the function that closes drops', () => {
    synthesize({ changesPerFunction: 40 }).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ CHANGES_PER_FUNCTION: '40' }) },
    });
  });

  test.each([0, 1.5, 5001])('is refused when it is %d', (changesPerFunction) => {
    expect(() => synthesize({ changesPerFunction })).toThrow(
      `changesPerFunction must be a whole number from 1 to 5000; got ${changesPerFunction}.`,
    );
  });
});

describe('a bucket that is there already', () => {
  const given = (props: s3.BucketProps) => {
    const stack = new Stack(new App(), 'Test');
    const bucket = new s3.Bucket(stack, 'Mine', props);
    return { stack, lake: () => DataLake.fromBucket(stack, 'DataLake', bucket) };
  };

  test('becomes the lake’s, with its rules for what passes, and no other bucket is made', () => {
    const { stack, lake } = given({ versioned: true, eventBridgeEnabled: true });
    lake();
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::S3::Bucket', 1);
    const [bucket] = Object.values(template.findResources('AWS::S3::Bucket')) as Json[];
    const prefixes = bucket.Properties.LifecycleConfiguration.Rules.map((rule: Json) => rule.Prefix);
    expect(prefixes).toEqual(expect.arrayContaining(['staging/', 'work/']));
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        detail: { bucket: { name: [{ Ref: Match.stringLikeRegexp('Mine') }] } },
      },
    });
  });

  test('is refused when it is not versioned', () => {
    expect(given({ eventBridgeEnabled: true }).lake).toThrow('Bucket Test/Mine is not versioned');
  });

  test('is refused when its events do not reach EventBridge', () => {
    expect(given({ versioned: true }).lake).toThrow('Test/Mine does not send its events to EventBridge');
  });

  test.each([[undefined], ['raw/'], ['raw/flights/'], ['manifests/']])(
    'is refused when a rule expires versions under %s',
    (prefix) => {
      const lifecycleRules = [{ id: 'tidy', prefix, noncurrentVersionExpiration: Duration.days(30) }];
      const { stack, lake } = given({ versioned: true, eventBridgeEnabled: true, lifecycleRules });
      expect(() => {
        lake();
        Template.fromStack(stack);
      }).toThrow('Lifecycle rule "tidy" of bucket Test/Mine expires objects');
    },
  );

  test('of another stack is taken on trust, and the user is told what it must have', () => {
    const app = new App();
    const stack = new Stack(app, 'Test');
    DataLake.fromBucket(stack, 'DataLake', s3.Bucket.fromBucketName(stack, 'Theirs', 'theirs'));
    Annotations.fromStack(stack).hasInfo('/Test/DataLake', Match.stringLikeRegexp('is imported: make sure'));
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

  test.each(['grantReadDatasets', 'grantAccept', 'grantTag', 'grantCollectGarbage'] as const)(
    '%s opens the key of a shared catalog, and tells what is missing from what is forbidden',
    (name) => {
      const stack = new Stack(new App(), 'Test');
      const catalog = new dynamodb.Table(stack, 'Registry', {
        partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
        sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
        encryptionKey: new kms.Key(stack, 'RegistryKey'),
      });
      const lake = new DataLake(stack, 'DataLake', { catalog });
      const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
      lake[name](role).assertSuccess();
      const policies: Json[] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
      const statements: Json[] = policies.flatMap((one) => one.Properties.PolicyDocument.Statement);
      const keys = statements.filter(({ Action }) => [Action].flat().includes('kms:Decrypt'));
      const opened = JSON.stringify(keys.map(({ Resource }) => Resource));
      expect(opened).toContain('"RegistryKey');
      expect(opened).toContain('"DataLake');
      const listing = statements.filter(({ Action }) => [Action].flat().includes('s3:ListBucket'));
      expect(listing).toHaveLength(1);
      expect(listing[0].Condition).toBeUndefined();
    },
  );

  test('grantWriteStaging opens staging/ alone', () => {
    const policy = granted((lake, role) => lake.grantWriteStaging(role));
    expect(policy).toContain('/staging/*');
    expect(policy).not.toContain('raw/');
  });

  test('grantReadStaging lists staging/ alone', () => {
    const policy = granted((lake, role) => lake.grantReadStaging(role));
    expect(policy).toContain('"s3:prefix":["staging/*"]');
  });

  test('grantAccept puts that one event on the bus', () => {
    const policy = granted((lake, role) => lake.grantAccept(role));
    expect(policy).toContain('"events:detail-type":"Dataset Accept Requested"');
    expect(policy).not.toContain('s3:Put');
  });

  test('grantCollectGarbage deletes only exact versions of data and evidence', () => {
    const policy = granted((lake, role) => lake.grantCollectGarbage(role));
    expect(policy).toContain('s3:DeleteObjectVersion');
    expect(policy).not.toContain('"s3:DeleteObject"');
    expect(policy).toContain('dynamodb:DeleteItem');
    expect(policy).toContain('kms:GenerateDataKey');
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
