import type { RemovalPolicy } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { TrackingAuth } from './tracking-auth';
import type { TrackingLimits } from './tracking-limits';

/** Settings of a ModelRegistry; none is needed. */
export interface ModelRegistryProps {
  /**
   * Encrypts the table and the artifacts.
   *
   * @default - a key of its own, with yearly rotation
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Receives the access log of the artifacts bucket.
   *
   * @default - a bucket of its own
   */
  readonly serverAccessLogs?: s3.IBucket;
  /**
   * What happens to records and artifacts when the construct is removed. With `DESTROY` the table may be deleted,
   * the bucket only when it is empty.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Whether there is an API for MLflow's clients.
   *
   * @default true
   */
  readonly trackingApi?: boolean;
  /**
   * How callers of the tracking API prove who they are.
   *
   * @default TrackingAuth.iam()
   */
  readonly trackingAuth?: TrackingAuth;
  /**
   * How much the tracking API takes.
   *
   * @default - 200 requests and 50 searches of runs per second
   */
  readonly trackingLimits?: TrackingLimits;
  /**
   * Receives the registry's events.
   *
   * @default - the account's default bus
   */
  readonly eventBus?: events.IEventBus;
  /**
   * Whether to set the role by which API Gateway writes logs: a setting of the whole account and region, needed once.
   * With `false` somebody else has set it.
   *
   * @default true
   */
  readonly accountLogRole?: boolean;
}
