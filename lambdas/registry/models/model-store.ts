import type { AuditEntry } from '../audit/audit-entry';

/** Stages of a model version, as MLflow's clients write them. */
export const STAGES = ['None', 'Staging', 'Production', 'Archived'] as const;
export type Stage = (typeof STAGES)[number];

/** Who changes something, and when. Recorded with every change. */
export interface Change {
  /** The principal: an ARN, a person's name, or the part of Flywheel that acts. */
  readonly by: string;
  readonly at: Date;
  /** Why, in words. @default - no reason is recorded */
  readonly reason?: string;
}

/** A model as MLflow's registry shows it. Times are milliseconds since 1970. */
export interface RegisteredModel {
  readonly name: string;
  readonly description?: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Versions by alias. */
  readonly aliases: ReadonlyMap<string, number>;
  /** The newest version of each stage that has one, in the order of `STAGES`. */
  readonly latestVersions: readonly RegisteredVersion[];
  readonly creationTimestamp: number;
  readonly lastUpdatedTimestamp: number;
  /** Whether an endpoint is or was made for it: then `champion` moves by deployments only, and the name stays. */
  readonly deployed: boolean;
}

export type ApprovalStatus = 'PENDING' | 'APPROVED' | 'REJECTED';

/** What a decision rests on: names with texts, links or figures. At most 50,000 bytes of JSON. */
export type Evidence = Readonly<Record<string, unknown>>;

/** Whether a version may be used, who said so and on what grounds. Times are ISO 8601 in UTC. */
export interface Approval {
  readonly status: ApprovalStatus;
  readonly requestedBy: string;
  readonly requestedAt: string;
  /** Why the version is wanted. */
  readonly reason?: string;
  /** What the decision rests on, e.g. the judge's verdict, or a link. */
  readonly evidence?: Evidence;
  readonly decidedBy?: string;
  readonly decidedAt?: string;
  /** Why it was approved or rejected. */
  readonly decision?: string;
}

/** A version of a model, whoever registered it. Times are milliseconds since 1970. */
export interface RegisteredVersion {
  readonly name: string;
  readonly version: number;
  readonly stage: Stage;
  readonly description?: string;
  readonly tags: ReadonlyMap<string, string>;
  /** In alphabetical order. */
  readonly aliases: readonly string[];
  /** Who registered it. */
  readonly userId?: string;
  /** As the client gave it, e.g. `models:/m-...` or an S3 URI. */
  readonly source: string;
  /** Where the artifacts are: the source, resolved. */
  readonly storageLocation: string;
  readonly runId?: string;
  readonly runLink?: string;
  /** The logged model that it was made of. */
  readonly modelId?: string;
  readonly approval?: Approval;
  readonly creationTimestamp: number;
  readonly lastUpdatedTimestamp: number;
}

export interface NewRegisteredModel {
  readonly name: string;
  readonly description?: string;
  readonly tags?: ReadonlyMap<string, string>;
}

export interface NewRegisteredVersion {
  readonly name: string;
  readonly source: string;
  readonly runId?: string;
  readonly runLink?: string;
  readonly modelId?: string;
  readonly description?: string;
  readonly tags?: ReadonlyMap<string, string>;
  /**
   * The same token for the same model answers the same version, however often and how late it is asked.
   *
   * @default - each call makes a version, as with MLflow's own server
   */
  readonly clientToken?: string;
}

export interface AliasMove {
  readonly name: string;
  readonly alias: string;
  readonly version: number;
  /** Refuses the move when the alias has been moved since. 0: when it exists. @default - wherever it is */
  readonly expectedRevision?: number;
}

export interface ApprovalRequest {
  /** What the decision can rest on, e.g. a link to a report. */
  readonly evidence?: Evidence;
}

/** An alias as it stands. */
export interface AliasState {
  readonly alias: string;
  readonly version: number;
  readonly previous?: number;
  /** Grows by one with every move, also when the alias was deleted in between. */
  readonly revision: number;
}

