import { type App, CfnParameter, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { describe, expect, test } from 'vitest';
import { deployableApp, deployed } from './deployable-app';
import { compare, lines, readLedger } from './ledger';
import { nagFindings } from './nag';
import { type Compose, synthesise } from './synthesise';

const ledger = readLedger();
const findingsOf = (compose: Compose) => nagFindings(synthesise(compose));

function withPolicyForEverything(app: App): Stack {
  const stack = deployableApp(app);
  new iam.ManagedPolicy(stack, 'Planted', {
    statements: [new iam.PolicyStatement({ actions: ['*'], resources: ['*'] })],
  });
  return stack;
}

describe('cdk-nag, with the pack AwsSolutions', () => {
  const findings = nagFindings(deployed());

  test('finds nothing in the deployable app but what the ledger accepts', () => {
    expect(lines(compare(findings, ledger).open)).toEqual([]);
  });

  test('still finds everything that the ledger accepts', () => {
    expect(compare(findings, ledger).stale).toEqual([]);
  });

  test('reports a policy that allows everything on everything', () => {
    expect(lines(compare(findingsOf(withPolicyForEverything), ledger).open)).toEqual([
      'AwsSolutions-IAM5[Action::*]  at FlightDelays/Planted/Resource',
      'AwsSolutions-IAM5[Resource::*]  at FlightDelays/Planted/Resource',
    ]);
  });

  test('reports a rule that could not judge a resource', () => {
    const bare: Compose = (app) => {
      const stack = new Stack(app, 'Bare');
      const runtime = new CfnParameter(stack, 'Runtime').valueAsString;
      new lambda.CfnFunction(stack, 'Odd', { role: 'arn:aws:iam::123456789012:role/r', code: {}, runtime });
      return stack;
    };
    expect(lines(compare(findingsOf(bare), ledger).open)).toContainEqual(
      expect.stringContaining('could not be evaluated  at Bare/Odd'),
    );
  });
});

describe('the ledger', () => {
  test('gives a reason for each entry', () => {
    expect(ledger.filter(({ reason }) => reason.length < 40)).toEqual([]);
  });

  test('has each entry once', () => {
    expect(new Set(lines(ledger)).size).toBe(ledger.length);
  });

  test('accepts a finding only with the same detail at the same place', () => {
    const entry = { finding: 'R-1[Resource::*]', at: 'App/A/Policy', reason: '' };
    const found = (finding: string, at: string) => compare([{ finding, at }], [entry]).open.length === 0;
    expect(found('R-1[Resource::*]', 'App/A/Policy')).toBe(true);
    expect(found('R-1[Resource::x]', 'App/A/Policy')).toBe(false);
    expect(found('R-1[Resource::*]', 'App/B/Policy')).toBe(false);
  });
});
