import { RegistryEnv } from '../../../lib/registry/contract';
import { endpointNameOf, type ModelSettings, ServingEnv } from '../../../lib/serving/contract';
import { registryStore } from '../../registry/registry-store';
import { cloudWatch, dynamo, sageMaker } from '../../shared/clients';
import { systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { readAlarms, readEndpoint } from '../endpoint-reader';
import { createHandler, type PlanEvent } from './handler';

/** First step of a deployment: takes the lease and answers what has to be done. */
export const handler = (event: PlanEvent) => {
  const model = requireEnv(ServingEnv.MODEL_NAME);
  const alarms = requireEnv(ServingEnv.ROLLBACK_ALARMS).split(',');
  return createHandler({
    model,
    settings: JSON.parse(requireEnv(ServingEnv.MODEL_SETTINGS)) as ModelSettings,
    turnLimitSeconds: Number(requireEnv(ServingEnv.TURN_LIMIT_SECONDS)),
    deploymentLimitSeconds: Number(requireEnv(ServingEnv.DEPLOYMENT_LIMIT_SECONDS)),
    store: registryStore(dynamo(), requireEnv(RegistryEnv.TABLE)),
    readEndpoint: () => readEndpoint(sageMaker(), endpointNameOf(model)),
    readAlarms: () => readAlarms(cloudWatch(), alarms),
    clock: systemClock,
  })(event);
};
