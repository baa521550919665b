import { DetailType } from '../../../lib/events-contract';
import { CHAMPION } from '../../../lib/registry/contract';
import type { PublishEvent } from '../../shared/events';
import type { AliasState, Change, ModelStore } from './model-store';

/** Told of an event that the bus did not take. */
export type OnLostEvent = (detailType: string, detail: Record<string, unknown>, error: unknown) => void;

/** One line of JSON, which CloudWatch Logs can search by its fields. */
const logLostEvent: OnLostEvent = (detailType, detail, error) =>
  console.error(
    JSON.stringify({
      level: 'ERROR',
      message: `The change is made, but the event "${detailType}" is lost`,
      detail,
      error: String(error),
    }),
  );

function retriedOnce(publish: PublishEvent, onLost: OnLostEvent): PublishEvent {
  return async (detailType, detail) => {
    try {
      await publish(detailType, detail).catch(() => publish(detailType, detail));
    } catch (error) {
      onLost(detailType, detail, error);
    }
  };
}

/**
 * The store, telling the bus what happened after it is written: versions that are registered, approvals that are
 * asked for, champions that change. A change that is made stays made: when the bus refuses its event twice, the event is
 * given to `onLost` and the caller gets its answer, since a caller that was told of an error would make the change again.
 * A crash in between loses the event, too; a version that is registered again with its client token is told of again.
 */
export function withEvents(
  store: ModelStore,
  publishOnce: PublishEvent,
  onLost: OnLostEvent = logLostEvent,
): ModelStore {
  const publish = retriedOnce(publishOnce, onLost);
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
