import type { Context } from '../context';
import type { EndpointConfig } from '../state/records';
import { Deployment, type DeploymentRequest } from './deployment';
import { EndpointStore, servingState } from './endpoint-store';
import { Fleet, type VariantProperties } from './fleet';
import { LiveEndpoint } from './live-endpoint';

const CAPACITY_CHANGE_VIRTUAL_MS = 1000;

/** New weight and instance count of a variant; undefined leaves one as it is. */
export interface DesiredCapacity {
  readonly VariantName: string;
  readonly DesiredWeight?: number;
  readonly DesiredInstanceCount?: number;
}

/** Starts, changes and ends endpoints. What it begins goes on in the background; records tell how far it is. */
export class EndpointManager {
  readonly store: EndpointStore;
  private readonly live = new Map<string, LiveEndpoint>();
  private readonly work = new Set<Promise<void>>();

  constructor(private readonly context: Context) {
    this.store = new EndpointStore(context);
  }

  /** The endpoint when it can answer requests. */
  find(name: string): LiveEndpoint | undefined {
    return this.live.get(name);
  }

  /** Everything that runs, by endpoint. */
  endpoints(): [string, LiveEndpoint][] {
    return [...this.live];
  }

  create(name: string, config: EndpointConfig): void {
    this.inBackground(() => this.launch(name, config));
  }

  /** Starts an endpoint again that an earlier runtime left. @param failure - FailureReason to keep */
  restart(name: string, config: EndpointConfig, failure: string | undefined): void {
    this.store.change(name, { EndpointStatus: 'SystemUpdating', PendingDeploymentSummary: undefined });
    const variants = this.store.get(name)?.ProductionVariants ?? [];
    const properties = variants.map(
      ({ VariantName, CurrentInstanceCount, CurrentWeight }) =>
        [VariantName, { instanceCount: CurrentInstanceCount ?? 1, weight: CurrentWeight ?? 1 }] as const,
    );
    this.inBackground(() => this.launch(name, config, new Map(properties), failure));
  }

  update(live: LiveEndpoint, request: DeploymentRequest): void {
    this.store.change(request.endpoint, { EndpointStatus: 'Updating', FailureReason: undefined });
    this.inBackground(() => new Deployment(this.context, this.store, live, request).run());
  }

  setCapacities(name: string, live: LiveEndpoint, wanted: readonly DesiredCapacity[]): void {
    const desired = live.stable.summary().map((variant) => {
      const change = wanted.find(({ VariantName }) => VariantName === variant.VariantName);
      return {
        ...variant,
        DesiredWeight: change?.DesiredWeight ?? variant.DesiredWeight,
        DesiredInstanceCount: change?.DesiredInstanceCount ?? variant.DesiredInstanceCount,
      };
    });
    this.store.change(name, { EndpointStatus: 'Updating', ProductionVariants: desired });
    this.inBackground(async () => {
      await this.context.options.clock.sleep(CAPACITY_CHANGE_VIRTUAL_MS, this.context.closing.signal);
      for (const variant of live.stable.variants) {
        const change = wanted.find(({ VariantName }) => VariantName === variant.name);
        variant.weight = change?.DesiredWeight ?? variant.weight;
        variant.instanceCount = change?.DesiredInstanceCount ?? variant.instanceCount;
      }
      this.store.change(name, { ...servingState(live.stable), EndpointStatus: 'InService' });
    });
  }

  delete(name: string): void {
    const live = this.live.get(name);
    this.live.delete(name);
    this.store.change(name, { EndpointStatus: 'Deleting' });
    this.inBackground(async () => {
      await Promise.all((live?.fleets ?? []).map((fleet) => fleet.retire()));
      this.store.remove(name);
    });
  }

  /** Writes what was captured so far and captures no more. */
  async flush(): Promise<void> {
    await Promise.all(
      [...this.live.values()].flatMap(({ fleets }) => fleets.map((fleet) => fleet.flushCapture())),
    );
  }

  /** Resolves when nothing goes on in the background. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.work);
  }

  private async launch(
    name: string,
    config: EndpointConfig,
    properties?: ReadonlyMap<string, VariantProperties>,
    failure?: string,
  ): Promise<void> {
    try {
      const fleet = await Fleet.launch(this.context, name, config, properties);
      this.live.set(name, new LiveEndpoint(fleet));
      this.store.change(name, {
        ...servingState(fleet),
        EndpointStatus: 'InService',
        FailureReason: failure,
      });
    } catch (error) {
      this.store.change(name, { EndpointStatus: 'Failed', FailureReason: (error as Error).message });
    }
  }

  private inBackground(job: () => Promise<void>): void {
    const done = job().catch((error) => {
      if (!this.context.closing.signal.aborted) {
        this.context.options.logger.error('An endpoint operation failed', { error: `${error}` });
      }
    });
    this.work.add(done);
    void done.finally(() => this.work.delete(done));
  }
}
