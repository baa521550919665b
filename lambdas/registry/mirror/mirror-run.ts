import type { RegistryStore } from '../registry-store';
import { AlreadyExistsError } from '../tracking/errors';
import type { TrackingStore } from '../tracking/tracking-store';
import { type MirroredRun, mirroredRun } from './mirrored-run';

/** Writes what the registry knows of a run where MLflow's clients look for runs. */
export type MirrorRun = (runId: string) => Promise<void>;

export interface MirrorDeps {
  readonly store: Pick<RegistryStore, 'getRun'>;
  readonly tracking: Pick<
    TrackingStore,
    | 'createExperiment'
    | 'getExperimentByName'
    | 'createRun'
    | 'getRun'
    | 'logBatch'
    | 'logInputs'
    | 'updateRun'
  >;
  readonly artifactsBucket: string;
  readonly logger: { warn(message: string, extra: Record<string, unknown>): void };
}

/**
 * Mirrors runs: each call writes all that is known by now, so that repeating it changes nothing, and a later call
 * makes up for one that failed. The run's experiment is called as the model is. Whoever deletes the experiment or the
 * run with an MLflow client has the mirror leave it alone.
 *
 * @throws whatever the table throws: the caller decides what a mirror that fails means.
 */
export function runMirror(deps: MirrorDeps): MirrorRun {
  const { tracking, logger } = deps;
  return async (runId) => {
    const run = await deps.store.getRun(runId);
    if (run === undefined) return;
    const mirrored = mirroredRun(run, deps.artifactsBucket);
    const experimentId = await experimentOf(deps, mirrored.experiment);
    if (experimentId === undefined) {
      logger.warn('the experiment was deleted: the run is not mirrored', { runId, model: run.model });
      return;
    }
    const existing = await tracking.createRun({ ...mirrored.run, experimentId });
    if (existing.lifecycleStage === 'deleted') {
      logger.warn('the run was deleted in its experiment: it is not mirrored', { runId, model: run.model });
      return;
    }
    await write(deps, runId, mirrored);
  };
}

async function write({ tracking }: MirrorDeps, runId: string, mirrored: MirroredRun): Promise<void> {
  const { params, metrics, tags, inputs, end } = mirrored;
  await tracking.logBatch(runId, { params, metrics, tags });
  await tracking.logInputs(runId, inputs);
  if (end !== undefined) await tracking.updateRun(runId, end);
}

/** Id of the experiment, which is made when there is none; undefined when somebody deleted it. */
async function experimentOf({ tracking }: MirrorDeps, name: string): Promise<string | undefined> {
  const known = await tracking.getExperimentByName(name);
  if (known !== undefined) return known.lifecycleStage === 'active' ? known.experimentId : undefined;
  try {
    return await tracking.createExperiment({ name });
  } catch (error) {
    if (!(error instanceof AlreadyExistsError)) throw error;
    const made = await tracking.getExperimentByName(name);
    return made?.lifecycleStage === 'active' ? made.experimentId : undefined;
  }
}

/**
 * A mirror whose failure is logged and left to the next call: for the middle of a run, where the run matters more
 * than its picture.
 */
export function forgiving(mirror: MirrorRun, logger: MirrorDeps['logger']): MirrorRun {
  return async (runId) => {
    try {
      await mirror(runId);
    } catch (error) {
      logger.warn('mirroring the run failed; the next step of the run repeats it', {
        runId,
        error: String(error),
      });
    }
  };
}
