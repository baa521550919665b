import { MANIFEST_TAG } from '../../../lib/registry/contract';
import type { Run } from '../entities';
import type { RegistryStore } from '../registry-store';
import type { DatasetInput, TrackingRun, TrackingRunStatus } from '../tracking/entities';
import { TrackingError } from '../tracking/errors';
import type { RunStore } from '../tracking/tracking-store';

/** Data that a run read. */
export interface DataRead {
  readonly dataset: string;
  /** A dataset version of the catalog, or the digest that MLflow's client gave. */
  readonly datasetVersion: string;
  /** Where it is, as far as the run says. */
  readonly source?: string;
}

type PipelineOnly = 'status' | 'model' | 'trigger' | 'dataset' | 'datasetVersion';

/** A run, of the training pipeline or logged by a client of MLflow: what can be told of both. */
export interface KnownRun
  extends Omit<Run, PipelineOnly>,
    Partial<Pick<Run, Exclude<PipelineOnly, 'status'>>> {
  readonly status: Run['status'] | TrackingRunStatus;
  /** The data of a client's run, training data first. @default - dataset and datasetVersion, of the pipeline */
  readonly inputs?: readonly DataRead[];
  /** Id of the experiment that a client's run is in. */
  readonly experimentId?: string;
  /** Who began a client's run. */
  readonly user?: string;
}

/** Where runs are read from. */
export interface RunSources {
  readonly store: Pick<RegistryStore, 'getRun'>;
  readonly tracking: Pick<RunStore, 'getRun'>;
}

/** The pipeline's run of that id, else the one that a client logged. @returns undefined when there is neither */
export async function findKnownRun(
  { store, tracking }: RunSources,
  runId: string,
): Promise<KnownRun | undefined> {
  const run = await store.getRun(runId);
  if (run !== undefined) return run;
  try {
    return knownRun(await tracking.getRun(runId));
  } catch (error) {
    if (error instanceof TrackingError) return undefined;
    throw error;
  }
}

/** A client's run in the words of the pipeline's. Its metrics are the latest of each key. */
export function knownRun(run: TrackingRun): KnownRun {
  const inputs = [...run.datasetInputs].sort((a, b) => rank(a) - rank(b)).map(dataRead);
  return {
    runId: run.runId,
    status: run.status,
    experimentId: run.experimentId,
    user: run.userId === '' ? undefined : run.userId,
    reasons: [],
    dataset: inputs[0]?.dataset,
    datasetVersion: inputs[0]?.datasetVersion,
    inputs,
    startedAt: isoTime(run.startTime),
    endedAt: run.endTime === undefined ? undefined : isoTime(run.endTime),
    params: Object.fromEntries(run.params),
    metrics: Object.fromEntries([...run.metrics].map(([key, { value }]) => [key, value])),
    tags: Object.fromEntries(run.tags),
  };
}

/** The last moment that a date can be; clients may log any number. */
const LAST_MOMENT = 8_640_000_000_000_000;

const isoTime = (milliseconds: number): string =>
  new Date(Math.min(Math.max(milliseconds, -LAST_MOMENT), LAST_MOMENT)).toISOString();

/** Training data before all other. */
const rank = ({ tags }: DatasetInput): number => (tags.get('mlflow.data.context') === 'training' ? 0 : 1);

function dataRead({ dataset, tags }: DatasetInput): DataRead {
  return {
    dataset: dataset.name,
    datasetVersion: tags.get('flywheel.dataset.version') ?? dataset.digest,
    source: uriOf(dataset.source),
  };
}

/** MLflow's clients write sources as JSON with a `uri`, a `url` or nothing of the kind. */
function uriOf(source: string): string | undefined {
  try {
    const { uri, url } = JSON.parse(source) as { uri?: unknown; url?: unknown };
    const found = uri ?? url;
    if (typeof found === 'string') return found;
  } catch {
    // A plain text.
  }
  return source === '' ? undefined : source;
}

/** All data that a run read. */
export function dataOf(run: KnownRun): readonly DataRead[] {
  if (run.inputs !== undefined) return run.inputs;
  const { dataset, datasetVersion } = run;
  if (dataset === undefined || datasetVersion === undefined) return [];
  return [{ dataset, datasetVersion, source: run.tags[MANIFEST_TAG] }];
}
