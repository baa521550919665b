import { type App, Stack } from 'aws-cdk-lib';
import { DataLake } from '../../lib/data-lake/data-lake';
import { ModelRegistry } from '../../lib/registry/model-registry';
import { ModelEndpoint } from '../../lib/serving/model-endpoint';
import { type Synthesised, synthesise } from './synthesise';

/** The app that is deployed for the example. */
export function deployableApp(app: App): Stack {
  const stack = new Stack(app, 'FlightDelays');
  new DataLake(stack, 'Lake');
  const registry = new ModelRegistry(stack, 'Registry');
  new ModelEndpoint(stack, 'Endpoint', { modelName: 'flight-delays', registry });
  return stack;
}

let synthesised: Synthesised | undefined;

/** The deployable app as it is deployed: synthesised once for all checks. */
export function deployed(): Synthesised {
  synthesised ??= synthesise(deployableApp);
  return synthesised;
}
