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
 * asked for, champions that change or go (then the event has no `version`). A change that is made stays made: when the bus refuses its event twice, the event is
 * given to `onLost` and the caller gets its answer, since a caller that was told of an error would make the change again.
 * A crash in between loses the event, too; a version that is registered again with its client token is told of again.
 */
export function withEvents(
  store: ModelStore,
  publishOnce: PublishEvent,
  onLost: OnLostEvent = logLostEvent,
): ModelStore {
  const publish = retriedOnce(publishOnce, onLost);
  const tellOfChampion = (
    name: string,
    { version, previous }: { readonly version?: number; readonly previous?: number },
    change: Change,
    otherwise: string,
  ): Promise<void> =>
    publish(DetailType.CHAMPION_CHANGED, {
      model: name,
      version,
      previous,
      reason: change.reason ?? otherwise,
      by: change.by,
    });
  /** Tells when the alias is not where it was before: setting it to where it stands is no change. */
  const movingChampion = async (
    name: string,
    alias: string,
    change: Change,
    move: () => Promise<AliasState>,
  ): Promise<AliasState> => {
    if (alias !== CHAMPION) return move();
    const before = await store.getAlias(name, CHAMPION);
    const after = await move();
    if (after.revision !== before?.revision && after.version !== after.previous) {
      await tellOfChampion(name, after, change, `Set by ${change.by}.`);
    }
    return after;
  };
  /** Tells when there was a champion and there is none any more. */
  const removingChampion = async (
    name: string,
    change: Change,
    concerns: (version: number) => boolean,
    remove: () => Promise<void>,
  ): Promise<void> => {
    const before = await store.getAlias(name, CHAMPION);
    await remove();
    if (before === undefined || !concerns(before.version)) return;
    await tellOfChampion(name, { previous: before.version }, change, `Taken away by ${change.by}.`);
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
    setAlias: (move, change) =>
      movingChampion(move.name, move.alias, change, () => store.setAlias(move, change)),
    rollbackAlias: (name, alias, expectedRevision, change) =>
      movingChampion(name, alias, change, () => store.rollbackAlias(name, alias, expectedRevision, change)),
    deleteAlias: (name, alias, change) =>
      alias === CHAMPION
        ? removingChampion(
            name,
            change,
            () => true,
            () => store.deleteAlias(name, alias, change),
          )
        : store.deleteAlias(name, alias, change),
    deleteVersion: (name, version, change) =>
      removingChampion(
        name,
        change,
        (champion) => champion === version,
        () => store.deleteVersion(name, version, change),
      ),
    deleteModel: (name, change) =>
      removingChampion(
        name,
        change,
        () => true,
        () => store.deleteModel(name, change),
      ),
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
