import { Duration, type IResource, RemovalPolicy } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { CatalogTable } from './catalog-table';
import { DEFAULT_QUIET_PERIOD_SECONDS } from './contract';
import { DataLakeBase } from './data-lake-grants';
import { DropPipeline } from './drop-pipeline';
import { LakeBucket } from './lake-bucket';
import { validQuietSeconds } from './quiet-period';

/** Where data lands and becomes dataset versions. */
export interface IDataLake extends IResource {
  /** Data under `raw/<dataset>/`, and what is made of it. */
  readonly bucket: s3.IBucket;
  /** Dataset versions and which of them is current. */
  readonly catalog: dynamodb.ITable;
  /** Encrypts the bucket. */
  readonly encryptionKey: kms.IKey;
  /** Lets the grantee drop objects of one dataset, or of all with `*`. */
  grantDrop(grantee: iam.IGrantable, dataset: string): iam.Grant;
  /** Lets the grantee read dataset versions: their records, manifests, schemas, reports and bytes. */
  grantReadDatasets(grantee: iam.IGrantable): iam.Grant;
  /** Lets the grantee write copies of dataset versions under `staging/`, which are gone after 7 days. */
  grantWriteStaging(grantee: iam.IGrantable): iam.Grant;
  /** Lets the grantee, for example a training job, read staged copies. */
  grantReadStaging(grantee: iam.IGrantable): iam.Grant;
}

export interface DataLakeProps {
  /**
   * Encrypts the bucket, and the catalog when the lake has its own.
   *
   * @default - a key of its own, with yearly rotation
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
   * Table that keeps dataset versions, with the keys of a `ModelRegistry`'s table.
   *
   * @default - a table of its own
   */
  readonly catalog?: dynamodb.ITable;
  /**
   * Receives the access log of the bucket. An imported bucket must let `logging.s3.amazonaws.com` write.
   *
   * @default - a bucket of its own
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

/** What identifies a data lake that another stack owns. */
export interface DataLakeAttributes {
  readonly bucket: s3.IBucket;
  readonly catalog: dynamodb.ITable;
  readonly encryptionKey: kms.IKey;
}

/**
 * A landing zone that turns drops of CSV files (plain or gzip) into dataset versions: objects under `raw/<dataset>/`
 * that land together become one version, named by the digest of its bytes, once they pass the checks of the
 * dataset's schema. Files that fail are kept out with a report; the same bytes again change nothing.
 *
 * Puts `Dataset Version Created`, `Dataset Version Quarantined` and `Dataset Unchanged` on the bus. Costs nothing
 * while nothing lands, apart from storage, alarms and the encryption key.
 */
export class DataLake extends DataLakeBase {
  /** A data lake that another stack owns. */
  public static fromDataLakeAttributes(
    scope: Construct,
    id: string,
    attributes: DataLakeAttributes,
  ): IDataLake {
    class Import extends DataLakeBase {
      public readonly bucket = attributes.bucket;
      public readonly catalog = attributes.catalog;
      public readonly encryptionKey = attributes.encryptionKey;
    }
    return new Import(scope, id);
  }

  public readonly bucket: s3.IBucket;
  public readonly catalog: dynamodb.ITable;
  public readonly encryptionKey: kms.IKey;
  /** Receives the access log of the bucket; other buckets of the app can log there as well. */
  public readonly serverAccessLogs: s3.IBucket;
  /** Fire when something that landed could not be processed: give them an action. */
  public readonly deadLetterAlarms: cloudwatch.Alarm[];

  /** @throws Error when the quiet period is out of its limits */
  constructor(scope: Construct, id: string, props: DataLakeProps = {}) {
    super(scope, id);
    const quietPeriod = props.quietPeriod ?? Duration.seconds(DEFAULT_QUIET_PERIOD_SECONDS);
    const quietSeconds = validQuietSeconds(quietPeriod);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    this.encryptionKey =
      props.encryptionKey ??
      new kms.Key(this, 'Key', {
        description: 'Encrypts the data lake and its catalog',
        enableKeyRotation: true,
        removalPolicy,
      });
    const lake = new LakeBucket(this, 'Lake', {
      encryptionKey: this.encryptionKey,
      serverAccessLogs: props.serverAccessLogs,
      removalPolicy,
    });
    this.bucket = lake.bucket;
    this.serverAccessLogs = lake.serverAccessLogs;
    this.catalog =
      props.catalog ??
      new CatalogTable(this, 'Catalog', { encryptionKey: this.encryptionKey, removalPolicy }).table;
    const drops = new DropPipeline(this, 'Drops', {
      bucket: this.bucket,
      catalog: this.catalog,
      encryptionKey: this.encryptionKey,
      eventBus: props.eventBus ?? events.EventBus.fromEventBusName(this, 'DefaultBus', 'default'),
      quietSeconds,
    });
    this.deadLetterAlarms = drops.alarms;
  }
}
