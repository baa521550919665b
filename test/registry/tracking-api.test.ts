import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { ModelRegistry, type ModelRegistryProps } from '../../lib/registry/model-registry';
import { TrackingAuth } from '../../lib/registry/tracking-auth';

const JWT = { issuer: 'https://login.example.com', audience: ['tracking'] };

function synthesized(props: ModelRegistryProps = {}) {
  const stack = new Stack(new App(), 'Registry');
  const registry = new ModelRegistry(stack, 'Registry', { trackingApi: true, ...props });
  return { stack, registry, template: () => Template.fromStack(stack) };
}

type Resource = ReturnType<Template['findResources']>[string];
const all = (template: Template, type: string): Resource[] =>
  Object.values(template.findResources(type)) as Resource[];

describe('the tracking API', () => {
  it('answers only callers with IAM credentials', () => {
    const methods = all(synthesized().template(), 'AWS::ApiGateway::Method');
    expect(methods.map(({ Properties }) => Properties.AuthorizationType)).toEqual(['AWS_IAM', 'AWS_IAM']);
  });

  it('gives every path and method to the one function, and bodies as they came', () => {
    const template = synthesized().template();
    template.hasResourceProperties('AWS::ApiGateway::Resource', { PathPart: '{proxy+}' });
    template.hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'ANY',
      Integration: Match.objectLike({ Type: 'AWS_PROXY', TimeoutInMillis: 29_000 }),
    });
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      BinaryMediaTypes: ['*/*'],
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
  });

  it('has the function end before API Gateway gives up on it', () => {
    synthesized()
      .template()
      .hasResourceProperties('AWS::Lambda::Function', { Timeout: 28, MemorySize: 1769 });
  });

  it('says the errors of API Gateway as MLflow says its own', () => {
    const template = synthesized().template();
    const said = Object.fromEntries(
      all(template, 'AWS::ApiGateway::GatewayResponse').map(({ Properties }) => [
        Properties.ResponseType,
        [Properties.StatusCode, Properties.ResponseTemplates['application/json']],
      ]),
    );
    const envelope = (code: string) => `{"error_code":"${code}","message":$context.error.messageString}`;
    expect(said).toMatchObject({
      DEFAULT_4XX: [undefined, envelope('BAD_REQUEST')],
      DEFAULT_5XX: [undefined, envelope('INTERNAL_ERROR')],
      MISSING_AUTHENTICATION_TOKEN: ['401', envelope('UNAUTHENTICATED')],
      ACCESS_DENIED: ['403', envelope('PERMISSION_DENIED')],
      THROTTLED: ['429', envelope('REQUEST_LIMIT_EXCEEDED')],
      INTEGRATION_TIMEOUT: ['504', envelope('DEADLINE_EXCEEDED')],
    });
  });

  it('logs who called what, and takes a limited number of requests, of searches fewer', () => {
    const [stage] = all(synthesized().template(), 'AWS::ApiGateway::Stage');
    expect(stage!.Properties.AccessLogSetting.Format).toContain('$context.identity.userArn');
    expect(stage!.Properties.MethodSettings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ResourcePath: '/*',
          HttpMethod: '*',
          ThrottlingRateLimit: 200,
          ThrottlingBurstLimit: 400,
        }),
        expect.objectContaining({
          ResourcePath: '/~1api~12.0~1mlflow~1runs~1search',
          HttpMethod: 'POST',
          ThrottlingRateLimit: 50,
        }),
      ]),
    );
  });

  it('never logs what was sent', () => {
    const [stage] = all(synthesized().template(), 'AWS::ApiGateway::Stage');
    for (const setting of stage!.Properties.MethodSettings) expect(setting.DataTraceEnabled).not.toBe(true);
  });

  it('refuses limits that let nothing through', () => {
    expect(() => synthesized({ trackingLimits: { searchesPerSecond: 0 } })).toThrow(
      /trackingLimits.searchesPerSecond is 0: nothing would get through/,
    );
  });

  it("sets the account's role for logs before its stage is made, and keeps both when the stack goes", () => {
    const template = synthesized().template();
    const [[id, account]] = Object.entries(template.findResources('AWS::ApiGateway::Account')) as [
      [string, Resource],
    ];
    expect(account.DeletionPolicy).toBe('Retain');
    expect(all(template, 'AWS::ApiGateway::Stage')[0]!.DependsOn).toContain(id);
    const role =
      template.findResources('AWS::IAM::Role')[account.Properties.CloudWatchRoleArn['Fn::GetAtt'][0]];
    expect(role!.DeletionPolicy).toBe('Retain');
  });

  it("leaves the account's role for logs alone when somebody else has set it", () => {
    synthesized({ accountLogRole: false }).template().resourceCountIs('AWS::ApiGateway::Account', 0);
  });

  it('can be invoked by its own API only, and not by the test button of the console', () => {
    const sources = all(synthesized().template(), 'AWS::Lambda::Permission').map(({ Properties }) =>
      JSON.stringify(Properties.SourceArn),
    );
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) {
      expect(source).toContain('RegistryTrackingApi');
      expect(source).not.toContain('test-invoke-stage');
    }
  });

  it('tells its address', () => {
    const { stack, registry, template } = synthesized();
    const [output] = Object.values(template().findOutputs('*')).map(({ Value }) => JSON.stringify(Value));
    expect(output).toMatch(/https:\/\/.*\.execute-api\..*\/prod/);
    expect(JSON.stringify(stack.resolve(registry.trackingUri))).toBe(output);
  });

  it('is not there when it is switched off, and then has nothing to measure', () => {
    const { registry, template } = synthesized({ trackingApi: false });
    template().resourceCountIs('AWS::ApiGateway::RestApi', 0);
    template().resourceCountIs('AWS::Lambda::Function', 0);
    expect(registry.alarms).toEqual([]);
    expect(registry.trackingUri).toBeUndefined();
    expect(() => registry.metricRequests()).toThrow(/Registry\/Registry has no tracking API/);
  });
});

