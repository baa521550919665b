import { Resource } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { INDEX_NAME } from '../registry/contract';
import { Prefix } from './contract';
import type { IDataLake } from './data-lake';

/** What every data lake can grant, whoever owns it. @internal */
export abstract class DataLakeBase extends Resource implements IDataLake {
  public abstract readonly bucket: s3.IBucket;
  public abstract readonly catalog: dynamodb.ITable;
  public abstract readonly encryptionKey: kms.IKey;

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
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['DATASET#*'] } },
    });
    const evidence = [Prefix.MANIFESTS, Prefix.SCHEMAS, Prefix.REPORTS].map((prefix) => `${prefix}*`);
    return records
      .combine(this.grantObjects(grantee, ['s3:GetObjectVersion'], [`${Prefix.RAW}*`], ['kms:Decrypt']))
      .combine(this.grantObjects(grantee, ['s3:GetObject'], evidence, []));
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
