import { CfnOutput, RemovalPolicy } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { recordsTable } from '../private/records-table';
import { createArtifacts } from './artifacts-bucket';
import { ImportedModelRegistry, ModelRegistryBase } from './model-registry-base';
import type { IModelRegistry, ModelRegistryAttributes } from './model-registry-interface';
import type { ModelRegistryProps } from './model-registry-props';
import type { TokenDoor } from './token-door';
import { TrackingApi } from './tracking-api';
import { TrackingAuth } from './tracking-auth';
import { resolveLimits } from './tracking-limits';
import { TrackingMetrics } from './tracking-metrics';

export type { IModelRegistry, ModelRegistryAttributes } from './model-registry-interface';
export type { ModelRegistryProps } from './model-registry-props';

/**
 * Experiment tracking and a registry of models: one DynamoDB table and one bucket for artifacts, both encrypted,
 * versioned and kept, behind the API that MLflow's unmodified client speaks.
 *
 * Costs nothing while nothing happens, apart from storage, the encryption key and three alarms.
 */
export class ModelRegistry extends ModelRegistryBase {
  /** A registry that another stack owns. */
  public static fromModelRegistryAttributes(
    scope: Construct,
    id: string,
    attributes: ModelRegistryAttributes,
  ): IModelRegistry {
    return new ImportedModelRegistry(scope, id, attributes);
  }

  /**
   * A registry that another stack owns, by its table, whose key encrypts the artifacts too. Grants do not cover its API:
   * name that with `fromModelRegistryAttributes`.
   *
   * @throws Error when the table does not say which key encrypts it.
   */
  public static fromTable(
    scope: Construct,
    id: string,
    table: dynamodb.ITable,
    artifacts: s3.IBucket,
  ): IModelRegistry {
    const { encryptionKey } = table;
    if (encryptionKey === undefined) {
      throw new Error(
        `The table of registry "${id}" does not say which key encrypts it: import the table with its encryptionKey.`,
      );
    }
    return new ImportedModelRegistry(scope, id, { table, artifacts, encryptionKey });
  }

  public readonly table: dynamodb.ITable;
  public readonly artifacts: s3.IBucket;
  public readonly encryptionKey: kms.IKey;
  /** What answers the tracking API; undefined when that is switched off. */
  public readonly trackingFunction?: lambda.IFunction;
  /** The tracking API, e.g. for a domain name, a resource policy or a web ACL; undefined when it is switched off. */
  public readonly trackingApi?: apigateway.RestApi;
  /** What `mlflow.set_tracking_uri` takes with a token; undefined unless `TrackingAuth.jwt` is on. */
  public readonly tokenTrackingUri?: string;
  /** Server errors, throttles and latency of the tracking API; empty when it is switched off. */
  public readonly alarms: cloudwatch.Alarm[];
  /** @internal */
  public readonly _tokenDoor?: TokenDoor;
  /** @internal */
  protected readonly _eventBusArn: string;
  /** @internal */
  protected readonly _trackingApiId?: string;
  private readonly metrics?: TrackingMetrics;

  constructor(scope: Construct, id: string, props: ModelRegistryProps = {}) {
    super(scope, id);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const encryptionKey =
      props.encryptionKey ??
      new kms.Key(this, 'Key', {
        description: 'Encrypts the model registry and its artifacts',
        enableKeyRotation: true,
        removalPolicy,
      });
    this.encryptionKey = encryptionKey;
    this.table = recordsTable(this, 'Table', { encryptionKey, removalPolicy });
    const { serverAccessLogs } = props;
    this.artifacts = createArtifacts(this, { encryptionKey, removalPolicy, serverAccessLogs });
    const eventBus = props.eventBus ?? events.EventBus.fromEventBusName(this, 'DefaultBus', 'default');
    this._eventBusArn = eventBus.eventBusArn;
    if (!(props.trackingApi ?? true)) {
      this.alarms = [];
      return;
    }
    const tracking = new TrackingApi(this, 'Tracking', {
      table: this.table,
      artifacts: this.artifacts,
      encryptionKey,
      eventBus,
      auth: props.trackingAuth ?? TrackingAuth.iam(),
      limits: resolveLimits(props.trackingLimits ?? {}),
      accountLogRole: props.accountLogRole ?? true,
    });
    this.trackingFunction = tracking.handler;
    this.trackingApi = tracking.api;
    this._trackingApiId = tracking.api.restApiId;
    this._tokenDoor = tracking.tokenDoor;
    this.tokenTrackingUri = tracking.tokenDoor?.uri;
    this.metrics = new TrackingMetrics(tracking);
    this.alarms = this.metrics.alarms(tracking);
    this.addOutputs();
  }

  /**
   * Requests to the tracking API.
   *
   * @default - sum over 5 minutes
   */
  public metricRequests(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.measured().requests(options);
  }

  /**
   * Requests that ended in a server error.
   *
   * @default - sum over 5 minutes
   */
  public metricServerErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.measured().serverErrors(options);
  }

  /**
   * Requests that were refused: bad ones, forbidden ones, and those beyond the limits.
   *
   * @default - sum over 5 minutes
   */
  public metricClientErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.measured().clientErrors(options);
  }

  /**
   * Milliseconds from a request to its answer, as API Gateway sees it.
   *
   * @default - 95th percentile over 5 minutes
   */
  public metricLatency(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.measured().latency(options);
  }

  /**
   * How often Lambda refused to run the function.
   *
   * @default - sum over 5 minutes
   */
  public metricThrottles(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.measured().throttles(options);
  }

  private addOutputs(): void {
    new CfnOutput(this, 'TrackingUri', {
      value: this.trackingUri ?? '',
      description: 'MLFLOW_TRACKING_URI, with MLFLOW_TRACKING_AWS_SIGV4=true',
    });
    if (this.tokenTrackingUri !== undefined) {
      new CfnOutput(this, 'TokenTrackingUri', {
        value: this.tokenTrackingUri,
        description: 'MLFLOW_TRACKING_URI, with MLFLOW_TRACKING_TOKEN',
      });
    }
  }

  private measured(): TrackingMetrics {
    if (this.metrics === undefined) {
      throw new Error(`${this.node.path} has no tracking API, so there is nothing to measure.`);
    }
    return this.metrics;
  }
}
