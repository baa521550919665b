import { DetailType } from '../../../lib/events-contract';
import { CHAMPION } from '../../../lib/registry/contract';
import type { PublishEvent } from '../../shared/events';
import type { AliasState, Change, ModelStore } from './model-store';

/**
 * The store, telling the bus what happened after it is written: versions that are registered, approvals that are
 * asked for, champions that change. A crash in between loses the event, not the change; a caller that repeats a change
 * with its client token publishes again, so that events come at least once to whoever insists.
 */
export function withEvents(store: ModelStore, publish: PublishEvent): ModelStore {
  const championMoved = async (name: string, moved: AliasState, change: Change): Promise<AliasState> => {
    if (moved.alias === CHAMPION && moved.version !== moved.previous) {
      await publish(DetailType.CHAMPION_CHANGED, {
        model: name,
        version: moved.version,
        previous: moved.previous,
        reason: change.reason ?? `Set by ${change.by}.`,
        by: change.by,
      });
    }
    return moved;
  };
  return {
    ...store,
    createVersion: async (input, change) => {
      const version = await store.createVersion(input, change);
      await publish(DetailType.MODEL_VERSION_REGISTERED, {
        model: version.name,
        version: version.version,
        runId: version.runId,
        source: version.source,
        by: change.by,
      });
      return version;
    },
    setAlias: async (move, change) => championMoved(move.name, await store.setAlias(move, change), change),
    rollbackAlias: async (name, alias, expectedRevision, change) =>
      championMoved(name, await store.rollbackAlias(name, alias, expectedRevision, change), change),
    requestApproval: async (name, version, request, change) => {
      const approval = await store.requestApproval(name, version, request, change);
      await publish(DetailType.APPROVAL_REQUESTED, {
        model: name,
        version,
        status: approval.status,
        requestedBy: approval.requestedBy,
        reason: approval.reason,
      });
      return approval;
    },
  };
}
