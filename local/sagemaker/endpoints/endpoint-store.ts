import type { Context } from '../context';
import type { Endpoint } from '../state/records';
import type { Fleet } from './fleet';

/** Changes endpoint records and announces what changed. */
export class EndpointStore {
  constructor(private readonly context: Context) {}

  get(name: string): Endpoint | undefined {
    return this.context.registry.endpoints.get(name);
  }

  all(): Endpoint[] {
    return this.context.registry.endpoints.all();
  }

  /**
   * Applies a change (undefined removes a member). A new status is announced as an endpoint change, a change of the
   * pending deployment as a deployment change. Does nothing once the service is closing.
   */
  change(name: string, patch: Partial<Endpoint>): void {
    const before = this.get(name);
    if (before === undefined || this.context.closing.signal.aborted) {
      return;
    }
    const after = withoutUndefined({ ...before, ...patch, LastModifiedTime: this.context.now() });
    this.context.registry.endpoints.put(name, after);
    if (after.EndpointStatus !== before.EndpointStatus) {
      this.context.announce('Endpoint', after.EndpointArn, after);
    }
    if (patch.PendingDeploymentSummary !== undefined) {
      this.context.announce('Endpoint Deployment', after.EndpointArn, after);
    }
  }

  remove(name: string): void {
    const arn = this.get(name)?.EndpointArn;
    if (arn !== undefined && !this.context.closing.signal.aborted) {
      this.context.registry.endpoints.delete(name);
      this.context.registry.tags.delete(arn);
    }
  }
}

/** What Describe says of a fleet that serves. */
export function servingState(fleet: Fleet): Partial<Endpoint> {
  const capture = fleet.captureConfig;
  const enabled = capture !== undefined && capture.EnableCapture !== false;
  return {
    EndpointConfigName: fleet.config.EndpointConfigName,
    ProductionVariants: fleet.summary(),
    DataCaptureConfig:
      capture === undefined
        ? undefined
        : {
            EnableCapture: enabled,
            CaptureStatus: enabled ? 'Started' : 'Stopped',
            CurrentSamplingPercentage: capture.InitialSamplingPercentage,
            DestinationS3Uri: capture.DestinationS3Uri,
            KmsKeyId: capture.KmsKeyId ?? '',
          },
  };
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}
