import { describe, expect, test } from 'vitest';
import { deployed } from './deployable-app';
import { identityStatements, resourceStatements, type Statement, trustStatements } from './policies';
import { resourcesOf } from './synthesise';

const synthesised = deployed();

/** Actions that know no resource, so that `*` is the only one that can be named. */
const WITHOUT_RESOURCE = [
  'cloudwatch:PutMetricData',
  'ecr:GetAuthorizationToken',
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
  'sagemaker:ListEndpointConfigs',
  'sagemaker:ListModels',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/** The role of the account by which API Gateway logs for every API, also those of others; see docs/registry.md. */
const OF_THE_ACCOUNT = /AccountLogRole[0-9A-F]{8}$/;

/** Services that act for many accounts: without the account's number they could be made to act for another's. */
const CONFUSABLE = ['states', 'sagemaker', 'events', 'scheduler'].map((name) => `${name}.amazonaws.com`);

const allowed = identityStatements(synthesised).filter(({ effect }) => effect === 'Allow');
const conditionKeys = ({ conditions }: Statement) => Object.values(conditions).flatMap((c) => Object.keys(c));
const named = (statements: readonly Statement[]) =>
  statements.map(({ holder, actions, resources }) => `${holder}: ${actions} on ${resources}`);

describe('what roles may do', () => {
  test('is said action by action', () => {
    expect(allowed.length).toBeGreaterThan(0);
    expect(named(allowed.filter(({ actions }) => actions.some((action) => action.includes('*'))))).toEqual(
      [],
    );
  });

  test('is bound to resources, unless the action knows none', () => {
    const loose = allowed.filter(
      ({ holder, resources, actions }) =>
        !OF_THE_ACCOUNT.test(holder) &&
        resources.includes('*') &&
        actions.some((action) => !WITHOUT_RESOURCE.includes(action)),
    );
    expect(named(loose)).toEqual([]);
  });

  test('is said in allowances only, never by what is left out', () => {
    const all = [...allowed, ...resourceStatements(synthesised), ...trustStatements(synthesised)];
    expect(all.filter(({ effect, negations }) => effect === 'Allow' && negations.length > 0)).toEqual([]);
  });

  test('includes passing a role only to the service that it is meant for', () => {
    const passing = allowed.filter(({ actions }) => actions.includes('iam:PassRole'));
    expect(passing.length).toBeGreaterThan(0);
    const loose = passing.filter(
      (statement) =>
        statement.conditions.StringEquals?.['iam:PassedToService'] === undefined ||
        statement.resources.some((resource) => resource.includes('*')),
    );
    expect(named(loose)).toEqual([]);
  });

  test('includes writing metrics only to a namespace of its own', () => {
    const loose = allowed.filter(
      (statement) =>
        statement.actions.includes('cloudwatch:PutMetricData') &&
        !conditionKeys(statement).includes('cloudwatch:namespace'),
    );
    expect(named(loose)).toEqual([]);
  });

  test('comes from policies of their own, never from those that AWS manages', () => {
    const managed = resourcesOf(synthesised, 'AWS::IAM::Role').filter(([, { Properties }]) =>
      JSON.stringify(Properties?.ManagedPolicyArns ?? []).includes(':iam::aws:'),
    );
    expect(managed.map(([id]) => id)).toEqual([]);
  });
});

describe('who may use roles and resources', () => {
  test('names the account where a service acts for many', () => {
    const loose = trustStatements(synthesised).filter((statement) => {
      const service = (statement.principal as { Service?: string }).Service;
      return CONFUSABLE.includes(service ?? '') && !conditionKeys(statement).includes('aws:SourceAccount');
    });
    expect(named(loose)).toEqual([]);
  });

  test('is never everybody', () => {
    const open = resourceStatements(synthesised).filter(
      ({ effect, principal }) =>
        effect === 'Allow' && (principal === '*' || (principal as { AWS?: unknown })?.AWS === '*'),
    );
    expect(named(open)).toEqual([]);
  });

  test('is, for a function, one source', () => {
    const open = resourcesOf(synthesised, 'AWS::Lambda::Permission').filter(
      ([, { Properties }]) => Properties?.SourceArn === undefined,
    );
    expect(open.map(([id]) => id)).toEqual([]);
  });
});