describe('the function behind it', () => {
  const statements = () =>
    all(synthesized().template(), 'AWS::IAM::ManagedPolicy').flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );

  it('reads and writes records of the registry, and none of the data lake that shares its table', () => {
    const dynamo = statements().filter(({ Action }) => JSON.stringify(Action).includes('dynamodb:'));
    expect(dynamo.length).toBeGreaterThan(0);
    for (const { Condition } of dynamo) {
      const keys = Condition['ForAllValues:StringLike']['dynamodb:LeadingKeys'];
      expect(keys).toContain('MODEL#*');
      expect(keys.some((key: string) => 'DATASET#flights'.startsWith(key.replace('*', '')))).toBe(false);
    }
  });

  it('changes artifacts of experiments only', () => {
    const changing = statements().filter(({ Action }) => JSON.stringify(Action).includes('s3:PutObject'));
    expect(changing).toHaveLength(1);
    expect(JSON.stringify(changing[0].Resource)).toContain('/experiments/*');
  });

  it("puts the registry's own events on the bus that was given", () => {
    const stack = new Stack(new App(), 'Registry');
    const eventBus = new events.EventBus(stack, 'Bus');
    new ModelRegistry(stack, 'Registry', { trackingApi: true, eventBus });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'events:PutEvents',
            Condition: { StringEquals: { 'events:source': 'flywheel' } },
          }),
        ]),
      }),
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({ EVENT_BUS_NAME: { Ref: Match.stringLikeRegexp('^Bus') } }),
      },
    });
  });
});

