import { DetailType } from '../../../lib/events-contract';
import { CHAMPION, Lease } from '../../../lib/registry/contract';
import { endpointNameOf, LEASE_SECONDS } from '../../../lib/serving/contract';
import type { Alias, DeploymentStatus } from '../../registry/entities';
import { ConflictError, FencedError, NotFoundError, type RegistryStore } from '../../registry/registry-store';
import type { Clock } from '../../shared/clock';
import type { PublishEvent } from '../../shared/events';
import { type DeploymentEnd, type DeploymentOutcome, deploymentOutcome } from '../deployment-outcome';
import { type DeploymentRequest, parseDeploymentRequest } from '../deployment-request';
import type { CleanedUp } from './clean-up';

export interface FinishEvent extends DeploymentEnd {
  readonly deploymentId: string;
  readonly request: unknown;
  readonly plan?: DeploymentEnd['plan'] & {
    readonly endpointConfigName?: string;
    readonly aliasRevision?: number;
    readonly waitingSince?: string;
  };
}

/** Output of the deployment state machine. */
export interface FinishedDeployment {
  readonly status: DeploymentStatus;
  readonly deploymentId: string;
  /** Empty when the deployment did not come as far as having one. */
  readonly endpointConfigName: string;
  readonly reasons: readonly string[];
}

export interface FinishDeps {
  readonly model: string;
  readonly store: Pick<
    RegistryStore,
    'acquireLease' | 'getLease' | 'releaseLease' | 'moveAlias' | 'putDeployment' | 'updateDeployment'
  >;
  readonly cleanUp: () => Promise<CleanedUp>;
  readonly publish: PublishEvent;
  readonly clock: Clock;
  readonly logger: {
    info(message: string, extra: Record<string, unknown>): void;
    warn(message: string, extra: Record<string, unknown>): void;
  };
}

/**
 * May be repeated from the start after a crash at any point: the move of the alias, the record and the release of
 * the lease are conditional, the deletions find nothing left, and an event that is sent twice says the same.
 */
export function createHandler(deps: FinishDeps) {
  return async (event: FinishEvent): Promise<FinishedDeployment> => {
    const { request } = parseDeploymentRequest(event.request, deps.model);
    const observed = deploymentOutcome(event);
    const moved =
      observed.status === 'live' && request !== undefined
        ? await moveChampion(deps, event, request)
        : undefined;
    const outcome = moved?.refused === undefined ? observed : refusal(observed, moved.refused);
    const finished: FinishedDeployment = {
      status: outcome.status,
      deploymentId: event.deploymentId,
      endpointConfigName: event.plan?.endpointConfigName ?? '',
      reasons: outcome.reasons,
    };
    if (request !== undefined) await record(deps, event, request, finished);
    await publishOutcome(deps, request, finished, moved?.alias);
    await cleanUpAndRelease(deps, event.deploymentId);
    deps.logger.info('deployment finished', { ...finished });
    return finished;
  };
}

interface Moved {
  readonly alias?: Alias;
  /** Why the alias was not moved. */
  readonly refused?: string;
}

/** The endpoint is verified to serve the version: only now the alias says so. */
async function moveChampion(
  deps: FinishDeps,
  event: FinishEvent,
  request: DeploymentRequest,
): Promise<Moved> {
  const now = deps.clock.now();
  const lease = await deps.store.acquireLease({
    model: deps.model,
    name: Lease.DEPLOYMENT,
    owner: event.deploymentId,
    now,
    ttlSeconds: LEASE_SECONDS,
  });
  if (lease === undefined) return { refused: 'another deployment has taken the lease.' };
  try {
    const alias = await deps.store.moveAlias({
      model: deps.model,
      alias: CHAMPION,
      version: request.version,
      expectedRevision: event.plan?.aliasRevision,
      reason:
        request.reasons.length > 0 ? request.reasons.join('; ') : `Deployment ${event.deploymentId} is live.`,
      deploymentId: event.deploymentId,
      by: request.requestedBy,
      at: now.toISOString(),
      fence: { lease: Lease.DEPLOYMENT, token: lease.token },
    });
    return { alias };
  } catch (error) {
    if (error instanceof ConflictError || error instanceof FencedError || error instanceof NotFoundError) {
      return { refused: error.message };
    }
    throw error;
  }
}

function refusal(observed: DeploymentOutcome, why: string): DeploymentOutcome {
  return {
    status: 'failed',
    reasons: [
      ...observed.reasons,
      `The champion alias was not moved: ${why} Deploy the version that should be live once more.`,
    ],
  };
}

async function record(
  deps: FinishDeps,
  event: FinishEvent,
  request: DeploymentRequest,
  finished: FinishedDeployment,
): Promise<void> {
  const endedAt = deps.clock.now().toISOString();
  const reasons = [...request.reasons, ...finished.reasons];
  const isNew = await deps.store.putDeployment({
    deploymentId: finished.deploymentId,
    model: deps.model,
    version: request.version,
    trigger: request.trigger,
    requestedBy: request.requestedBy,
    status: finished.status,
    endpointName: endpointNameOf(deps.model),
    endpointConfigName: finished.endpointConfigName,
    reasons,
    startedAt: event.plan?.waitingSince ?? endedAt,
    endedAt,
  });
  if (isNew) return;
  await deps.store.updateDeployment(deps.model, finished.deploymentId, {
    status: finished.status,
    reasons,
    endedAt,
  });
}

async function publishOutcome(
  deps: FinishDeps,
  request: DeploymentRequest | undefined,
  finished: FinishedDeployment,
  alias: Alias | undefined,
): Promise<void> {
  if (alias !== undefined && alias.version !== alias.previous) {
    await deps.publish(DetailType.CHAMPION_CHANGED, {
      model: deps.model,
      version: alias.version,
      previous: alias.previous,
      deploymentId: finished.deploymentId,
      reason: alias.reason,
      by: request?.requestedBy,
    });
  }
  await deps.publish(DetailType.DEPLOYMENT_COMPLETED, {
    model: deps.model,
    version: request?.version,
    deploymentId: finished.deploymentId,
    status: finished.status,
    reasons: finished.reasons,
  });
}

/** Only who holds the lease cleans up. What could not be deleted is found again by the next deployment. */
async function cleanUpAndRelease(deps: FinishDeps, deploymentId: string): Promise<void> {
  const lease = await deps.store.getLease(deps.model, Lease.DEPLOYMENT);
  if (lease?.owner !== deploymentId) return;
  try {
    const cleaned = await deps.cleanUp();
    deps.logger.info('cleaned up', { ...cleaned });
  } catch (error) {
    deps.logger.warn('clean-up failed; the next deployment repeats it', { error: String(error) });
  }
  await deps.store.releaseLease({
    model: deps.model,
    name: Lease.DEPLOYMENT,
    owner: deploymentId,
    token: lease.token,
  });
}
