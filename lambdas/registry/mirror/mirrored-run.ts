import { MANIFEST_TAG } from '../../../lib/registry/contract';
import type { Run } from '../entities';
import type { NewMetric } from '../tracking/entities';
import type { NewTrackingRun, RunInputs, RunUpdate } from '../tracking/tracking-store';

/** A run of the pipeline as MLflow knows runs. */
export interface MirroredRun {
  readonly experiment: string;
  readonly run: Omit<NewTrackingRun, 'experimentId'>;
  readonly params: readonly (readonly [string, string])[];
  readonly metrics: readonly NewMetric[];
  readonly tags: readonly (readonly [string, string])[];
  readonly inputs: RunInputs;
  /** Absent while the run goes on. */
  readonly end?: RunUpdate;
}

/** MLflow's limits on params and tags; its server cuts longer texts as well. */
const MAX_PARAM = 6000;
const MAX_TAG = 8000;
const MAX_DIGEST = 36;

/**
 * Everything that the registry knows of a run, in MLflow's words. It depends on the run alone, so that writing it
 * again writes the same: metrics stand at the time when they were judged, at step 0.
 *
 * @param artifactsBucket - of the registry.
 */
export function mirroredRun(run: Run, artifactsBucket: string): MirroredRun {
  const startTime = Date.parse(run.startedAt);
  const judged = run.judgedAt === undefined ? startTime : Date.parse(run.judgedAt);
  return {
    experiment: run.model,
    run: {
      runId: run.runId,
      runName: run.runId,
      userId: 'flywheel',
      startTime,
      artifactUri: `s3://${artifactsBucket}/runs/${run.runId}`,
    },
    params: Object.entries(run.params).map(([key, value]) => [key, value.slice(0, MAX_PARAM)]),
    metrics: Object.entries(run.metrics).map(([key, value]) => ({ key, value, timestamp: judged, step: 0 })),
    tags: tagsOf(run),
    inputs: { datasets: [datasetOf(run)] },
    ...(run.status === 'RUNNING' ? {} : { end: endOf(run) }),
  };
}

/** A candidate that was not accepted is a run that did what it should: MLflow has no other word for it. */
function endOf(run: Run): RunUpdate {
  return {
    status: run.status === 'FAILED' ? 'FAILED' : 'FINISHED',
    endTime: Date.parse(run.endedAt ?? run.startedAt),
  };
}

function tagsOf(run: Run): (readonly [string, string])[] {
  const known: readonly (readonly [string, string | undefined])[] = [
    ['mlflow.user', 'flywheel'],
    ['mlflow.source.type', 'JOB'],
    ['mlflow.source.name', run.params['flywheel.source']],
    ['flywheel.status', run.status],
    ['flywheel.trigger', run.trigger],
    ['flywheel.reasons', run.reasons.join('\n')],
    ['flywheel.dataset', run.dataset],
    ['flywheel.dataset.version', run.datasetVersion],
    ['flywheel.execution', run.executionArn],
    ['flywheel.champion', run.championVersion?.toString()],
    ['flywheel.verdict', run.verdict && (run.verdict.accepted ? 'accepted' : 'not accepted')],
    ['flywheel.verdict.reasons', run.verdict?.reasons.join('\n')],
    ['flywheel.model.version', run.modelVersion?.toString()],
    ['flywheel.deployment', run.deployment],
    ['flywheel.failure', run.failure],
    ...Object.entries(run.tags),
  ];
  return known
    .filter((tag): tag is readonly [string, string] => tag[1] !== undefined)
    .map(([key, value]) => [key, value.slice(0, MAX_TAG)]);
}

/** Digests of MLflow have 36 characters; the whole version stands in the tags of run and input. */
function datasetOf(run: Run) {
  const uri = run.tags[MANIFEST_TAG] ?? `flywheel://${run.dataset}/${run.datasetVersion}`;
  return {
    dataset: {
      name: run.dataset,
      digest: run.datasetVersion.slice(0, MAX_DIGEST),
      sourceType: uri.startsWith('s3://') ? 's3' : 'flywheel',
      source: JSON.stringify({ uri }),
    },
    tags: new Map([
      ['mlflow.data.context', 'training'],
      ['flywheel.dataset.version', run.datasetVersion],
    ]),
  };
}
