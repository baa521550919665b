import type { Context } from '../context';
import type { DataCaptureConfig, DeploymentConfig, EndpointConfig, VariantStatus } from '../state/records';
import { type DeploymentStep, planDeployment } from '../traffic/deployment-plan';
import { type EndpointStore, servingState } from './endpoint-store';
import { Fleet, type VariantProperties } from './fleet';
import type { LiveEndpoint } from './live-endpoint';

const ALARM_POLL_VIRTUAL_MS = 5000;
const LEAST_ALARM_POLL_REAL_MS = 100;
const DEFAULT_TIMEOUT_SECONDS = 28_800;

/** An update of an endpoint that was accepted. */
export interface DeploymentRequest {
  readonly endpoint: string;
  readonly config: EndpointConfig;
  readonly captureConfig: DataCaptureConfig | undefined;
  readonly properties: ReadonlyMap<string, VariantProperties>;
  readonly deploymentConfig: DeploymentConfig | undefined;
}

/**
 * One blue/green update: launches the new fleet beside the old one, moves traffic step by step, watches the alarms
 * through every bake (in virtual time), and either retires the old fleet or takes everything back.
 */
export class Deployment {
  private readonly startTime: number;
  private readonly alarmNames: string[];
  private spentSeconds = 0;

  constructor(
    private readonly context: Context,
    private readonly store: EndpointStore,
    private readonly live: LiveEndpoint,
    private readonly request: DeploymentRequest,
  ) {
    this.startTime = context.now();
    this.alarmNames = (request.deploymentConfig?.AutoRollbackConfiguration?.Alarms ?? []).map(
      ({ AlarmName }) => AlarmName,
    );
  }

  /** Ends with the endpoint in service, on the new configuration or on the old one; never rejects. */
  async run(): Promise<void> {
    try {
      await this.refuseAlarms();
      const green = await this.launch();
      const steps = planDeployment(
        green.variants.map(({ instanceCount }) => instanceCount),
        this.policy,
      );
      for (const step of steps) {
        await this.take(green, step);
      }
      await this.complete();
    } catch (error) {
      await this.rollBack((error as Error).message);
    }
  }

  private get policy() {
    return this.request.deploymentConfig?.BlueGreenUpdatePolicy;
  }

  private async launch(): Promise<Fleet> {
    const { endpoint, config, properties, captureConfig } = this.request;
    const counts = config.ProductionVariants.map(
      ({ VariantName, InitialInstanceCount }) =>
        properties.get(VariantName)?.instanceCount ?? InitialInstanceCount,
    );
    this.show(counts, counts, (count) => ({
      Status: 'Creating',
      StatusMessage: `Launching ${count} instance(s).`,
    }));
    const began = performance.now();
    const green = await Fleet.launch(this.context, endpoint, config, properties, captureConfig);
    this.spentSeconds += (performance.now() - began) / 1000;
    this.live.shift(green, 0, this.policy !== undefined);
    return green;
  }

  private async take(green: Fleet, step: DeploymentStep): Promise<void> {
    const counts = green.variants.map(({ instanceCount }) => instanceCount);
    const kind = step.last ? 'full' : 'canary';
    this.live.shift(green, step.greenShare, this.policy !== undefined);
    this.show(counts, step.activeInstances, (_, active) => ({
      Status: 'ActivatingTraffic',
      StatusMessage: `Activating traffic on ${kind} capacity of ${active} instance(s).`,
    }));
    if (step.bakeSeconds > 0) {
      const wait = step.last ? 'TerminationWaitInSeconds' : 'WaitIntervalInSeconds';
      this.show(counts, step.activeInstances, (_, active) => ({
        Status: 'Baking',
        StatusMessage:
          `Baking for ${step.bakeSeconds} seconds (${wait}) with traffic enabled on ${kind} capacity of ` +
          `${active} instance(s).`,
      }));
      await this.bake(step.bakeSeconds);
    }
  }

  private async bake(seconds: number): Promise<void> {
    const { clock } = this.context.options;
    const poll = Math.max(ALARM_POLL_VIRTUAL_MS, LEAST_ALARM_POLL_REAL_MS * clock.speed);
    const end = clock.now().getTime() + seconds * 1000;
    this.spentSeconds += seconds;
    const timeout = this.policy?.MaximumExecutionTimeoutInSeconds ?? DEFAULT_TIMEOUT_SECONDS;
    if (this.spentSeconds > timeout) {
      throw this.rolledBack(`it took longer than MaximumExecutionTimeoutInSeconds (${timeout})`);
    }
    for (let left = seconds * 1000; left > 0; left = end - clock.now().getTime()) {
      await this.refuseAlarms();
      await clock.sleep(Math.min(left, poll), this.context.closing.signal);
    }
    await this.refuseAlarms();
  }

  /** @throws Error when an alarm is in ALARM, or can't be read */
  private async refuseAlarms(): Promise<void> {
    if (this.alarmNames.length === 0) {
      return;
    }
    const states = await this.context.options.alarms.states(this.alarmNames);
    const ringing = this.alarmNames.filter((name) => states.get(name) === 'ALARM');
    if (ringing.length > 0) {
      throw this.rolledBack(`CloudWatch alarm(s) in ALARM state: ${ringing.join(', ')}`);
    }
    const missing = this.alarmNames.filter((name) => !states.has(name));
    if (missing.length > 0) {
      throw this.rolledBack(`CloudWatch alarm(s) not found: ${missing.join(', ')}`);
    }
  }

  private rolledBack(why: string): Error {
    const name = this.request.config.EndpointConfigName;
    return new Error(`The deployment of endpoint configuration "${name}" was rolled back: ${why}.`);
  }

  private async complete(): Promise<void> {
    const { endpoint, deploymentConfig } = this.request;
    const old = this.live.promote();
    const counts = old.variants.map(({ instanceCount }) => instanceCount);
    this.show(counts, counts, (count) => ({
      Status: 'Deleting',
      StatusMessage: `Terminating ${count} instance(s).`,
    }));
    await old.retire();
    this.store.change(endpoint, {
      ...servingState(this.live.stable),
      EndpointStatus: 'InService',
      FailureReason: undefined,
      PendingDeploymentSummary: undefined,
      LastDeploymentConfig: deploymentConfig,
    });
  }

  private async rollBack(reason: string): Promise<void> {
    const { endpoint } = this.request;
    await this.live.abandon()?.retire();
    this.store.change(endpoint, {
      ...servingState(this.live.stable),
      EndpointStatus: 'InService',
      FailureReason: reason,
      PendingDeploymentSummary: undefined,
    });
  }

  private show(
    counts: readonly number[],
    active: readonly number[],
    status: (count: number, active: number) => VariantStatus,
  ): void {
    const { config, endpoint, properties } = this.request;
    const StartTime = this.context.now();
    this.store.change(endpoint, {
      PendingDeploymentSummary: {
        EndpointConfigName: config.EndpointConfigName,
        StartTime: this.startTime,
        ProductionVariants: config.ProductionVariants.map((variant, index) => {
          const weight = properties.get(variant.VariantName)?.weight ?? variant.InitialVariantWeight ?? 1;
          const count = counts[index] ?? 0;
          const now = status(count, active[index] ?? 0);
          return {
            VariantName: variant.VariantName,
            CurrentWeight: weight,
            DesiredWeight: weight,
            CurrentInstanceCount: now.Status === 'Creating' ? 0 : count,
            DesiredInstanceCount: count,
            InstanceType: variant.InstanceType,
            VariantStatus: [{ StartTime, ...now }],
          };
        }),
      },
    });
  }
}
