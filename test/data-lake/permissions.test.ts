import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { DataLake } from '../../lib/data-lake/data-lake';

// biome-ignore lint/suspicious/noExplicitAny: templates are plain JSON
type Json = any;

test('the function that closes drops may check, as it commits, that no other drop was closed', () => {
  const stack = new Stack(new App(), 'Test');
  new DataLake(stack, 'DataLake');
  const policies: Json[] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::ManagedPolicy'));
  const statements: Json[] = policies.flatMap((policy) => policy.Properties.PolicyDocument.Statement);
  const checks = statements.filter(({ Action }) => [Action].flat().includes('dynamodb:ConditionCheckItem'));
  expect(checks).toHaveLength(1);
  expect(checks[0].Action).toContain('dynamodb:BatchWriteItem');
});
