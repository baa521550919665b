import { Annotations, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { Prefix } from './contract';
import { passingRules } from './lifecycle';

/**
 * Takes a bucket that is there already for the lake's. Of a bucket of the same app it is checked that it is
 * versioned, that EventBridge gets its events and that no rule expires what dataset versions consist of (at
 * synthesis); an imported bucket shows none of that.
 *
 * @throws Error naming what the bucket lacks
 * @internal
 */
export function useExistingBucket(scope: Construct, bucket: s3.IBucket): void {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof s3.CfnBucket)) {
    Annotations.of(scope).addInfo(
      `Bucket ${bucket.node.path} is imported: make sure that it is versioned, that its events go to EventBridge, and ` +
        `that its lifecycle rules expire ${Prefix.STAGING} and ${Prefix.WORK}, but no version under ${Prefix.RAW} or ${Prefix.MANIFESTS}.`,
    );
    return;
  }
  const versioning = resource.versioningConfiguration as
    | s3.CfnBucket.VersioningConfigurationProperty
    | undefined;
  if (versioning?.status !== 'Enabled') {
    throw new Error(
      `Bucket ${bucket.node.path} is not versioned: dataset versions name S3 versions. Set versioned: true.`,
    );
  }
  if (resource.notificationConfiguration === undefined && !sendsEvents(bucket)) {
    throw new Error(
      `Bucket ${bucket.node.path} does not send its events to EventBridge, so that no drop would be noticed. Set eventBridgeEnabled: true.`,
    );
  }
  scope.node.addValidation({ validate: () => expiryProblems(bucket, resource) });
  if (bucket instanceof s3.Bucket) for (const rule of passingRules()) bucket.addLifecycleRule(rule);
}

/** The L2's switch makes a custom resource below the bucket. */
const sendsEvents = (bucket: s3.IBucket): boolean => bucket.node.tryFindChild('Notifications') !== undefined;

const PRECIOUS = [Prefix.RAW, Prefix.MANIFESTS];

/** At synthesis, when all rules of the bucket are known. */
function expiryProblems(bucket: s3.IBucket, resource: s3.CfnBucket): string[] {
  const configuration: s3.CfnBucket.LifecycleConfigurationProperty | undefined = Stack.of(resource).resolve(
    resource.lifecycleConfiguration,
  );
  const rules = (configuration?.rules ?? []) as s3.CfnBucket.RuleProperty[];
  return rules.flatMap((rule) => {
    const expires =
      rule.noncurrentVersionExpiration !== undefined ||
      rule.noncurrentVersionExpirationInDays !== undefined ||
      rule.expirationInDays !== undefined ||
      rule.expirationDate !== undefined;
    const prefix = rule.prefix ?? '';
    const touches = PRECIOUS.some((folder) => folder.startsWith(prefix) || prefix.startsWith(folder));
    if (!expires || !touches) return [];
    return [
      `Lifecycle rule "${rule.id ?? ''}" of bucket ${bucket.node.path} expires objects under "${prefix}", which dataset ` +
        'versions name. Limit it to other prefixes, or remove versions with gc.',
    ];
  });
}
