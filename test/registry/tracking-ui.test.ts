import { runInNewContext } from 'node:vm';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { ModelRegistry } from '../../lib/registry/model-registry';
import { TrackingAuth } from '../../lib/registry/tracking-auth';
import { TrackingUi } from '../../lib/registry/tracking-ui';
import { API_FUNCTION, PAGES_FUNCTION } from '../../lib/registry/ui-functions';

const AUTH = TrackingAuth.jwt({ issuer: 'https://login.example.com', audience: ['client'] });

function synthesized(): Template {
  const stack = new Stack(new App(), 'Ui');
  const registry = new ModelRegistry(stack, 'Registry', { trackingApi: true, trackingAuth: AUTH });
  new TrackingUi(stack, 'Ui', { registry });
  return Template.fromStack(stack);
}

const template = synthesized();

describe('the web UI on AWS', () => {
  it('is there only for a registry that takes tokens', () => {
    const stack = new Stack(new App(), 'Ui');
    const registry = new ModelRegistry(stack, 'Registry', { trackingApi: true });
    expect(() => new TrackingUi(stack, 'Ui', { registry })).toThrow(
      /Ui\/Registry takes no tokens, and a browser cannot sign/,
    );
  });

  it('comes from a closed bucket that only its own distribution reads', () => {
    template.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: Match.objectLike({ SigningBehavior: 'always', SigningProtocol: 'sigv4' }),
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 's3:GetObject',
            Principal: { Service: 'cloudfront.amazonaws.com' },
            Condition: { StringEquals: { 'AWS:SourceArn': Match.anyValue() } },
          }),
        ]),
      }),
    });
  });

  it('sends what only the API answers to the API, uncached, and the rest to the bucket', () => {
    const [distribution] = Object.values(template.findResources('AWS::CloudFront::Distribution'));
    const { CacheBehaviors, DefaultCacheBehavior, Origins } = distribution!.Properties.DistributionConfig;
    const api = Origins.find(
      (origin: { CustomOriginConfig?: object }) => origin.CustomOriginConfig !== undefined,
    );
    const paths = CacheBehaviors.filter((each: { TargetOriginId: string }) => each.TargetOriginId === api.Id);
    expect(paths.map((each: { PathPattern: string }) => each.PathPattern).sort()).toEqual([
      '/ajax-api/*',
      '/get-artifact',
      '/graphql',
      '/login',
      '/login/callback',
      '/logout',
      '/model-versions/get-artifact',
    ]);
    expect(DefaultCacheBehavior.TargetOriginId).not.toBe(api.Id);
    expect(api.CustomOriginConfig.OriginProtocolPolicy).toBe('https-only');
  });

  it('verifies a token at every path but those of the login', () => {
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(
      ({ Properties }) => [Properties.RouteKey, Properties.AuthorizationType] as const,
    );
    expect(
      routes
        .filter(([, type]) => type === 'NONE')
        .map(([key]) => key)
        .sort(),
    ).toEqual(['GET /login', 'GET /login/callback', 'GET /logout']);
    expect(routes.filter(([, type]) => type === 'JWT')).toHaveLength(5);
  });

  it('lets no page frame it, and no artifact run in it', () => {
    const policies = Object.values(template.findResources('AWS::CloudFront::ResponseHeadersPolicy')).map(
      ({ Properties }) =>
        Properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy
          .ContentSecurityPolicy,
    );
    expect(policies).toHaveLength(2);
    expect(policies.find((policy) => policy.includes("frame-ancestors 'none'"))).toContain(
      "connect-src 'self'",
    );
    expect(policies.find((policy) => policy.startsWith('sandbox;'))).toContain("default-src 'none'");
  });

  it('gives its login no permission but its log', () => {
    const policies = Object.entries(template.findResources('AWS::IAM::ManagedPolicy')).filter(([id]) =>
      id.startsWith('UiLogin'),
    );
    expect(policies).toHaveLength(1);
    const statements = policies[0]![1].Properties.PolicyDocument.Statement;
    expect(statements.map(({ Action }: { Action: unknown }) => Action)).toEqual([
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
    ]);
  });

  it('makes no custom resource', () => {
    expect(JSON.stringify(template.toJSON())).not.toMatch(/Custom::|CustomResource/);
  });
});

/** Runs a function of CloudFront on a request. */
function run(code: string, request: object): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(
      runInNewContext(`${code}\nhandler(event)`, {
        event: { request: { uri: '/', headers: {}, cookies: {}, ...request } },
      }),
    ),
  );
}

const SESSION = { '__Host-session': { value: 'a.b.c' } };

describe('what runs at CloudFront', () => {
  it('sends who has no session to the login', () => {
    expect(run(PAGES_FUNCTION, {})).toMatchObject({
      statusCode: 302,
      headers: { location: { value: '/login' } },
    });
  });

  it("finds the page and its parts in MLflow's build folder, and shows the bucket no token", () => {
    expect(run(PAGES_FUNCTION, { cookies: SESSION })).toMatchObject({ uri: '/index.html', cookies: {} });
    expect(run(PAGES_FUNCTION, { uri: '/static-files/static/js/main.js' }).uri).toBe('/static/js/main.js');
  });

  it('hands the session on as the token, and nothing that the viewer calls one', () => {
    const forged = { authorization: { value: 'Bearer forged' } };
    expect(run(API_FUNCTION, { cookies: SESSION, headers: forged })).toMatchObject({
      headers: { authorization: { value: 'Bearer a.b.c' } },
      cookies: {},
    });
    expect(run(API_FUNCTION, { headers: forged }).headers).toEqual({});
  });
});
