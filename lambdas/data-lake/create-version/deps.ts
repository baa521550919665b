import type { Clock } from '../../shared/clock';
import type { PublishEvent } from '../../shared/events';
import type { Catalog } from '../catalog';
import type { WorkLimit } from '../changes';
import type { DropStore } from '../drop-store';
import type { LakeStore } from '../lake-store';
import type { ManifestStore } from '../manifest-store';
import type { SeenStore } from '../seen-store';
import type { WorkStore } from '../work-store';

/** What closing a drop works with. */
export interface CreateVersionDeps {
  readonly lake: LakeStore;
  readonly manifests: ManifestStore;
  readonly seen: SeenStore;
  readonly work: WorkStore;
  readonly catalog: Catalog;
  readonly drops: DropStore;
  /** Quiet period of a dataset, in seconds. */
  quietSeconds(dataset: string): number;
  /** What one function looks at; more is split into parts. */
  readonly limit: WorkLimit;
  readonly publish: PublishEvent;
  /** Lets another function look at a part of a plan. */
  sendPart(message: PartMessage): Promise<void>;
  readonly clock: Clock;
}

/** Asks for one part of a plan. */
export interface PartMessage {
  readonly dataset: string;
  readonly plan: string;
  /** Place of the part in the plan. */
  readonly index: number;
}

/** Says that all parts of a plan are done. */
export interface AssembleMessage {
  readonly dataset: string;
  readonly plan: string;
}

/** What became of a closing. */
export interface Outcome {
  /** A newer closing will close the drop. */
  readonly superseded: boolean;
  /** In how many parts other functions look at the changes. */
  readonly parts?: number;
  readonly accepted?: string;
  readonly quarantined?: string;
  readonly unchanged?: readonly string[];
}
