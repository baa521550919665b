import type { IResource } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { DatasetEventOptions } from './lake-events';

/** Where data lands and becomes dataset versions. */
export interface IDataLake extends IResource {
  /** Data under `raw/<dataset>/`, and what is made of it. */
  readonly bucket: s3.IBucket;
  /** Dataset versions and which of them is current. */
  readonly catalog: dynamodb.ITable;
  /** Encrypts the bucket. */
  readonly encryptionKey: kms.IKey;
  /** Where the lake's events go. */
  readonly eventBus: events.IEventBus;
  /** Lets the grantee drop objects of one dataset, or of all with `*`. */
  grantDrop(grantee: iam.IGrantable, dataset: string): iam.Grant;
  /** Lets the grantee read dataset versions: their records, manifests, schemas, reports and bytes. */
  grantReadDatasets(grantee: iam.IGrantable): iam.Grant;
  /** Lets the grantee write copies of dataset versions under `staging/`, which are gone after 7 days. */
  grantWriteStaging(grantee: iam.IGrantable): iam.Grant;
  /** Lets the grantee, for example a training job, read staged copies. */
  grantReadStaging(grantee: iam.IGrantable): iam.Grant;
  /** Lets the grantee let the content of quarantined versions through, with a reason, and see what it is. */
  grantAccept(grantee: iam.IGrantable): iam.Grant;
  /** Lets the grantee set and take away tags of dataset versions, and see the versions. */
  grantTag(grantee: iam.IGrantable): iam.Grant;
  /**
   * Lets the grantee remove dataset versions, with the bytes that no other version names, for good.
   *
   * `flywheel data gc` reads as well which models were made of which version. Where the lake shares its table with a
   * registry, let the grantee read that too: `registry.grantRead(grantee)`.
   */
  grantCollectGarbage(grantee: iam.IGrantable): iam.Grant;
  /** Adds a rule for the event `Dataset Version Created`: a dataset has other content now. */
  onDatasetVersionCreated(id: string, options?: DatasetEventOptions): events.Rule;
  /** Adds a rule for the event `Drop Quarantined`: files were kept out, with a report. */
  onDropQuarantined(id: string, options?: DatasetEventOptions): events.Rule;
  /** Adds a rule for the event `Dataset Unchanged`: a drop made no other content. */
  onDatasetUnchanged(id: string, options?: DatasetEventOptions): events.Rule;
}
