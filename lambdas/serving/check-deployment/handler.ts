import { Lease } from '../../../lib/registry/contract';
import { LEASE_SECONDS } from '../../../lib/serving/contract';
import type { RegistryStore } from '../../registry/registry-store';
import type { Clock } from '../../shared/clock';
import type { AlarmView } from '../endpoint-view';
import { decideStatus, type StatusDecision } from '../status-decision';

/** The endpoint as the state machine described it: fields without a value are absent or null. */
interface DescribedEndpoint {
  readonly status?: string | null;
  readonly config?: string | null;
  readonly pendingConfig?: string | null;
  readonly failureReason?: string | null;
  readonly error?: string | null;
}

export interface CheckEvent {
  readonly deploymentId: string;
  readonly plan: {
    readonly endpointConfigName: string;
    readonly deadline: string;
    readonly creating: boolean;
  };
  readonly endpoint: DescribedEndpoint;
  readonly previous: { readonly alarmsSeen: readonly string[] };
}

export interface CheckDeps {
  readonly model: string;
  readonly store: Pick<RegistryStore, 'acquireLease'>;
  readonly readAlarms: () => Promise<AlarmView[]>;
  readonly clock: Clock;
}

export function createHandler(deps: CheckDeps) {
  return async (event: CheckEvent): Promise<StatusDecision> => {
    const now = deps.clock.now();
    const [lease, alarms] = await Promise.all([
      deps.store.acquireLease({
        model: deps.model,
        name: Lease.DEPLOYMENT,
        owner: event.deploymentId,
        now,
        ttlSeconds: LEASE_SECONDS,
      }),
      deps.readAlarms(),
    ]);
    if (lease === undefined) {
      return {
        status: 'failed',
        reasons: ['The lease ended while this deployment waited, and another deployment has taken its turn.'],
        alarmsSeen: event.previous.alarmsSeen,
        deleteEndpoint: false,
      };
    }
    return decideStatus({
      now,
      deadline: new Date(event.plan.deadline),
      endpointConfigName: event.plan.endpointConfigName,
      creating: event.plan.creating,
      endpoint: endpointOf(event.endpoint),
      alarms,
      alarmsSeen: event.previous.alarmsSeen,
    });
  };
}

function endpointOf(described: DescribedEndpoint) {
  if (typeof described.error === 'string') return { error: described.error };
  return {
    status: described.status ?? 'unknown',
    config: described.config ?? '',
    pendingConfig: described.pendingConfig ?? undefined,
    failureReason: described.failureReason ?? undefined,
  };
}
