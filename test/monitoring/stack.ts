import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ModelMonitor, type ModelMonitorProps } from '../../lib/monitoring/model-monitor';
import { ModelRegistry } from '../../lib/registry/model-registry';

// biome-ignore lint/suspicious/noExplicitAny: templates are plain JSON
export type Json = any;

/** A stack with nothing but a monitor: its neighbours belong to others. */
export function stackWithMonitor(props: (stack: Stack) => Partial<ModelMonitorProps> = () => ({})): {
  monitor: ModelMonitor;
  template: Template;
} {
  const stack = new Stack(new App(), 'Test', { env: { account: '123456789012', region: 'eu-central-1' } });
  const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', keyArn('registry'));
  const registry = ModelRegistry.fromModelRegistryAttributes(stack, 'Registry', {
    table: dynamodb.Table.fromTableName(stack, 'Table', 'registry'),
    artifacts: s3.Bucket.fromBucketName(stack, 'Artifacts', 'artifacts'),
    encryptionKey,
  });
  const captureBucket = s3.Bucket.fromBucketAttributes(stack, 'Captures', {
    bucketName: 'captures',
    encryptionKey: kms.Key.fromKeyArn(stack, 'CaptureKey', keyArn('captures')),
  });
  const monitor = new ModelMonitor(stack, 'Monitor', {
    modelName: 'flights',
    registry,
    captureBucket,
    ...props(stack),
  });
  return { monitor, template: Template.fromStack(stack) };
}

export const keyArn = (name: string): string => `arn:aws:kms:eu-central-1:123456789012:key/${name}`;
