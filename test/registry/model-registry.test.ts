import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { ModelRegistry, type ModelRegistryProps } from '../../lib/registry/model-registry';

function synthesized(props?: ModelRegistryProps): {
  stack: Stack;
  template: () => Template;
  registry: ModelRegistry;
} {
  const stack = new Stack(new App(), 'Registry');
  return {
    stack,
    registry: new ModelRegistry(stack, 'Registry', props),
    template: () => Template.fromStack(stack),
  };
}

describe('ModelRegistry', () => {
  it('keeps its records: on demand, encrypted, recoverable, protected from deletion', () => {
    synthesized()
      .template()
      .hasResource('AWS::DynamoDB::Table', {
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [
            { AttributeName: 'PK', KeyType: 'HASH' },
            { AttributeName: 'SK', KeyType: 'RANGE' },
          ],
          GlobalSecondaryIndexes: [Match.objectLike({ IndexName: 'GSI1' })],
          TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          SSESpecification: Match.objectLike({ SSEType: 'KMS' }),
          DeletionProtectionEnabled: true,
        },
      });
  });

  it('keeps every version of an artifact in a private, encrypted, logged bucket that refuses plain HTTP', () => {
    const template = synthesized().template();
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        LoggingConfiguration: Match.objectLike({ LogFilePrefix: 'artifacts/' }),
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            Match.objectLike({
              ServerSideEncryptionByDefault: Match.objectLike({ SSEAlgorithm: 'aws:kms' }),
            }),
          ],
        },
      },
    });
    template.allResourcesProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  it('rotates its key', () => {
    synthesized().template().hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  it('can be deleted when asked for, without a custom resource', () => {
    const template = synthesized({ removalPolicy: RemovalPolicy.DESTROY, trackingApi: false }).template();
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: { DeletionProtectionEnabled: false },
    });
    expect(Object.keys(template.findResources('AWS::Lambda::Function'))).toEqual([]);
    expect(JSON.stringify(template.toJSON())).not.toContain('Custom::');
  });

  it('grants reading of one prefix of the artifacts and of nothing else', () => {
    const { stack, registry, template } = synthesized();
    const role = new iam.Role(stack, 'Reader', { assumedBy: new iam.AccountRootPrincipal() });
    registry.grantReadArtifacts(role, 'runs/');
    const statements = Object.values(template().findResources('AWS::IAM::Policy')).flatMap(
      (policy) => policy.Properties.PolicyDocument.Statement,
    );
    expect(statements.map((statement) => statement.Action)).toEqual(['s3:GetObject', 'kms:Decrypt']);
    expect(JSON.stringify(statements[0].Resource)).toContain('/runs/*');
  });

  it('can be taken over from another stack', () => {
    const { stack, registry } = synthesized();
    const imported = ModelRegistry.fromModelRegistryAttributes(stack, 'Imported', {
      table: registry.table,
      artifacts: registry.artifacts,
      encryptionKey: registry.encryptionKey,
    });
    expect(imported.table).toBe(registry.table);
  });
});
