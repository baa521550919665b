import * as z from 'zod';
import { CHAMPION, Lease, RegistryEnv } from '../../../lib/registry/contract';
import { TrainingEnv } from '../../../lib/training/contract';
import type { ModelVersion } from '../../registry/entities';
import { environmentMirror } from '../../registry/mirror/environment-mirror';
import { forgiving, type MirrorRun } from '../../registry/mirror/mirror-run';
import {
  FencedError,
  NotFoundError,
  NotServableError,
  type RegistryStore,
  registryStore,
} from '../../registry/registry-store';
import { dynamo } from '../../shared/clients';
import { type Clock, systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { logger } from '../../shared/logger';
import { parseShape } from '../../shared/parse';

const request = z.object({
  runId: z.string(),
  model: z.string(),
  leaseToken: z.number(),
  executionArn: z.string(),
  /** What the run is made with, as it is to be recorded. */
  params: z.record(z.string(), z.string()),
  /** Which code and data it is made of. */
  tags: z.record(z.string(), z.string()).default({}),
});

export interface BeginRunDeps {
  readonly store: Pick<RegistryStore, 'acquireLease' | 'updateRun' | 'getAlias' | 'getModelVersion'>;
  /** Shows the run to MLflow's clients; never throws. */
  readonly mirror: MirrorRun;
  readonly leaseSeconds: number;
  readonly clock: Clock;
}

/** What the pipeline needs to know of the champion. */
export interface BegunRun {
  readonly champion?: { readonly version: number; readonly artifactUri: string };
}

/**
 * Renews the lease for the whole run and notes against which champion the run will be judged.
 *
 * @throws FencedError when the lease has passed to another run.
 */
export function createHandler(deps: BeginRunDeps) {
  return async (event: unknown): Promise<BegunRun> => {
    const { runId, model, leaseToken, executionArn, params, tags } = parseShape(
      request,
      event,
      'The start of a run',
    );
    const lease = await deps.store.acquireLease({
      model,
      name: Lease.TRAINING,
      owner: runId,
      now: deps.clock.now(),
      ttlSeconds: deps.leaseSeconds,
    });
    if (lease?.token !== leaseToken) {
      throw new FencedError(
        `Run ${runId} holds lease token ${leaseToken}, but the training lease of model "${model}" has passed on: the run must not go on.`,
      );
    }
    const alias = await deps.store.getAlias(model, CHAMPION);
    await deps.store.updateRun(runId, { executionArn, params, tags, championVersion: alias?.version });
    await deps.mirror(runId);
    if (alias === undefined) return {};
    const champion = await comparable(deps, model, alias.version);
    if (champion === 'not-servable') return {};
    if (champion === undefined) {
      throw new NotFoundError(
        `The champion of model "${model}" is version ${alias.version}, which is not in the registry.`,
      );
    }
    return { champion: { version: champion.version, artifactUri: champion.artifactUri } };
  };
}

/** A champion that an MLflow client registered has no package that could be scored beside the candidate. */
async function comparable(
  deps: BeginRunDeps,
  model: string,
  version: number,
): Promise<ModelVersion | 'not-servable' | undefined> {
  try {
    return await deps.store.getModelVersion(model, version);
  } catch (error) {
    if (!(error instanceof NotServableError)) throw error;
    logger.warn('the run is judged without its champion', { model, version, why: error.message });
    return 'not-servable';
  }
}

export const handler = async (event: unknown): Promise<BegunRun> =>
  createHandler({
    store: registryStore(dynamo(), requireEnv(RegistryEnv.TABLE)),
    mirror: forgiving(environmentMirror(), logger),
    leaseSeconds: Number(requireEnv(TrainingEnv.LEASE_SECONDS)),
    clock: systemClock,
  })(event);
