import { DetailType } from '../../lib/events-contract';
import { Lease } from '../../lib/registry/contract';
import type { Run } from '../registry/entities';
import type { MirrorRun } from '../registry/mirror/mirror-run';
import type { RegistryStore } from '../registry/registry-store';
import type { Clock } from '../shared/clock';
import type { PublishEvent } from '../shared/events';
import type { Outcome } from './outcome';

export interface EndRunDeps {
  readonly store: Pick<RegistryStore, 'getRun' | 'updateRun' | 'releaseLease'>;
  readonly publish: PublishEvent;
  /** Shows the end to MLflow's clients; never throws. */
  readonly mirror: MirrorRun;
  readonly clock: Clock;
}

/**
 * Ends a run: records the outcome, tells the world, shows it to MLflow and gives the lease back, in this order, so that repeating it
 * after a crash completes it. A run that has ended keeps its outcome.
 */
export async function endRun(
  deps: EndRunDeps,
  run: { readonly runId: string; readonly model: string; readonly leaseToken: number },
  outcome: Outcome,
): Promise<void> {
  const known = await deps.store.getRun(run.runId);
  if (known?.status === 'RUNNING') {
    const { status, deployment, modelVersion, failure } = outcome;
    const endedAt = deps.clock.now().toISOString();
    await deps.store.updateRun(run.runId, { status, deployment, modelVersion, failure, endedAt });
  }
  const final =
    known === undefined || known.status === 'RUNNING' ? outcome : { ...known, reasons: endReasons(known) };
  await deps.publish(DetailType.TRAINING_RUN_COMPLETED, {
    model: run.model,
    runId: run.runId,
    status: final.status,
    verdict: known?.verdict,
    modelVersion: final.modelVersion,
    deployment: final.deployment,
    reasons: final.reasons,
  });
  await deps.mirror(run.runId);
  await deps.store.releaseLease({
    model: run.model,
    name: Lease.TRAINING,
    owner: run.runId,
    token: run.leaseToken,
  });
}

function endReasons(run: Run): readonly string[] {
  return [...(run.verdict?.reasons ?? []), ...(run.failure === undefined ? [] : [run.failure])];
}
