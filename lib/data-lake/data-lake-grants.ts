import { Resource } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { DetailType, EVENT_SOURCE } from '../events-contract';
import { INDEX_NAME } from '../registry/contract';
import { Prefix } from './contract';
import type { IDataLake } from './data-lake-interface';
import { type DatasetEventOptions, lakeRule } from './lake-events';

/** Items of datasets, in a table that may be shared with a registry. */
const OF_DATASETS = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['DATASET#*'] } };

/** What every data lake can grant, whoever owns it. @internal */
export abstract class DataLakeBase extends Resource implements IDataLake {
  public abstract readonly bucket: s3.IBucket;
  public abstract readonly catalog: dynamodb.ITable;
  public abstract readonly encryptionKey: kms.IKey;
  public abstract readonly eventBus: events.IEventBus;

  public onDatasetVersionCreated(id: string, options: DatasetEventOptions = {}): events.Rule {
    return lakeRule(this, id, DetailType.DATASET_VERSION_CREATED, options);
  }

  public onDropQuarantined(id: string, options: DatasetEventOptions = {}): events.Rule {
    return lakeRule(this, id, DetailType.DROP_QUARANTINED, options);
  }

  public onDatasetUnchanged(id: string, options: DatasetEventOptions = {}): events.Rule {
    return lakeRule(this, id, DetailType.DATASET_UNCHANGED, options);
  }

  public grantAccept(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['events:PutEvents'],
      resourceArns: [this.eventBus.eventBusArn],
      conditions: {
        StringEquals: {
          'events:source': EVENT_SOURCE,
          'events:detail-type': DetailType.DATASET_ACCEPT_REQUESTED,
        },
      },
    }).combine(this.grantReadDatasets(grantee));
  }

  public grantCollectGarbage(grantee: iam.IGrantable): iam.Grant {
    const prefixes = [Prefix.RAW, Prefix.MANIFESTS, Prefix.REPORTS];
    const all = prefixes.map((prefix) => `${prefix}*`);
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['s3:ListBucketVersions'],
      resourceArns: [this.bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': all } },
    })
      .combine(this.grantObjects(grantee, ['s3:DeleteObjectVersion'], all, []))
      .combine(
        iam.Grant.addToPrincipal({
          grantee,
          actions: ['dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'],
          resourceArns: [this.catalog.tableArn],
          conditions: OF_DATASETS,
        }),
      )
      .combine(this.grantCatalogKey(grantee, 'kms:GenerateDataKey'))
      .combine(this.grantReadDatasets(grantee));
  }

  public grantTag(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:UpdateItem'],
      resourceArns: [this.catalog.tableArn],
      conditions: OF_DATASETS,
    })
      .combine(this.grantCatalogKey(grantee, 'kms:GenerateDataKey'))
      .combine(this.grantReadDatasets(grantee));
  }

  public grantDrop(grantee: iam.IGrantable, dataset: string): iam.Grant {
    return this.grantObjects(
      grantee,
      ['s3:PutObject'],
      [`${Prefix.RAW}${dataset}/*`],
      ['kms:Decrypt', 'kms:GenerateDataKey'],
    );
  }

  public grantReadDatasets(grantee: iam.IGrantable): iam.Grant {
    const records = iam.Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:GetItem', 'dynamodb:Query'],
      resourceArns: [this.catalog.tableArn, `${this.catalog.tableArn}/index/${INDEX_NAME}`],
      conditions: OF_DATASETS,
    });
    const evidence = [Prefix.MANIFESTS, Prefix.SCHEMAS, Prefix.REPORTS].map((prefix) => `${prefix}*`);
    return records
      .combine(this.grantCatalogKey(grantee, 'kms:Decrypt'))
      .combine(this.grantTellMissing(grantee))
      .combine(this.grantObjects(grantee, ['s3:GetObjectVersion'], [`${Prefix.RAW}*`], ['kms:Decrypt']))
      .combine(this.grantObjects(grantee, ['s3:GetObject'], evidence, []));
  }

  /** A shared catalog has the key of its owner. */
  private grantCatalogKey(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    return (this.catalog.encryptionKey ?? this.encryptionKey).grant(grantee, ...actions);
  }

  /** Without it S3 answers for a missing object, such as a schema, with AccessDenied, not with NoSuchKey. */
  private grantTellMissing(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['s3:ListBucket'],
      resourceArns: [this.bucket.bucketArn],
    });
  }

  public grantWriteStaging(grantee: iam.IGrantable): iam.Grant {
    const actions = ['s3:PutObject', 's3:AbortMultipartUpload'];
    return this.grantObjects(
      grantee,
      actions,
      [`${Prefix.STAGING}*`],
      ['kms:Decrypt', 'kms:GenerateDataKey'],
    );
  }

  public grantReadStaging(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['s3:ListBucket'],
      resourceArns: [this.bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': [`${Prefix.STAGING}*`] } },
    }).combine(this.grantObjects(grantee, ['s3:GetObject'], [`${Prefix.STAGING}*`], ['kms:Decrypt']));
  }

  private grantObjects(
    grantee: iam.IGrantable,
    actions: string[],
    keys: string[],
    keyActions: string[],
  ): iam.Grant {
    const objects = iam.Grant.addToPrincipal({
      grantee,
      actions,
      resourceArns: keys.map((key) => this.bucket.arnForObjects(key)),
    });
    return keyActions.length === 0
      ? objects
      : objects.combine(this.encryptionKey.grant(grantee, ...keyActions));
  }
}
