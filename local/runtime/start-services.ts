import { join } from 'node:path';
import { startCloudWatch } from '../cloudwatch';
import { createSageMakerService } from '../sagemaker';
import type { GatewayService } from './gateway';
import { eventSink, type InternalCall, metricSink } from './internal-client';
import type { Logger, VirtualClock } from './services';

export interface ServiceSettings {
  readonly clock: VirtualClock;
  /** MiniStack's internal endpoints. */
  readonly call: InternalCall;
  /** The gateway. */
  readonly endpointUrl: string;
  readonly region: string;
  readonly accountId: string;
  readonly stateDir: string;
  readonly python: string;
  readonly logger: Logger;
}

/** The services that are ours. */
export interface Services {
  /** @default - SageMaker requests are answered by MiniStack, which has no SageMaker */
  readonly sageMaker?: GatewayService;
  close(): Promise<void>;
}

/** Starts SageMaker and the alarm evaluation beside MiniStack. */
export async function startServices(settings: ServiceSettings): Promise<Services> {
  const { call, clock, stateDir, logger, ...place } = settings;
  const events = eventSink(call, clock);
  const cloudWatch = startCloudWatch({ clock, call, metrics: metricSink(call), events, logger });
  const { metrics, alarms } = cloudWatch;
  const workDir = join(stateDir, 'sagemaker');
  const sageMaker = createSageMakerService({ ...place, clock, workDir, metrics, alarms, events, logger });
  return {
    sageMaker,
    close: async () => {
      await sageMaker.close();
      await cloudWatch.close();
    },
  };
}
