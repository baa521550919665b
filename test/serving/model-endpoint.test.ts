import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { beforeAll, describe, expect, it } from 'vitest';
import { ModelRegistry } from '../../lib/registry/model-registry';
import { LEASE_SECONDS } from '../../lib/serving/contract';
import { ModelEndpoint, type ModelEndpointProps } from '../../lib/serving/model-endpoint';
import { TrafficShift } from '../../lib/serving/traffic-shift';

function synthesise(overrides: Partial<ModelEndpointProps> = {}) {
  // Without any feature flag: a user's app may be old.
  const stack = new Stack(new App({ context: { 'aws:cdk:disable-asset-staging': true } }), 'Test');
  const registry = ModelRegistry.fromModelRegistryAttributes(stack, 'Registry', {
    table: new dynamodb.Table(stack, 'RegistryTable', {
      partitionKey: { name: 'PK', type: dynamodb.AttributeType.STRING },
    }),
    artifacts: new s3.Bucket(stack, 'RegistryArtifacts', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
    }),
    encryptionKey: new kms.Key(stack, 'RegistryKey', { enableKeyRotation: true }),
  });
  const endpoint = new ModelEndpoint(stack, 'Endpoint', { modelName: 'flights', registry, ...overrides });
  return { stack, registry, endpoint };
}

interface Statement {
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** Statements of the managed policy whose logical id begins so. */
function statements(template: Template, id: string): Statement[] {
  const policies = Object.entries(template.findResources('AWS::IAM::ManagedPolicy'));
  const found = policies.filter(([name]) => name.startsWith(id));
  expect(found.map(([name]) => name)).toHaveLength(1);
  return found[0]![1].Properties.PolicyDocument.Statement as Statement[];
}

const actionsOf = (all: Statement[]) => all.flatMap(({ Action }) => Action).sort();
/** A resource as text: references by their logical id, pseudo parameters by their name. */
function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(text).join(' ');
  const [[fn, args]] = Object.entries(value as object) as [[string, unknown]];
  if (fn === 'Ref') return `<${args}>`;
  if (fn === 'Fn::GetAtt') return `<${(args as string[]).join('.')}>`;
  return ((args as [string, unknown[]])[1] ?? []).map(text).join('');
}
const starred = (all: Statement[]) =>
  all.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);

let template: Template;

beforeAll(() => {
  template = Template.fromStack(synthesise().stack);
});

describe('the role of the model', () => {
  it('reads models and images, writes its own captures and logs, and nothing else', () => {
    const all = statements(template, 'EndpointModelRolePolicy');
    expect(actionsOf(all)).toEqual(
      [
        's3:GetObject',
        's3:ListBucket',
        's3:PutObject',
        'kms:Decrypt',
        'kms:Decrypt',
        'kms:GenerateDataKey',
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:GetAuthorizationToken',
        'ecr:GetDownloadUrlForLayer',
        'logs:CreateLogGroup',
        'logs:CreateLogStream',
        'logs:DescribeLogStreams',
        'logs:PutLogEvents',
        'cloudwatch:DescribeAlarms',
        'cloudwatch:PutMetricData',
      ].sort(),
    );
    const reading = all.find(({ Action }) => Action === 's3:GetObject')!;
    expect(text(reading.Resource)).toMatch(
      /^<RegistryArtifacts\w+\.Arn>\/runs\/\* <RegistryArtifacts\w+\.Arn>\/models\/\*$/,
    );
    const writing = all.find(({ Action }) => Action === 's3:PutObject')!;
    expect(text(writing.Resource)).toMatch(/^<EndpointCaptures\w+\.Arn>\/captures\/flights\/\*$/);
    expect(starred(all).sort()).toEqual(['cloudwatch:PutMetricData', 'ecr:GetAuthorizationToken']);
    expect(all.find(({ Action }) => Action === 'cloudwatch:PutMetricData')?.Condition).toEqual({
      StringEquals: { 'cloudwatch:namespace': ['AWS/SageMaker', '/aws/sagemaker/Endpoints'] },
    });
  });

  it('is taken on by SageMaker for this account only', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      Description: 'Model containers of flights',
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'sagemaker.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ],
      },
    });
  });

  it('pulls from the repositories of the images given, in whatever region they are', () => {
    const images = [
      '683313688378.dkr.ecr.us-east-1.amazonaws.com/team/scikit:1.2',
      '1.dkr.ecr.eu-west-1.amazonaws.com/x',
    ];
    const all = statements(Template.fromStack(synthesise({ images }).stack), 'EndpointModelRolePolicy');
    const pull = all.find(({ Action }) => Array.isArray(Action) && Action.includes('ecr:BatchGetImage'))!;
    expect(text(pull.Resource)).toBe(
      'arn:<AWS::Partition>:ecr:us-east-1:683313688378:repository/team/scikit arn:<AWS::Partition>:ecr:eu-west-1:1:repository/x',
    );
    expect(() => synthesise({ images: ['python:3'] })).toThrow(
      'images contains "python:3", which is no ECR image',
    );
  });
});