/**
 * The registry of models as MLflow's clients and people use it. Reads are strongly consistent. Every change is one
 * transaction with its entry in the audit trail; repeating a change that has been made changes nothing but adds no
 * error (setting, deleting), or says that it exists (creating).
 *
 * All operations throw `TrackingError`s of `tracking/errors.ts`: RESOURCE_DOES_NOT_EXIST, RESOURCE_ALREADY_EXISTS,
 * INVALID_PARAMETER_VALUE, and RESOURCE_CONFLICT for what the state forbids (a deployed model's champion, a rename of
 * a model that Flywheel keeps fresh, a revision that has passed).
 */
export interface ModelStore {
  createModel(input: NewRegisteredModel, change: Change): Promise<RegisteredModel>;
  getModel(name: string): Promise<RegisteredModel>;
  /** All models, in no order. */
  listModels(): Promise<RegisteredModel[]>;
  updateModel(
    name: string,
    patch: { readonly description: string | undefined },
    change: Change,
  ): Promise<RegisteredModel>;
  renameModel(name: string, newName: string, change: Change): Promise<RegisteredModel>;
  deleteModel(name: string, change: Change): Promise<void>;
  setModelTag(name: string, key: string, value: string, change: Change): Promise<void>;
  deleteModelTag(name: string, key: string, change: Change): Promise<void>;

  /** Numbers versions 1, 2, 3 ... without gaps. `models:/...` sources are resolved. READY at once. */
  createVersion(input: NewRegisteredVersion, change: Change): Promise<RegisteredVersion>;
  /** Deleted versions do not exist, but keep their number. */
  getVersion(name: string, version: number): Promise<RegisteredVersion>;
  /** All versions of the model, or of all models, in no order. An unknown model has none. */
  listVersions(name?: string): Promise<RegisteredVersion[]>;
  /** All versions made by a run, in no order. */
  versionsOfRun(runId: string): Promise<RegisteredVersion[]>;
  updateVersion(
    name: string,
    version: number,
    patch: { readonly description: string | undefined },
    change: Change,
  ): Promise<RegisteredVersion>;
  /** @param stage - in any case of letters. */
  transitionStage(
    name: string,
    version: number,
    stage: string,
    archiveExisting: boolean,
    change: Change,
  ): Promise<RegisteredVersion>;
  deleteVersion(name: string, version: number, change: Change): Promise<void>;
  setVersionTag(name: string, version: number, key: string, value: string, change: Change): Promise<void>;
  deleteVersionTag(name: string, version: number, key: string, change: Change): Promise<void>;
  downloadUri(name: string, version: number): Promise<string>;
  /** The newest version of each of the stages (in any case of letters); of all stages when none is given. */
  latestVersions(name: string, stages?: readonly string[]): Promise<readonly RegisteredVersion[]>;

  setAlias(move: AliasMove, change: Change): Promise<AliasState>;
  /** An alias that does not exist is deleted already. */
  deleteAlias(name: string, alias: string, change: Change): Promise<void>;
  getAlias(name: string, alias: string): Promise<AliasState | undefined>;
  /** `latest` is the newest version. A missing alias is an INVALID_PARAMETER_VALUE, as with MLflow's server. */
  getVersionByAlias(name: string, alias: string): Promise<RegisteredVersion>;
  /** Moves the alias to exactly the version before. */
  rollbackAlias(
    name: string,
    alias: string,
    expectedRevision: number | undefined,
    change: Change,
  ): Promise<AliasState>;

  /** Asks for a decision; a version that waits for one goes on waiting. */
  requestApproval(name: string, version: number, request: ApprovalRequest, change: Change): Promise<Approval>;
  /** Decides. The same decision again changes nothing; what was rejected stays so until approval is asked for anew. */
  decideApproval(
    name: string,
    version: number,
    decision: 'APPROVED' | 'REJECTED',
    change: Change,
    evidence?: Evidence,
  ): Promise<Approval>;
  /** Every change of the model, oldest first. */
  history(name: string): Promise<AuditEntry[]>;
}
