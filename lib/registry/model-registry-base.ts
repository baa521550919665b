import { Resource, Stack } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { EVENT_SOURCE } from '../events-contract';
import { localArn } from '../private/prebundled-function';
import { INDEX_NAME } from './contract';
import { promoteCalls, readCalls, writeCalls } from './granted-calls';
import type { IModelRegistry, ModelRegistryAttributes } from './model-registry-interface';
import { type Call, EXPERIMENTS_PREFIX, MODEL_KEYS, TRACKING_STAGE } from './tracking-contract';

/** The grants of a registry, whoever owns it. @internal */
export abstract class ModelRegistryBase extends Resource implements IModelRegistry {
  public abstract readonly table: dynamodb.ITable;
  public abstract readonly artifacts: s3.IBucket;
  public abstract readonly encryptionKey: kms.IKey;
  /** Undefined where nobody said on which bus its events go. @internal */
  protected abstract readonly _eventBusArn?: string;
  /** Undefined without a tracking API. @internal */
  protected abstract readonly _trackingApiId?: string;

  public get trackingUri(): string | undefined {
    if (this._trackingApiId === undefined) return undefined;
    const { region, urlSuffix } = Stack.of(this);
    return `https://${this._trackingApiId}.execute-api.${region}.${urlSuffix}/${TRACKING_STAGE}`;
  }

  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return grant(
      grantee,
      ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
      [this.table.tableArn, `${this.table.tableArn}/index/${INDEX_NAME}`],
    )
      .combine(grant(grantee, ['s3:ListBucket'], [this.artifacts.bucketArn]))
      .combine(this.grantReadArtifacts(grantee, ''))
      .combine(this.grantCalls(grantee, readCalls()));
  }

  public grantWrite(grantee: iam.IGrantable): iam.Grant {
    return this.grantRead(grantee)
      .combine(
        grant(
          grantee,
          ['s3:AbortMultipartUpload', 's3:PutObject'],
          [this.artifacts.arnForObjects(`${EXPERIMENTS_PREFIX}*`)],
        ),
      )
      .combine(grant(grantee, ['kms:GenerateDataKey'], [this.encryptionKey.keyArn]))
      .combine(this.grantCalls(grantee, writeCalls()));
  }

  public grantPromote(grantee: iam.IGrantable): iam.Grant {
    return this.grantRead(grantee)
      .combine(
        iam.Grant.addToPrincipal({
          grantee,
          actions: ['dynamodb:ConditionCheckItem', 'dynamodb:PutItem'],
          resourceArns: [this.table.tableArn],
          conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...MODEL_KEYS] } },
        }),
      )
      .combine(grant(grantee, ['kms:GenerateDataKey'], [this.encryptionKey.keyArn]))
      .combine(this.grantEvents(grantee))
      .combine(this.grantCalls(grantee, promoteCalls()));
  }

  public grantReadArtifacts(grantee: iam.IGrantable, prefix: string): iam.Grant {
    return grant(grantee, ['s3:GetObject'], [this.artifacts.arnForObjects(`${prefix}*`)]).combine(
      this.encryptionKey.grantDecrypt(grantee),
    );
  }

  /** Who promotes with the CLI also tells of it. */
  private grantEvents(grantee: iam.IGrantable): iam.Grant {
    if (this._eventBusArn === undefined) return iam.Grant.drop(grantee, 'The registry names no event bus');
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['events:PutEvents'],
      resourceArns: [this._eventBusArn],
      conditions: { StringEquals: { 'events:source': EVENT_SOURCE } },
    });
  }

  /** Calls of the API, method by method and path by path; none without a tracking API. */
  private grantCalls(grantee: iam.IGrantable, calls: readonly Call[]): iam.Grant {
    const id = this._trackingApiId;
    if (id === undefined) return iam.Grant.drop(grantee, 'The registry has no tracking API');
    const arns = calls.map(([method, path]) =>
      localArn(this, 'execute-api', `${id}/${TRACKING_STAGE}/${method}${path}`),
    );
    return grant(grantee, ['execute-api:Invoke'], arns);
  }
}

const grant = (grantee: iam.IGrantable, actions: string[], resourceArns: string[]): iam.Grant =>
  iam.Grant.addToPrincipal({ grantee, actions, resourceArns });

/** A registry that another stack owns. @internal */
export class ImportedModelRegistry extends ModelRegistryBase {
  public readonly table: dynamodb.ITable;
  public readonly artifacts: s3.IBucket;
  public readonly encryptionKey: kms.IKey;
  /** @internal */
  protected readonly _eventBusArn?: string;
  /** @internal */
  protected readonly _trackingApiId?: string;

  constructor(scope: Construct, id: string, attributes: ModelRegistryAttributes) {
    super(scope, id);
    this.table = attributes.table;
    this.artifacts = attributes.artifacts;
    this.encryptionKey = attributes.encryptionKey;
    this._eventBusArn = attributes.eventBus?.eventBusArn;
    this._trackingApiId = attributes.trackingApiId;
  }
}
