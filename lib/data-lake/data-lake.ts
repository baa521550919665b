import { Duration, Lazy, RemovalPolicy, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { CatalogTable } from './catalog-table';
import { DATASET_NAME, DEFAULT_CHANGES_PER_FUNCTION, DEFAULT_QUIET_PERIOD_SECONDS } from './contract';
import { DataLakeBase } from './data-lake-grants';
import type { IDataLake } from './data-lake-interface';
import type { DataLakeProps, DatasetOptions } from './data-lake-props';
import { DropPipeline } from './drop-pipeline';
import { useExistingBucket } from './existing-bucket';
import { LakeBucket } from './lake-bucket';
import { validQuietSeconds } from './quiet-period';

export type { IDataLake } from './data-lake-interface';
export type { DataLakeProps, DatasetOptions, DatasetProps } from './data-lake-props';
export type { DatasetEventOptions } from './lake-events';

/** What identifies a data lake that another stack owns. */
export interface DataLakeAttributes {
  readonly bucket: s3.IBucket;
  readonly catalog: dynamodb.ITable;
  readonly encryptionKey: kms.IKey;
  /** @default - the account's default bus */
  readonly eventBus?: events.IEventBus;
}

/**
 * A landing zone that turns drops of files into dataset versions: objects under `raw/<dataset>/`
 * that land together become one version, named by the digest of its bytes, once they pass the checks of the
 * dataset's schema, if they are tables. Files that fail are kept out with a report; the same bytes again change nothing.
 *
 * Puts `Dataset Version Created`, `Drop Quarantined` and `Dataset Unchanged` on the bus. Costs nothing
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
      public readonly eventBus: events.IEventBus;

      constructor() {
        super(scope, id);
        this.eventBus = attributes.eventBus ?? defaultBus(this);
      }
    }
    return new Import();
  }

  /**
   * A data lake in a bucket that is there already, with all that the bucket lacks. See `DataLakeProps.bucket` for
   * what the bucket must have.
   */
  public static fromBucket(scope: Construct, id: string, bucket: s3.IBucket): DataLake {
    return new DataLake(scope, id, { bucket });
  }

  public readonly bucket: s3.IBucket;
  public readonly catalog: dynamodb.ITable;
  public readonly encryptionKey: kms.IKey;
  public readonly eventBus: events.IEventBus;
  /** Receives the access log of the bucket; other buckets of the app can log there as well. */
  public readonly serverAccessLogs?: s3.IBucket;
  /** Fire when something that landed could not be processed: give them an action. */
  public readonly deadLetterAlarms: cloudwatch.Alarm[];

  private readonly quietPeriods: Record<string, number> = {};

  /** @throws Error when a setting is out of its limits, or when a given bucket lacks what the lake needs */
  constructor(scope: Construct, id: string, props: DataLakeProps = {}) {
    super(scope, id);
    const quietPeriod = props.quietPeriod ?? Duration.seconds(DEFAULT_QUIET_PERIOD_SECONDS);
    const quietSeconds = validQuietSeconds(quietPeriod);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const changesPerFunction = validChanges(props.changesPerFunction ?? DEFAULT_CHANGES_PER_FUNCTION);
    this.encryptionKey =
      props.encryptionKey ??
      props.bucket?.encryptionKey ??
      new kms.Key(this, 'Key', {
        description: 'Encrypts the data lake and its catalog',
        enableKeyRotation: true,
        removalPolicy,
      });
    if (props.bucket === undefined) {
      const { encryptionKey } = this;
      const { serverAccessLogs } = props;
      const lake = new LakeBucket(this, 'Lake', { encryptionKey, serverAccessLogs, removalPolicy });
      this.bucket = lake.bucket;
      this.serverAccessLogs = lake.serverAccessLogs;
    } else {
      useExistingBucket(this, props.bucket);
      this.bucket = props.bucket;
      this.serverAccessLogs = props.serverAccessLogs;
    }
    this.catalog =
      props.catalog ??
      new CatalogTable(this, 'Catalog', { encryptionKey: this.encryptionKey, removalPolicy }).table;
    this.eventBus = props.eventBus ?? defaultBus(this);
    const drops = new DropPipeline(this, 'Drops', {
      bucket: this.bucket,
      catalog: this.catalog,
      encryptionKey: this.encryptionKey,
      eventBus: this.eventBus,
      quietSeconds,
      datasetQuietPeriods: Lazy.string({ produce: () => JSON.stringify(this.quietPeriods) }),
      changesPerFunction,
    });
    this.deadLetterAlarms = drops.alarms;
    for (const { name, ...options } of props.datasets ?? []) this.addDataset(name, options);
  }

  /**
   * Gives a dataset settings of its own.
   *
   * @throws Error when the name is no name of a dataset, or a setting is out of its limits
   */
  public addDataset(name: string, options: DatasetOptions): void {
    if (!DATASET_NAME.test(name)) {
      throw new Error(
        `"${name}" is no name of a dataset: it has 1 to 63 letters, digits, dots, hyphens and underscores, and begins ` +
          'with a letter or a digit.',
      );
    }
    if (options.quietPeriod === undefined) return;
    this.quietPeriods[name] = validQuietSeconds(options.quietPeriod, `quietPeriod of dataset "${name}"`);
  }
}

function defaultBus(scope: Construct): events.IEventBus {
  return events.EventBus.fromEventBusName(scope, 'DefaultBus', 'default');
}

function validChanges(changes: number): number {
  const valid = Number.isInteger(changes) && changes >= 1 && changes <= DEFAULT_CHANGES_PER_FUNCTION;
  if (Token.isUnresolved(changes) || !valid) {
    throw new Error(
      `changesPerFunction must be a whole number from 1 to ${DEFAULT_CHANGES_PER_FUNCTION}; got ${changes}.`,
    );
  }
  return changes;
}
