import { CHAMPION, CodeTag } from '../../../lib/registry/contract';
import type { DatasetVersion } from '../../data-lake/entities';
import { dataOf, findKnownRun, type RunSources } from '../lineage/known-run';
import type { ModelStore } from '../models/model-store';
import { type ApprovedBy, aliasAt, approvalAt, type LiveAt } from './live-at';

/** What was live at a time, on which data, approved by whom. */
export interface LiveOn extends LiveAt {
  readonly runId?: string;
  readonly dataset?: string;
  readonly datasetVersion?: string;
  /** Where the data is, as the run says. */
  readonly dataSource?: string;
  /** Commit of the code that the run says it ran. */
  readonly commit?: string;
  /** Names every file of a dataset version of the catalog. */
  readonly manifestUri?: string;
  /** Who had approved the version by then; absent when nobody had. */
  readonly approvedBy?: ApprovedBy;
}

export interface LiveOnSources extends RunSources {
  readonly models: Pick<ModelStore, 'history'>;
  datasetVersion(dataset: string, id: string): Promise<DatasetVersion | undefined>;
}

/**
 * Answers from the audit trail, the run and the catalog alone. Trail and catalog are append-only or immutable, and so is
 * what a run of the pipeline says; the data of a run that a client logged is what the client said, and may be added to.
 */
export async function liveOn(sources: LiveOnSources, model: string, at: Date): Promise<LiveOn | undefined> {
  const trail = await sources.models.history(model);
  const live = aliasAt(trail, CHAMPION, at);
  if (live === undefined) return undefined;
  const registered = trail.find(
    (entry) => entry.action === 'register-model-version' && entry.version === live.version,
  );
  const { runId } = (registered?.after ?? {}) as { runId?: string };
  const run = runId === undefined ? undefined : await findKnownRun(sources, runId);
  const read = run && dataOf(run)[0];
  const data = read && (await sources.datasetVersion(read.dataset, read.datasetVersion));
  return {
    ...live,
    runId,
    dataset: read?.dataset,
    datasetVersion: read?.datasetVersion,
    dataSource: read?.source,
    commit: run?.tags[CodeTag.COMMIT],
    manifestUri: data?.manifestUri,
    approvedBy: approvalAt(trail, live.version, at),
  };
}