describe('the role of the state machine', () => {
  it('passes the role of the model to SageMaker, and to nobody else', () => {
    const all = statements(template, 'EndpointDeploymentRolePolicy');
    const passing = all.filter(({ Action }) => Action === 'iam:PassRole');
    expect(passing).toEqual([
      {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^EndpointModelRole[0-9A-F]{8}$/), 'Arn'] },
        Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      },
    ]);
  });

  it('creates and changes only what is named after the model', () => {
    const all = statements(template, 'EndpointDeploymentRolePolicy');
    const sageMaker = all.filter(({ Action }) =>
      actionsOf([{ Action, Resource: '' }])[0]!.startsWith('sagemaker:'),
    );
    const sorted = Object.fromEntries(
      sageMaker.flatMap(({ Action, Resource }) =>
        [Action]
          .flat()
          .map((action) => [action, text(Resource).replaceAll(/arn:\S+:(?=endpoint|model)/g, '')]),
      ),
    );
    expect(sorted).toEqual({
      'sagemaker:CreateModel': 'model/flights-v*',
      'sagemaker:CreateEndpointConfig': 'endpoint-config/flights-v*',
      'sagemaker:CreateEndpoint': 'endpoint/flights endpoint-config/flights-v*',
      'sagemaker:UpdateEndpoint': 'endpoint/flights endpoint-config/flights-v*',
      'sagemaker:DescribeEndpoint': 'endpoint/flights',
      'sagemaker:DeleteEndpoint': 'endpoint/flights',
      'sagemaker:AddTags': 'model/flights-v* endpoint-config/flights-v* endpoint/flights',
    });
    expect(starred(all).every((action) => /^(logs|xray):/.test(action))).toBe(true);
  });

  it('is not widened by anything behind its back', () => {
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });
});

describe('the handlers', () => {
  it('reach the registry by key and may list, but only delete what is named after the model', () => {
    const finish = statements(template, 'EndpointDeploymentFinishDeploymentPolicy');
    expect(starred(finish)).toEqual(['sagemaker:ListEndpointConfigs', 'sagemaker:ListModels']);
    const deleting = finish.filter(({ Action }) =>
      [Action].flat().some((action) => action.includes(':Delete')),
    );
    expect(deleting.map(({ Resource }) => text(Resource).replace(/^.*:/, ''))).toEqual([
      'endpoint-config/flights-v*',
      'model/flights-v*',
    ]);
    expect(finish.find(({ Action }) => Action === 'events:PutEvents')?.Condition).toEqual({
      StringEquals: { 'events:source': 'flywheel' },
    });
    for (const id of ['PlanDeploymentPolicy', 'CheckDeploymentPolicy']) {
      expect(starred(statements(template, `EndpointDeployment${id}`))).toEqual([]);
    }
  });

  it('that predicts may ask this endpoint and read the registry, no more', () => {
    const predict = statements(template, 'EndpointPredictionsPredictPolicy');
    expect(actionsOf(predict)).toEqual([
      'dynamodb:GetItem',
      'kms:Decrypt',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sagemaker:InvokeEndpoint',
    ]);
    const invoke = predict.find(({ Action }) => Action === 'sagemaker:InvokeEndpoint')!;
    expect(text(invoke.Resource)).toMatch(/:endpoint\/flights$/);
  });
});

describe('the rollback alarms', () => {
  it('watch the share of server errors and the latency in microseconds, and say what missing data means', () => {
    const common = {
      Namespace: 'AWS/SageMaker',
      Period: 60,
      EvaluationPeriods: 2,
      DatapointsToAlarm: 2,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      Dimensions: [
        { Name: 'EndpointName', Value: 'flights' },
        { Name: 'VariantName', Value: 'AllTraffic' },
      ],
    };
    template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { Namespace: 'AWS/SageMaker' }, 2);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...common,
      MetricName: 'Invocation5XXErrors',
      Statistic: 'Average',
      Threshold: 0.05,
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...common,
      MetricName: 'ModelLatency',
      ExtendedStatistic: 'p99',
      Threshold: 5_000_000,
    });
  });
});

describe('the state machine', () => {
  it.each(['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'])(
    'raises an alarm when an execution ends unseen: %s',
    (MetricName) => {
      const [machine] = Object.keys(template.findResources('AWS::StepFunctions::StateMachine'));
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        Namespace: 'AWS/States',
        MetricName,
        Statistic: 'Sum',
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
        Dimensions: [{ Name: 'StateMachineArn', Value: { Ref: machine } }],
      });
    },
  );

  it('logs everything but the data', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
      TracingConfiguration: { Enabled: true },
    });
  });

  it('waits longer for its turn than a lease lasts that was left behind', () => {
    for (const traffic of [TrafficShift.canary(), TrafficShift.allAtOnce()]) {
      const functions = Template.fromStack(synthesise({ traffic }).stack).findResources(
        'AWS::Lambda::Function',
        { Properties: { Environment: { Variables: { TURN_LIMIT_SECONDS: Match.anyValue() } } } },
      );
      const limits = Object.values(functions).map(({ Properties }) =>
        Number(Properties.Environment.Variables.TURN_LIMIT_SECONDS),
      );
      expect(limits).toHaveLength(1);
      expect(limits[0]).toBeGreaterThan(LEASE_SECONDS);
    }
  });

  it('gives SageMaker both alarms, by reference, so that they exist first', () => {
    const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    const definition = text(machine!.Properties.DefinitionString);
    const alarms = Object.keys(
      template.findResources('AWS::CloudWatch::Alarm', { Properties: { Namespace: 'AWS/SageMaker' } }),
    );
    expect(definition).toContain(`"Alarms":[{"AlarmName":"<${alarms[0]}>"},{"AlarmName":"<${alarms[1]}>"}]`);
  });
});

