import { RegistryEnv } from '../../../lib/registry/contract';
import { EXPERIMENTS_PREFIX } from '../../../lib/registry/tracking-contract';
import { dynamo } from '../../shared/clients';
import { requireEnv } from '../../shared/env';
import { logger } from '../../shared/logger';
import { registryStore } from '../registry-store';
import { createTrackingStore } from '../tracking/create-tracking-store';
import { type MirrorRun, runMirror } from './mirror-run';

/** The mirror of runs in the environment of a function of the pipeline. */
export function environmentMirror(): MirrorRun {
  const tableName = requireEnv(RegistryEnv.TABLE);
  const artifactsBucket = requireEnv(RegistryEnv.ARTIFACTS_BUCKET);
  return runMirror({
    store: registryStore(dynamo(), tableName),
    tracking: createTrackingStore({
      client: dynamo(),
      tableName,
      defaultArtifactRoot: `s3://${artifactsBucket}/${EXPERIMENTS_PREFIX}`,
    }),
    artifactsBucket,
    logger,
  });
}
