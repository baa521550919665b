import { RegistryEnv } from '../../../lib/registry/contract';
import { ServingEnv } from '../../../lib/serving/contract';
import { registryStore } from '../../registry/registry-store';
import { cloudWatch, dynamo } from '../../shared/clients';
import { systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { readAlarms } from '../endpoint-reader';
import { type CheckEvent, createHandler } from './handler';

/** Looks at a deployment in progress: still pending, live, rolled back or failed, and why. */
export const handler = (event: CheckEvent) =>
  createHandler({
    model: requireEnv(ServingEnv.MODEL_NAME),
    store: registryStore(dynamo(), requireEnv(RegistryEnv.TABLE)),
    readAlarms: () => readAlarms(cloudWatch(), requireEnv(ServingEnv.ROLLBACK_ALARMS).split(',')),
    clock: systemClock,
  })(event);