describe('alarms of the tracking API', () => {
  it('go off for server errors, throttles and slow answers, never for silence', () => {
    const { registry, template } = synthesized();
    expect(registry.alarms).toHaveLength(3);
    const alarms = all(template(), 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
    expect(alarms.map(({ MetricName }) => MetricName).sort()).toEqual(['5XXError', 'Latency', 'Throttles']);
    expect(new Set(alarms.map(({ TreatMissingData }) => TreatMissingData))).toEqual(
      new Set(['notBreaching']),
    );
  });

  it('stand on metrics of the stage, which can be had with another period or statistic', () => {
    const { registry } = synthesized();
    const metric = registry.metricLatency({ statistic: 'p50' });
    expect([metric.namespace, metric.metricName, metric.statistic]).toEqual([
      'AWS/ApiGateway',
      'Latency',
      'p50',
    ]);
    expect(registry.metricServerErrors().statistic).toBe('Sum');
  });
});

describe('TrackingAuth.jwt', () => {
  it('adds a second address where tokens of the issuer are verified before the function is called', () => {
    const { registry, template } = synthesized({ trackingAuth: TrackingAuth.jwt(JWT) });
    expect(registry.tokenTrackingUri).toBeDefined();
    template().hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      JwtConfiguration: { Issuer: JWT.issuer, Audience: JWT.audience },
    });
    const routes = all(template(), 'AWS::ApiGatewayV2::Route');
    expect(routes).toHaveLength(5);
    for (const { Properties } of routes) expect(Properties.AuthorizationType).toBe('JWT');
  });

  it('leaves the address for IAM credentials as it was', () => {
    const methods = all(
      synthesized({ trackingAuth: TrackingAuth.jwt(JWT) }).template(),
      'AWS::ApiGateway::Method',
    );
    for (const { Properties } of methods) expect(Properties.AuthorizationType).toBe('AWS_IAM');
  });

  it('tells the function which groups may log and which may promote', () => {
    synthesized({
      trackingAuth: TrackingAuth.jwt({ ...JWT, writers: ['scientists'], promoters: ['owners'] }),
    })
      .template()
      .hasResourceProperties('AWS::Lambda::Function', {
        Environment: {
          Variables: Match.objectLike({
            TRACKING_TOKEN_POLICY: JSON.stringify({
              groupsClaim: 'cognito:groups',
              writers: ['scientists'],
              promoters: ['owners'],
            }),
          }),
        },
      });
  });

  it('refuses an issuer that is no https URL, and tokens made for anybody', () => {
    expect(() => TrackingAuth.jwt({ ...JWT, issuer: 'login.example.com' })).toThrow(/is no https URL/);
    expect(() => TrackingAuth.jwt({ ...JWT, audience: [] })).toThrow(/No audience is given/);
  });
});

describe('a registry of another stack', () => {
  it('is known by its table, with the key that encrypts it', () => {
    const { stack, registry } = synthesized();
    const imported = ModelRegistry.fromTable(stack, 'Imported', registry.table, registry.artifacts);
    expect(imported.encryptionKey).toBe(registry.encryptionKey);
    expect(imported.trackingUri).toBeUndefined();
  });

  it('is refused when its table does not say which key encrypts it', () => {
    const { stack, registry } = synthesized();
    const table = dynamodb.Table.fromTableName(stack, 'Known', 'models');
    expect(() => ModelRegistry.fromTable(stack, 'Imported', table, registry.artifacts)).toThrow(
      /does not say which key encrypts it/,
    );
  });

  it('grants calls of its API when that is named', () => {
    const { stack, registry, template } = synthesized();
    const imported = ModelRegistry.fromModelRegistryAttributes(stack, 'Imported', {
      table: registry.table,
      artifacts: registry.artifacts,
      encryptionKey: registry.encryptionKey,
      trackingApiId: 'abcdefghij',
    });
    expect(imported.trackingUri).toContain('https://abcdefghij.execute-api.');
    imported.grantRead(new iam.Role(stack, 'Reader', { assumedBy: new iam.AccountRootPrincipal() }));
    expect(JSON.stringify(all(template(), 'AWS::IAM::Policy'))).toContain(
      ':abcdefghij/prod/GET/api/2.0/mlflow/*',
    );
  });
});
