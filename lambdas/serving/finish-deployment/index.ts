import { RegistryEnv } from '../../../lib/registry/contract';
import { endpointNameOf, ServingEnv } from '../../../lib/serving/contract';
import { registryStore } from '../../registry/registry-store';
import { dynamo, sageMaker } from '../../shared/clients';
import { systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { publishEvent } from '../../shared/events';
import { logger } from '../../shared/logger';
import { cleanUp } from './clean-up';
import { createHandler, type FinishEvent } from './handler';

/** Last step of a deployment, however it went: alias, record, events, clean-up, lease. */
export const handler = (event: FinishEvent) => {
  const model = requireEnv(ServingEnv.MODEL_NAME);
  return createHandler({
    model,
    store: registryStore(dynamo(), requireEnv(RegistryEnv.TABLE)),
    cleanUp: () => cleanUp(sageMaker(), model, endpointNameOf(model)),
    publish: publishEvent,
    clock: systemClock,
    logger,
  })(event);
};
