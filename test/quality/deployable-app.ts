import type { App, Stack } from 'aws-cdk-lib';
import { FlightDelaysStack } from '../../bin/flight-delays-stack';
import { type Synthesised, synthesise } from './synthesise';

/** The app that is deployed for the example, as bin/flywheel.ts makes it. */
export const deployableApp = (app: App): Stack => new FlightDelaysStack(app, 'FlightDelays');

let synthesised: Synthesised | undefined;

/** The deployable app as it is deployed: synthesised once for all checks. */
export function deployed(): Synthesised {
  synthesised ??= synthesise(deployableApp);
  return synthesised;
}
