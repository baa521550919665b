import { Duration } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Prefix, STAGING_DAYS, WORK_DAYS } from './contract';

/**
 * Rules for what passes: staged copies, parts of large closings, superseded states of a cache. No rule ever expires
 * versions under `raw/` or `manifests/`: dataset versions name them, and only `gc` knows which ones no longer do.
 *
 * @internal
 */
export function passingRules(): s3.LifecycleRule[] {
  const gone = (id: string, prefix: string, days: number): s3.LifecycleRule[] => [
    {
      id: `expire-${id}`,
      prefix,
      expiration: Duration.days(days),
      noncurrentVersionExpiration: Duration.days(1),
    },
    { id: `tidy-${id}`, prefix, expiredObjectDeleteMarker: true },
  ];
  return [
    { id: 'abort-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
    ...gone('staged', Prefix.STAGING, STAGING_DAYS),
    ...gone('work', Prefix.WORK, WORK_DAYS),
    { id: 'expire-seen', prefix: Prefix.SEEN, noncurrentVersionExpiration: Duration.days(1) },
  ];
}
