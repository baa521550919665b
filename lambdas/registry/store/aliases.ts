import { modelPk, RegistrySk } from '../../../lib/registry/contract';
import type { Alias, Fence } from '../entities';
import { ConflictError, FencedError, NotFoundError } from '../errors';
import { auditItem } from './audit';
import { fenceCheck } from './leases';
import {
  type Cancellation,
  CONDITION_FAILED,
  getItem,
  type RegistryTable,
  type TransactItem,
  transact,
  untilUncontended,
  withoutKeys,
} from './table';

export interface MoveAlias {
  readonly model: string;
  readonly alias: string;
  readonly version: number;
  /** The revision that was read; undefined when the alias did not exist. */
  readonly expectedRevision: number | undefined;
  readonly reason: string;
  readonly deploymentId?: string;
  readonly at: string;
  /** Lets the move depend on a lease. @default - no lease is checked */
  readonly fence?: Fence;
}

export async function getAlias(
  table: RegistryTable,
  model: string,
  alias: string,
): Promise<Alias | undefined> {
  const item = await getItem(table, modelPk(model), RegistrySk.alias(alias));
  return item === undefined ? undefined : withoutKeys<Alias>(item);
}

/**
 * Points an alias at a version. An alias is one item, so there is at most one champion. Repeating the same move
 * (same deployment, version and expected revision) answers the alias as it was moved.
 *
 * @throws ConflictError when the alias was moved since it was read.
 * @throws NotFoundError when the model has no such version.
 * @throws FencedError when the lease has passed to another holder.
 */
export async function moveAlias(table: RegistryTable, move: MoveAlias): Promise<Alias> {
  return untilUncontended(table, `Moving "${move.alias}" of model "${move.model}"`, async () => {
    const before = await getAlias(table, move.model, move.alias);
    if (isDone(before, move)) return before;
    if (before?.revision !== move.expectedRevision) throw conflict(move, before);
    const after: Alias = {
      alias: move.alias,
      version: move.version,
      previous: before?.version,
      revision: (before?.revision ?? 0) + 1,
      movedAt: move.at,
      deploymentId: move.deploymentId,
      reason: move.reason,
    };
    const refused = await transact(table, moveItems(table, move, after));
    if (refused === undefined) return after;
    throwIfHopeless(move, refused);
    return undefined;
  });
}

function throwIfHopeless(move: MoveAlias, [, version, , fence]: Cancellation): void {
  if (version === CONDITION_FAILED) {
    throw new NotFoundError(
      `Model "${move.model}" has no version ${move.version} to move "${move.alias}" to.`,
    );
  }
  if (fence === CONDITION_FAILED) {
    throw new FencedError(
      `Moving "${move.alias}" of model "${move.model}" refused: the ${move.fence?.lease} lease with token ${move.fence?.token} has ended or passed to another holder.`,
    );
  }
}

function isDone(alias: Alias | undefined, move: MoveAlias): boolean {
  return (
    alias !== undefined &&
    move.deploymentId !== undefined &&
    alias.deploymentId === move.deploymentId &&
    alias.version === move.version &&
    alias.revision === (move.expectedRevision ?? 0) + 1
  );
}

function conflict(move: MoveAlias, found: Alias | undefined): ConflictError {
  const now =
    found === undefined
      ? 'it does not exist'
      : `it is at revision ${found.revision} (version ${found.version})`;
  return new ConflictError(
    `Alias "${move.alias}" of model "${move.model}" was expected at revision ${move.expectedRevision ?? 'none'}, but ${now}. Read it again before moving it.`,
  );
}

function moveItems(table: RegistryTable, move: MoveAlias, after: Alias): TransactItem[] {
  const pk = modelPk(move.model);
  return [
    {
      Put: {
        TableName: table.name,
        Item: { ...after, PK: pk, SK: RegistrySk.alias(move.alias), entity: 'alias' },
        ConditionExpression:
          move.expectedRevision === undefined ? 'attribute_not_exists(PK)' : 'revision = :seen',
        ...(move.expectedRevision === undefined
          ? {}
          : { ExpressionAttributeValues: { ':seen': move.expectedRevision } }),
      },
    },
    {
      ConditionCheck: {
        TableName: table.name,
        Key: { PK: pk, SK: RegistrySk.version(move.version) },
        ConditionExpression: 'attribute_exists(PK)',
      },
    },
    {
      Put: auditItem(table, move.model, {
        at: move.at,
        id: `alias-${move.alias}-${after.revision}`,
        action: 'move-alias',
        actor: move.deploymentId ?? 'unknown',
        detail: { alias: move.alias, version: move.version, previous: after.previous, reason: move.reason },
      }),
    },
    ...(move.fence === undefined ? [] : [fenceCheck(table, move.model, move.fence)]),
  ];
}
