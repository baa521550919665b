import { reachableUrl } from '../../cli/prediction-client';
import type { FlywheelOutputs } from '../../cli/stack-outputs';
import type { Runtime } from '../runtime/runtime';
import type { Narrator } from './narrator';

/** What a person can do with the runtime that stays up. */
export function tryNext(narrator: Narrator, runtime: Runtime, outputs: FlywheelOutputs): void {
  const { endpointUrl } = runtime;
  narrator.text(`
The runtime stays up at ${endpointUrl}. In another terminal, try:

  npx flywheel status --endpoint-url ${endpointUrl}
  npx flywheel drop .flywheel/data/flights-2013-08.csv --endpoint-url ${endpointUrl}
  npx flywheel watch --endpoint-url ${endpointUrl}
  curl -s ${reachableUrl(outputs.predictionUrl, endpointUrl)} -d '{"instances":[{"carrier":"UA"}]}'
  aws --endpoint-url ${endpointUrl} sagemaker describe-endpoint --endpoint-name ${outputs.model}

Ctrl-C ends it.`);
}
