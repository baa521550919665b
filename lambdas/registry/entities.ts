import type { Approval } from './models/model-store';

/** Why a run or a deployment was started. */
export type Trigger = 'data' | 'schedule' | 'drift' | 'manual';

/** One column of a model's input, in the order in which the model reads them. */
export interface Feature {
  readonly name: string;
  readonly type: 'number' | 'integer' | 'string' | 'boolean';
  /** Whether a value may be absent. */
  readonly nullable: boolean;
}

export type RunStatus = 'RUNNING' | 'FINISHED' | 'FAILED' | 'REJECTED';

/** One execution of the training pipeline, as an experiment run. Times are ISO 8601 in UTC. */
export interface Run {
  readonly runId: string;
  readonly model: string;
  readonly status: RunStatus;
  readonly trigger: Trigger;
  /** Why the run was started, in words. */
  readonly reasons: readonly string[];
  readonly dataset: string;
  readonly datasetVersion: string;
  /** The champion when the run began. */
  readonly championVersion?: number;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly executionArn?: string;
  /** Keys of the triggers that this run answers. */
  readonly answers?: readonly string[];
  /** The judge's verdict, once there is one. */
  readonly verdict?: Verdict;
  /** When the run was judged first. */
  readonly judgedAt?: string;
  readonly modelVersion?: number;
  /** What became of the candidate. */
  readonly deployment?: DeploymentStatus | 'rejected';
  /** Error and cause of a failed run. */
  readonly failure?: string;
}

export interface Verdict {
  readonly accepted: boolean;
  /** In words with numbers: what was compared, by how much, against which limit. */
  readonly reasons: readonly string[];
  readonly candidate: Readonly<Record<string, number>>;
  readonly champion?: Readonly<Record<string, number>>;
  /** Difference candidate minus champion on the primary metric, with its confidence interval. */
  readonly difference?: {
    readonly estimate: number;
    readonly low: number;
    readonly high: number;
    readonly level: number;
  };
}

/** A version with all that serving needs. Immutable once written, but for its approval and its deletion. */
export interface ModelVersion {
  readonly model: string;
  readonly version: number;
  /** S3 URI of the packaged `model.tar.gz`: the model with its inference code under `code/`. */
  readonly artifactUri: string;
  readonly image: string;
  /** Environment of the serving container, e.g. SAGEMAKER_PROGRAM. */
  readonly environment: Readonly<Record<string, string>>;
  readonly features: readonly Feature[];
  /** Decision threshold on the score for the positive class. */
  readonly threshold: number;
  /** S3 URI of the baseline that monitoring compares windows with. */
  readonly baselineUri?: string;
  readonly runId?: string;
  readonly dataset?: string;
  readonly datasetVersion?: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly verdict?: Verdict;
  readonly trigger: Trigger;
  readonly reasons: readonly string[];
  readonly createdAt: string;
  /** Who or what approved it when it was registered. */
  readonly approvedBy: string;
  /** How its approval stands. */
  readonly approval?: Approval;
  /** Set when it was deleted: it must not be deployed any more. */
  readonly deletedAt?: string;
}

/** One item per alias, moved by a conditional write: there is at most one champion. */
export interface Alias {
  readonly alias: string;
  readonly version: number;
  readonly previous?: number;
  /** Grows by one with every move. */
  readonly revision: number;
  readonly movedAt: string;
  readonly deploymentId?: string;
  readonly reason: string;
}

export type DeploymentStatus = 'live' | 'rolled-back' | 'failed';

/** One attempt to make a model version live on the endpoint. */
export interface Deployment {
  readonly deploymentId: string;
  readonly model: string;
  readonly version: number;
  readonly previousVersion?: number;
  readonly trigger: Trigger;
  /** Who asked for it; absent when a run of the pipeline did. */
  readonly requestedBy?: string;
  readonly status: 'in-progress' | DeploymentStatus;
  readonly endpointName: string;
  readonly endpointConfigName: string;
  readonly previousEndpointConfigName?: string;
  readonly reasons: readonly string[];
  readonly startedAt: string;
  readonly endedAt?: string;
}

/** A lease that one owner holds until it expires; the token grows with every new holder and fences off old ones. */
export interface LeaseGrant {
  readonly name: string;
  readonly owner: string;
  readonly token: number;
  readonly expiresAt: string;
}

/** Proof of holding a lease that a write can be made conditional on. */
export interface Fence {
  /** Name of the lease, e.g. `training`. */
  readonly lease: string;
  readonly token: number;
}

/** A reason to train that was accepted and that no run has covered yet. */
export interface PendingTrigger {
  /** Names the cause, so that the same cause delivered twice is one trigger, e.g. `data:<dataset version>`. */
  readonly key: string;
  readonly trigger: Trigger;
  readonly reasons: readonly string[];
  /** The dataset version asked for. Absent: the newest accepted one when the run starts. */
  readonly datasetVersion?: string;
  readonly requestedAt: string;
}

/** What became of a trigger. */
export interface SettledTrigger {
  readonly key: string;
  readonly decision: 'start' | 'ignore';
  /** The run that covers the trigger. */
  readonly runId?: string;
  readonly reasons: readonly string[];
  readonly at: string;
}
