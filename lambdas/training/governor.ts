import { DetailType } from '../../lib/events-contract';
import { Lease } from '../../lib/registry/contract';
import { type PipelineInput, RECIPE_TAG } from '../../lib/training/contract';
import type { PendingTrigger, Run } from '../registry/entities';
import type { MirrorRun } from '../registry/mirror/mirror-run';
import type { RegistryStore } from '../registry/registry-store';
import type { Clock } from '../shared/clock';
import type { PublishEvent } from '../shared/events';
import { type Admission, type AdmissionPolicy, admit } from './admission';
import { endRun } from './end-run';
import type { Executions } from './executions';

export interface GovernorDeps {
  readonly model: string;
  readonly dataset: string;
  readonly recipe: string;
  readonly policy: AdmissionPolicy;
  readonly store: RegistryStore;
  readonly executions: Executions;
  /** The newest accepted version of the dataset. */
  newestDatasetVersion(): Promise<string | undefined>;
  readonly publish: PublishEvent;
  /** Shows the end of a run that could not end itself to MLflow's clients; never throws. */
  readonly mirror: MirrorRun;
  readonly clock: Clock;
}

/** From taking the lease to the pipeline's first step, which renews it for the whole run. */
const START_SECONDS = 300;
/** How many earlier runs are looked at. */
const HISTORY = 100;

type Start = Extract<Admission, { decision: 'start' }>;
type Held = Extract<Admission, { decision: 'coalesce' | 'defer' }>;

/**
 * Decides about everything that waits, until nothing more can be decided now. Every step can be repeated after a
 * crash: a trigger waits in the registry until it is settled, the lease and the run are written before the
 * execution is started, and whoever comes next finishes what a dead predecessor began.
 *
 * @param incoming - the trigger that has just arrived, if one did; it gets an answer in any case.
 */
export async function examine(deps: GovernorDeps, incoming?: PendingTrigger): Promise<Admission> {
  for (;;) {
    const current = await currentRun(deps);
    const pending = await deps.store.listPendingTriggers(deps.model);
    if (pending.length === 0) return { decision: 'idle' };
    const admission = admit(
      {
        now: deps.clock.now(),
        pending,
        current,
        newest: await deps.newestDatasetVersion(),
        runs: await deps.store.listRuns(deps.model, HISTORY),
        recipe: deps.recipe,
      },
      deps.policy,
    );
    switch (admission.decision) {
      case 'idle':
        return admission;
      case 'coalesce':
      case 'defer':
        if (incoming !== undefined) await announceHeld(deps, admission, incoming);
        return admission;
      case 'ignore':
        await announce(deps, admission.decision, admission.lead, admission.reasons);
        await settle(deps, 'ignore', admission.covers, admission.reasons);
        break;
      case 'start': {
        const started = await start(deps, admission);
        if (started === 'yes') return admission;
        if (started === 'another is') {
          const reasons = ['another run is being started: this trigger waits for its end'];
          const held = { decision: 'coalesce', lead: admission.lead, reasons } as const;
          if (incoming !== undefined) await announceHeld(deps, held, incoming);
          return held;
        }
      }
    }
  }
}

/** The run that goes on. Finishes what a governor or a pipeline that died has left undone. */
async function currentRun(deps: GovernorDeps): Promise<{ runId: string } | undefined> {
  const lease = await deps.store.getLease(deps.model, Lease.TRAINING);
  if (lease === undefined) return undefined;
  const runId = lease.owner;
  const run = await deps.store.getRun(runId);
  // A governor is about to write the run, or has died: start() will find out by the lease.
  if (run === undefined) return undefined;
  let execution = await deps.executions.describe(runId);
  if (execution === undefined && run.status === 'RUNNING') {
    await launch(deps, run, lease.token);
    execution = await deps.executions.describe(runId);
  }
  await settle(deps, 'start', run.answers ?? [], run.reasons, runId);
  if (execution === undefined ? run.status === 'RUNNING' : execution.running) return { runId };
  const words = `the pipeline's execution ended as ${execution?.status}${execution?.cause === undefined ? '' : `: ${execution.cause}`}`;
  await endRun(
    deps,
    { runId, model: deps.model, leaseToken: lease.token },
    { status: 'FAILED', failure: words, reasons: [words] },
  );
  return undefined;
}

/** @returns `no` when the state has changed and is to be examined again. */
async function start(deps: GovernorDeps, admission: Start): Promise<'yes' | 'no' | 'another is'> {
  const { runId } = admission;
  const now = deps.clock.now();
  const lease = await deps.store.acquireLease({
    model: deps.model,
    name: Lease.TRAINING,
    owner: runId,
    now,
    ttlSeconds: START_SECONDS,
  });
  if (lease === undefined) return 'another is';
  const run: Run = {
    runId,
    model: deps.model,
    status: 'RUNNING',
    trigger: admission.lead.trigger,
    reasons: admission.reasons,
    dataset: deps.dataset,
    datasetVersion: admission.datasetVersion,
    startedAt: now.toISOString(),
    params: {},
    metrics: {},
    tags: { [RECIPE_TAG]: deps.recipe },
    answers: admission.covers,
  };
  if (!(await deps.store.createRun(run))) {
    // The same trigger started this run before: it goes on, was never launched, or has ended. currentRun() sees which.
    await settle(deps, 'start', [admission.lead.key], admission.reasons, runId);
    return 'no';
  }
  await launch(deps, run, lease.token);
  await announce(deps, 'start', admission.lead, admission.reasons, runId);
  await settle(deps, 'start', admission.covers, admission.reasons, runId);
  return 'yes';
}

async function launch(deps: GovernorDeps, run: Run, leaseToken: number): Promise<void> {
  const { runId, model, trigger, reasons, dataset, datasetVersion, startedAt } = run;
  const input: PipelineInput = {
    runId,
    model,
    trigger,
    reasons,
    dataset,
    datasetVersion,
    leaseToken,
    startedAt,
  };
  await deps.executions.start(input);
}

async function settle(
  deps: GovernorDeps,
  decision: 'start' | 'ignore',
  keys: readonly string[],
  reasons: readonly string[],
  runId?: string,
): Promise<void> {
  const at = deps.clock.now().toISOString();
  for (const key of keys) await deps.store.settleTrigger(deps.model, { key, decision, runId, reasons, at });
}

async function announceHeld(deps: GovernorDeps, admission: Held, incoming: PendingTrigger): Promise<void> {
  await announce(deps, admission.decision, incoming, admission.reasons);
}

async function announce(
  deps: GovernorDeps,
  decision: Admission['decision'],
  trigger: PendingTrigger,
  reasons: readonly string[],
  runId?: string,
): Promise<void> {
  await deps.publish(DetailType.TRAINING_DECIDED, {
    model: deps.model,
    decision,
    trigger: trigger.trigger,
    runId,
    reasons,
    at: deps.clock.now().toISOString(),
  });
}
