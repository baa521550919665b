import type { PendingTrigger, Run } from '../../lambdas/registry/entities';
import { registryStore } from '../../lambdas/registry/registry-store';
import { FixedClock } from '../../lambdas/shared/clock';
import { endRun } from '../../lambdas/training/end-run';
import { examine, type GovernorDeps } from '../../lambdas/training/governor';
import type { PipelineInput } from '../../lib/training/contract';
import { MODEL } from '../registry/samples';
import { TestTable } from '../registry/support/test-table';

/** Where a governor may be killed: before any call that it makes. */
export class Crash extends Error {}

export const version = (name: string): string => name.repeat(64).slice(0, 64);

export const dataTrigger = (name: string): PendingTrigger => ({
  key: `data:${version(name)}`,
  trigger: 'data',
  reasons: [`dataset version ${name} was accepted`],
  datasetVersion: version(name),
  requestedAt: '2013-03-01T00:00:00.000Z',
});

export const driftTrigger = (name: string): PendingTrigger => ({
  key: `drift:flights-drift:${name}`,
  trigger: 'drift',
  reasons: ['alarm "flights-drift" went into ALARM'],
  requestedAt: '2013-03-01T00:00:00.000Z',
});

/** A registry, a state machine and a bus in memory, in which governors can be killed at any call. */
export class GovernorWorld {
  readonly table = new TestTable();
  readonly clock = new FixedClock('2013-03-01T00:00:00Z');
  readonly store = registryStore(this.table.client, 'registry', {
    sleep: async () => undefined,
    random: () => 0,
  });
  readonly executions = new Map<string, { input: PipelineInput; status: string; cause?: string }>();
  readonly published: { type: string; detail: Record<string, unknown> }[] = [];
  /** Runs that were shown to MLflow's clients. */
  readonly mirrored: string[] = [];
  newest: string | undefined;
  maxRunning = 0;
  /** Asked before each call of a governor. */
  crashes: () => boolean = () => false;
  beforeCall: (name: string) => Promise<unknown> = async () => undefined;

  readonly deps: GovernorDeps = {
    model: MODEL,
    dataset: 'flights',
    recipe: 'r1',
    policy: { maxDataRunsPerDay: 100, cooldownSeconds: 0 },
    store: this.killable(this.store),
    executions: {
      start: async (input) => {
        await this.reach('start');
        if (!this.executions.has(input.runId)) this.executions.set(input.runId, { input, status: 'RUNNING' });
        const running = [...this.executions.values()].filter(({ status }) => status === 'RUNNING');
        this.maxRunning = Math.max(this.maxRunning, running.length);
      },
      describe: async (runId) => {
        await this.reach('describe');
        const execution = this.executions.get(runId);
        if (execution === undefined) return undefined;
        const { status, cause } = execution;
        return { arn: runId, running: status === 'RUNNING', status, cause };
      },
    },
    newestDatasetVersion: async () => {
      await this.reach('newest');
      return this.newest;
    },
    publish: async (type, detail) => {
      await this.reach('publish');
      this.published.push({ type, detail });
    },
    mirror: async (runId) => {
      await this.reach('mirror');
      this.mirrored.push(runId);
    },
    clock: this.clock,
  };

  /** What the admit function does with one delivery of a trigger. */
  async deliver(trigger: PendingTrigger): Promise<void> {
    if ((await this.deps.store.putPendingTrigger(MODEL, trigger)) !== 'pending') return;
    await examine(this.deps, trigger);
  }

  /** Delivers until the governor survives, as a queue does. */
  async insist(work: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await work();
        return;
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
      }
    }
  }

  running(): string[] {
    return [...this.executions].filter(([, { status }]) => status === 'RUNNING').map(([runId]) => runId);
  }

  /** The run ends, and its conclusion wakes the governor. */
  async finish(runId: string, status: Run['status'] & ('FINISHED' | 'FAILED') = 'FINISHED'): Promise<void> {
    const execution = this.executions.get(runId)!;
    await endRun(
      { store: this.store, publish: async () => undefined, mirror: async () => undefined, clock: this.clock },
      { runId, model: MODEL, leaseToken: execution.input.leaseToken },
      { status, reasons: [] },
    );
    execution.status = status === 'FINISHED' ? 'SUCCEEDED' : 'FAILED';
  }

  /** The execution ends without a conclusion. */
  abort(runId: string): void {
    Object.assign(this.executions.get(runId)!, { status: 'ABORTED', cause: 'stopped by a person' });
  }

  decisions(): unknown[] {
    return this.published
      .filter(({ type }) => type === 'Training Decided')
      .map(({ detail }) => detail.decision);
  }

  private async reach(name: string): Promise<void> {
    await this.beforeCall(name);
    if (this.crashes()) throw new Crash(name);
  }

  private killable<T extends object>(store: T): T {
    return Object.fromEntries(
      Object.entries(store).map(([name, operation]) => [
        name,
        async (...args: unknown[]) => {
          await this.reach(name);
          return (operation as (...all: unknown[]) => unknown)(...args);
        },
      ]),
    ) as T;
  }
}