describe('the prediction API', () => {
  it('wants IAM credentials, is throttled and logs every access', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      RouteKey: 'POST /predictions',
      AuthorizationType: 'AWS_IAM',
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
      AccessLogSettings: { DestinationArn: Match.anyValue(), Format: Match.stringLikeRegexp('requestId') },
    });
  });

  it('can be called by whom it is granted to', () => {
    const { stack, endpoint } = synthesise();
    const caller = new iam.Role(stack, 'Caller', { assumedBy: new iam.AccountRootPrincipal() });
    endpoint.grantInvoke(caller);
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    const [statement] = policy!.Properties.PolicyDocument.Statement as Statement[];
    expect(statement!.Action).toBe('execute-api:Invoke');
    expect(text(statement!.Resource)).toMatch(
      /^arn:<AWS::Partition>:execute-api:.*<EndpointPredictionsApi\w+>\/\$default\/POST\/predictions$/,
    );
  });
});

describe('stores', () => {
  it('are kept, encrypted, closed, and tell EventBridge about captures', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
        VersioningConfiguration: { Status: 'Enabled' },
      },
    });
    for (const bucket of Object.values(template.findResources('AWS::S3::Bucket'))) {
      expect(bucket.Properties.PublicAccessBlockConfiguration.BlockPublicAcls).toBe(true);
      expect(bucket.Properties.BucketEncryption).toBeDefined();
    }
    template.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  it('are those given, when some are given', () => {
    const { stack, registry } = synthesise();
    new ModelEndpoint(stack, 'Other', {
      modelName: 'trains',
      registry,
      captureBucket: registry.artifacts,
      encryptionKey: registry.encryptionKey,
    });
    const other = Template.fromStack(stack).findResources('AWS::S3::Bucket');
    expect(Object.keys(other).filter((id) => id.startsWith('Other'))).toEqual([]);
  });
});

describe('a template', () => {
  it('has nothing that runs or is billed while no version is live, and no custom resource', () => {
    const types = Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map(
      ({ Type }) => Type,
    );
    expect(types.filter((type) => /SageMaker|^Custom::|ApplicationAutoScaling/.test(type))).toEqual([]);
  });
});

describe('props', () => {
  it('are checked together: the traffic shift against the fleet and the alarms', () => {
    expect(() => synthesise({ instanceCount: 1, traffic: TrafficShift.canary() })).toThrow(
      'it needs two instances',
    );
    expect(() =>
      synthesise({
        rollback: { period: Duration.minutes(5) },
        traffic: TrafficShift.canary({ bake: Duration.minutes(9) }),
      }),
    ).toThrow('bake is 540 s, but the rollback alarms need 600 s');
    expect(() => synthesise({ rollback: { serverErrorRate: 1 } })).toThrow('rollback.serverErrorRate is 1');
    expect(() => synthesise({ modelName: 'Flights' })).toThrow('modelName is "Flights"');
  });

  it('shift all at once by default when there is a single instance', () => {
    const single = Template.fromStack(synthesise({ instanceCount: 1 }).stack);
    const [machine] = Object.values(single.findResources('AWS::StepFunctions::StateMachine'));
    expect(text(machine!.Properties.DefinitionString)).toContain(
      '"Type":"ALL_AT_ONCE","WaitIntervalInSeconds":0',
    );
  });
});

describe('metrics', () => {
  it('are those of the endpoint and its variant', () => {
    const { endpoint } = synthesise();
    const metrics = [
      endpoint.metricInvocations(),
      endpoint.metricServerErrors(),
      endpoint.metricClientErrors(),
      endpoint.metricModelLatency({ period: Duration.minutes(1) }),
    ];
    expect(metrics.map(({ metricName, statistic }) => [metricName, statistic])).toEqual([
      ['Invocations', 'Sum'],
      ['Invocation5XXErrors', 'Sum'],
      ['Invocation4XXErrors', 'Sum'],
      ['ModelLatency', 'p99'],
    ]);
    expect(metrics[3]!.period.toSeconds()).toBe(60);
    expect(metrics[0]!.dimensions).toEqual({ EndpointName: 'flights', VariantName: 'AllTraffic' });
  });
});
