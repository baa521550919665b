import { escapeKey, modelKeyPk, RegistrySk } from '../../../lib/registry/contract';
import type { Alias, Fence } from '../entities';
import { ConflictError, FencedError, NotFoundError } from '../errors';
import { type ModelRecord, withEntry, withoutEntry } from '../models/model-record';
import { fenceCheck } from './leases';
import { changeModel, type Step } from './model-changes';
import { CONDITION_FAILED, getItem, type RegistryTable, type TransactItem, withoutKeys } from './table';
import { isDeleted, readVersion } from './version-records';

export interface MoveAlias {
  readonly model: string;
  readonly alias: string;
  readonly version: number;
  /** The revision that was read; undefined when the alias did not exist. */
  readonly expectedRevision: number | undefined;
  readonly reason: string;
  readonly deploymentId?: string;
  /** The principal who asked for it. @default - the deployment */
  readonly by?: string;
  readonly at: string;
  /** Lets the move depend on a lease. @default - no lease is checked */
  readonly fence?: Fence;
}

/** An alias as it is stored: one that was deleted keeps counting. */
export type AliasRecord = Omit<Alias, 'version'> & { readonly version?: number };

export async function readAlias(
  table: RegistryTable,
  key: string,
  alias: string,
): Promise<AliasRecord | undefined> {
  const item = await getItem(table, modelKeyPk(key), RegistrySk.alias(alias));
  return item === undefined ? undefined : withoutKeys<AliasRecord>(item);
}

/** The alias of a model that was never renamed. */
export async function getAlias(
  table: RegistryTable,
  model: string,
  alias: string,
): Promise<Alias | undefined> {
  return standing(await readAlias(table, escapeKey(model), alias));
}

/** The alias, unless it was deleted. */
export function standing(alias: AliasRecord | undefined): Alias | undefined {
  return alias?.version === undefined ? undefined : { ...alias, version: alias.version };
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
  const by = move.by ?? (move.deploymentId === undefined ? 'unknown' : `deployment:${move.deploymentId}`);
  return changeModel(table, move.model, { by, at: new Date(move.at) }, async (model) => {
    const key = model?.key ?? escapeKey(move.model);
    const [before, version] = await Promise.all([
      readAlias(table, key, move.alias),
      readVersion(table, key, move.version),
    ]);
    const seen = standing(before);
    if (seen !== undefined && isDone(seen, move)) return { unchanged: seen };
    if (seen?.revision !== move.expectedRevision) throw conflict(move, seen);
    if (model === undefined || version === undefined || isDeleted(model, version)) {
      throw new NotFoundError(
        `Model "${move.model}" has no version ${move.version} to move "${move.alias}" to.`,
      );
    }
    const after: Alias = {
      alias: move.alias,
      version: move.version,
      previous: seen?.version,
      revision: (before?.revision ?? 0) + 1,
      movedAt: move.at,
      deploymentId: move.deploymentId,
      reason: move.reason,
    };
    return aliasStep(table, model, before, after, move.fence);
  });
}

/** The step that puts an alias where it is to be. */
export function aliasStep(
  table: RegistryTable,
  model: ModelRecord,
  before: AliasRecord | undefined,
  after: Alias,
  fence?: Fence,
): Step<Alias> {
  const { alias, version, previous, revision, deploymentId, reason } = after;
  return {
    after: { ...model, aliases: withEntry(model.aliases, alias, version) },
    writes: [
      aliasItem(table, model.key, before, after),
      ...(fence === undefined ? [] : [fenceCheck(table, model.name, fence)]),
    ],
    entries: [
      {
        action: 'move-alias',
        reason,
        alias,
        version,
        before: before?.version === undefined ? undefined : { version: before.version },
        after: { version, previous, revision, deploymentId },
      },
    ],
    result: after,
    explain: ([, fenced]) => {
      if (fence === undefined || fenced !== CONDITION_FAILED) return;
      throw new FencedError(
        `Moving "${alias}" of model "${model.name}" refused: the ${fence.lease} lease with token ${fence.token} has ended or passed to another holder.`,
      );
    },
  };
}

/** The part of a step that removes an alias; its item goes on counting its moves. */
export function aliasRemoval(
  table: RegistryTable,
  model: ModelRecord,
  before: AliasRecord,
  at: Date,
): Pick<Step<void>, 'after' | 'entries'> & { readonly writes: readonly TransactItem[] } {
  const { alias, version, revision } = before;
  const after: AliasRecord = { alias, revision: revision + 1, movedAt: at.toISOString(), reason: 'deleted' };
  return {
    after: { ...model, aliases: withoutEntry(model.aliases, alias) },
    writes: [aliasItem(table, model.key, before, after)],
    entries: [
      { action: 'delete-alias', alias, version, before: { version }, after: { revision: after.revision } },
    ],
  };
}

function aliasItem(
  table: RegistryTable,
  key: string,
  before: AliasRecord | undefined,
  after: AliasRecord,
): TransactItem {
  return {
    Put: {
      TableName: table.name,
      Item: { ...after, PK: modelKeyPk(key), SK: RegistrySk.alias(after.alias), entity: 'alias' },
      ...(before === undefined
        ? { ConditionExpression: 'attribute_not_exists(PK)' }
        : {
            ConditionExpression: 'revision = :seen',
            ExpressionAttributeValues: { ':seen': before.revision },
          }),
    },
  };
}

function isDone(alias: Alias, move: MoveAlias): boolean {
  return (
    move.deploymentId !== undefined &&
    alias.deploymentId === move.deploymentId &&
    alias.version === move.version &&
    alias.revision >= (move.expectedRevision ?? 0) + 1
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
