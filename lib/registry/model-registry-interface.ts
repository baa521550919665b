import type { IResource } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';

/** Where experiments, runs, model versions, aliases and their evidence are recorded, and where artifacts are kept. */
export interface IModelRegistry extends IResource {
  /** Experiments, runs, model versions, aliases, leases, deployments, triggers and the audit trail. */
  readonly table: dynamodb.ITable;
  /**
   * Artifacts: of pipeline runs under `runs/<run>/`, of models that were registered by hand under `models/`, of
   * everything that MLflow's clients log under `experiments/`.
   */
  readonly artifacts: s3.IBucket;
  /** Encrypts both. */
  readonly encryptionKey: kms.IKey;
  /** What `mlflow.set_tracking_uri` takes; undefined without a tracking API. */
  readonly trackingUri?: string;
  /** Lets the grantee read everything: every GET and every search of the API, every record, every artifact. */
  grantRead(grantee: iam.IGrantable): iam.Grant;
  /**
   * Lets the grantee also log: experiments, runs and logged models with their artifacts, and register versions. Records
   * are written through the API only, so that nobody gets around its rules.
   */
  grantWrite(grantee: iam.IGrantable): iam.Grant;
  /**
   * Lets the grantee read, approve and reject versions, move aliases and stages, and rename or delete models: what
   * decides which version is used.
   */
  grantPromote(grantee: iam.IGrantable): iam.Grant;
  /** Lets the grantee read the artifacts whose keys begin with the prefix, e.g. `runs/`. */
  grantReadArtifacts(grantee: iam.IGrantable, prefix: string): iam.Grant;
}

/** What identifies a registry that another stack owns. */
export interface ModelRegistryAttributes {
  readonly table: dynamodb.ITable;
  readonly artifacts: s3.IBucket;
  readonly encryptionKey: kms.IKey;
  /**
   * The id of its tracking API, the first label of the host in the tracking URI.
   *
   * @default - grants do not cover its API
   */
  readonly trackingApiId?: string;
  /**
   * Receives its events; who may promote may put them.
   *
   * @default - `grantPromote` does not cover events
   */
  readonly eventBus?: events.IEventBus;
}
