import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';

/** Settings of one dataset. */
export interface DatasetOptions {
  /**
   * Objects that land within this time of each other are one drop: 1 second to 15 minutes, in whole seconds.
   *
   * @default - that of the lake
   */
  readonly quietPeriod?: Duration;
}

/** A dataset with settings of its own. */
export interface DatasetProps extends DatasetOptions {
  /** The folder below `raw/`: 1 to 63 letters, digits, dots, hyphens and underscores. */
  readonly name: string;
}

export interface DataLakeProps {
  /**
   * The bucket, when there is one already. It must be versioned and send its events to EventBridge, which is checked
   * of a bucket of the same app; such a bucket also gets the lake's lifecycle rules, an imported one needs them:
   * `staging/` and `work/` expire, versions under `raw/` and `manifests/` never do.
   *
   * @default - a bucket of its own
   */
  readonly bucket?: s3.IBucket;
  /**
   * Encrypts the bucket, and the catalog when the lake has its own.
   *
   * @default - the key of the given bucket, or a key of its own, with yearly rotation
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Where the lake's events go. S3's own events always arrive on the default bus.
   *
   * @default - the account's default bus
   */
  readonly eventBus?: events.IEventBus;
  /**
   * Objects that land within this time of each other are one drop: 1 second to 15 minutes, in whole seconds. A
   * `_SUCCESS` marker ends a drop at once.
   *
   * @default Duration.minutes(2)
   */
  readonly quietPeriod?: Duration;
  /**
   * Datasets with settings of their own. Others need not be named: a dataset is what lies under `raw/<dataset>/`.
   *
   * @default - none
   */
  readonly datasets?: DatasetProps[];
  /**
   * As many changed objects of a drop are looked at by one function; the changes of a larger drop are split between
   * several. From 1 to 5,000.
   *
   * @default 5000
   */
  readonly changesPerFunction?: number;
  /**
   * Table that keeps dataset versions, with the keys of a `ModelRegistry`'s table.
   *
   * @default - a table of its own
   */
  readonly catalog?: dynamodb.ITable;
  /**
   * Receives the access log of the bucket. An imported bucket must let `logging.s3.amazonaws.com` write.
   *
   * @default - a bucket of its own; none when the bucket is given
   */
  readonly serverAccessLogs?: s3.IBucket;
  /**
   * What happens to data when the construct is removed. With `DESTROY` the table may be deleted, the bucket only
   * when it is empty.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}
