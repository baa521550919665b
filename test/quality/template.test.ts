import { describe, expect, test } from 'vitest';
import { deployed } from './deployable-app';
import { cfnLint } from './python';
import { resourcesOf } from './synthesise';

const synthesised = deployed();
const resources = synthesised.templates.flatMap(({ template }) => Object.entries(template.Resources));

/** Warnings of cfn-lint that are right as they are. */
const ACCEPTED_WARNINGS: Record<string, string> = {
  W3005: 'CDK makes a function depend on its role and on everything below it, which GetAtt says already.',
};

/** What holds data that cannot be made again. */
const STATEFUL = ['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable', 'AWS::KMS::Key'];

/** What the template must do without: the laptop runtime has none, and nothing here may depend on where it runs. */
const ABSENT =
  /^(AWS::SageMaker::|AWS::ApplicationAutoScaling::|AWS::CloudWatch::CompositeAlarm$|AWS::Logs::MetricFilter$|Custom::|AWS::CloudFormation::CustomResource$)/;

describe('the template', () => {
  test('passes cfn-lint', () => {
    const matches = cfnLint(synthesised.templates.map(({ file }) => file));
    expect(matches.filter(({ rule }) => !(rule in ACCEPTED_WARNINGS))).toEqual([]);
    const unused = Object.keys(ACCEPTED_WARNINGS).filter((id) => !matches.some(({ rule }) => rule === id));
    expect(unused).toEqual([]);
  });

  test('keeps what holds data, when it is deleted and when it is replaced', () => {
    const stateful = resources.filter(([, { Type }]) => STATEFUL.includes(Type));
    expect(stateful.length).toBeGreaterThan(0);
    const lost = stateful.filter(
      ([, resource]) => resource.DeletionPolicy !== 'Retain' || resource.UpdateReplacePolicy !== 'Retain',
    );
    expect(lost.map(([id]) => id)).toEqual([]);
  });

  test('has no resource that runs code while it is deployed, and none that a laptop lacks', () => {
    expect(
      resources.filter(([, { Type }]) => ABSENT.test(Type)).map(([id, { Type }]) => `${id}: ${Type}`),
    ).toEqual([]);
  });

  test('says for each alarm what missing data means', () => {
    const silent = resourcesOf(synthesised, 'AWS::CloudWatch::Alarm').filter(
      ([, { Properties }]) => Properties?.TreatMissingData === undefined,
    );
    expect(silent.map(([id]) => id)).toEqual([]);
  });

  test('gives each rule a dead-letter queue and says how long it tries', () => {
    const targets = resourcesOf(synthesised, 'AWS::Events::Rule').flatMap(([id, { Properties }]) =>
      ((Properties?.Targets ?? []) as Record<string, unknown>[]).map((target) => [id, target] as const),
    );
    const lossy = targets.filter(([, target]) => !target.DeadLetterConfig || !target.RetryPolicy);
    expect(lossy.map(([id]) => id)).toEqual([]);
  });

  test('runs functions on the runtime and the processor that the bundles are made for', () => {
    const kinds = resourcesOf(synthesised, 'AWS::Lambda::Function').map(
      ([, { Properties }]) => `${Properties?.Runtime} ${Properties?.Architectures}`,
    );
    expect(new Set(kinds)).toEqual(new Set(['nodejs24.x arm64']));
  });
});
