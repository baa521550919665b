import { DataLakeEnv } from '../../../lib/data-lake/contract';
import { DetailType } from '../../../lib/events-contract';
import { Lease, RegistryEnv } from '../../../lib/registry/contract';
import { catalog } from '../../data-lake/catalog';
import type { DatasetVersion } from '../../data-lake/entities';
import { dynamo } from '../../shared/clients';
import { type Clock, systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { type PublishEvent, publishEvent } from '../../shared/events';
import { logger } from '../../shared/logger';
import type { ModelVersion } from '../entities';
import { environmentMirror } from '../mirror/environment-mirror';
import { forgiving, type MirrorRun } from '../mirror/mirror-run';
import {
  decodeRegistration,
  type RunRegistration,
  requireOwnArtifact,
  versionByHand,
  versionOfRun,
} from '../registration';
import { NotFoundError, type RegistryStore, registryStore } from '../registry-store';

export interface RegisterDeps {
  readonly store: Pick<RegistryStore, 'createModelVersion' | 'getRun' | 'updateRun'>;
  readonly artifactsBucket: string;
  datasetVersion(dataset: string, id: string): Promise<DatasetVersion | undefined>;
  readonly publish: PublishEvent;
  /** Shows the run to MLflow's clients; never throws. */
  readonly mirror: MirrorRun;
  readonly clock: Clock;
}

/**
 * Registers a model version: for a run of the pipeline that the judge accepted, or for a person who brings the
 * evidence. The same run or client token again answers the same version.
 */
export function createHandler(deps: RegisterDeps) {
  return async (event: unknown): Promise<{ version: number }> => {
    const request = decodeRegistration(event);
    requireOwnArtifact(request.artifactUri, deps.artifactsBucket);
    const version =
      'leaseToken' in request
        ? await registerRun(deps, request)
        : await deps.store.createModelVersion(
            versionByHand(request, deps.clock.now().toISOString()),
            `manual:${request.clientToken}`,
          );
    await deps.publish(DetailType.MODEL_VERSION_REGISTERED, {
      model: version.model,
      version: version.version,
      runId: version.runId,
      datasetVersion: version.datasetVersion,
    });
    return { version: version.version };
  };
}

async function registerRun(deps: RegisterDeps, request: RunRegistration): Promise<ModelVersion> {
  const run = await deps.store.getRun(request.runId);
  if (run === undefined)
    throw new NotFoundError(`There is no run "${request.runId}" to register a model of.`);
  const dataset = await deps.datasetVersion(run.dataset, run.datasetVersion);
  if (dataset === undefined) {
    throw new NotFoundError(`Dataset "${run.dataset}" has no version ${run.datasetVersion}.`);
  }
  const version = await deps.store.createModelVersion(
    versionOfRun(request, run, dataset.columns, deps.clock.now().toISOString()),
    `run:${run.runId}`,
    { lease: Lease.TRAINING, token: request.leaseToken },
  );
  await deps.store.updateRun(run.runId, { modelVersion: version.version });
  await deps.mirror(run.runId);
  return version;
}

export const handler = async (event: unknown): Promise<{ version: number }> => {
  const datasets = catalog(dynamo(), requireEnv(DataLakeEnv.CATALOG_TABLE));
  return createHandler({
    store: registryStore(dynamo(), requireEnv(RegistryEnv.TABLE)),
    artifactsBucket: requireEnv(RegistryEnv.ARTIFACTS_BUCKET),
    datasetVersion: datasets.version,
    publish: publishEvent,
    mirror: forgiving(environmentMirror(), logger),
    clock: systemClock,
  })(event);
};
