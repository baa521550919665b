import { CHAMPION } from '../../../lib/registry/contract';
import type { DatasetVersion } from '../../data-lake/entities';
import type { ModelStore } from '../models/model-store';
import type { RegistryStore } from '../registry-store';
import { type ApprovedBy, aliasAt, approvalAt, type LiveAt } from './live-at';

/** What was live at a time, on which data, approved by whom. */
export interface LiveOn extends LiveAt {
  readonly runId?: string;
  readonly dataset?: string;
  readonly datasetVersion?: string;
  /** Names every file of the dataset version. */
  readonly manifestUri?: string;
  /** Who had approved the version by then; absent when nobody had. */
  readonly approvedBy?: ApprovedBy;
}

export interface LiveOnSources {
  readonly models: Pick<ModelStore, 'history'>;
  readonly store: Pick<RegistryStore, 'getRun'>;
  datasetVersion(dataset: string, id: string): Promise<DatasetVersion | undefined>;
}

/** Answers from the audit trail, the run and the catalog alone: all of them are append-only or immutable. */
export async function liveOn(sources: LiveOnSources, model: string, at: Date): Promise<LiveOn | undefined> {
  const trail = await sources.models.history(model);
  const live = aliasAt(trail, CHAMPION, at);
  if (live === undefined) return undefined;
  const registered = trail.find(
    (entry) => entry.action === 'register-model-version' && entry.version === live.version,
  );
  const { runId } = (registered?.after ?? {}) as { runId?: string };
  const run = runId === undefined ? undefined : await sources.store.getRun(runId);
  const data = run && (await sources.datasetVersion(run.dataset, run.datasetVersion));
  return {
    ...live,
    runId,
    dataset: run?.dataset,
    datasetVersion: run?.datasetVersion,
    manifestUri: data?.manifestUri,
    approvedBy: approvalAt(trail, live.version, at),
  };
}
