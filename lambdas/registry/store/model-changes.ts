import { escapeKey, META, MODEL_NAMES_PK, modelKeyPk, RegistrySk } from '../../../lib/registry/contract';
import type { AuditDraft, AuditEntry } from '../audit/audit-entry';
import { type ModelRecord, newModelRecord } from '../models/model-record';
import type { Change } from '../models/model-store';
import {
  type Cancellation,
  getItem,
  type Item,
  type RegistryTable,
  type TransactItem,
  transact,
  untilUncontended,
  withoutKeys,
} from './table';

/** A change of a model: what is written, and what the caller is told when it is. */
export interface Step<T> {
  /** The model with what changes, still at the revision that was seen. */
  readonly after: ModelRecord;
  /** Written in the same transaction. */
  readonly writes?: readonly TransactItem[];
  /** In the order in which they count. At least one. */
  readonly entries: readonly AuditDraft[];
  readonly result: T;
  /** Throws when one of the `writes` was refused for a reason that a repetition cannot mend. */
  readonly explain?: (refused: Cancellation) => void;
}

/** What a change comes to, given the model as it is: a step, or nothing to do. */
export type Decision<T> = Step<T> | { readonly unchanged: T };

/**
 * Changes a model in one transaction with its audit entries. Changes of a model take turns: each is decided on the
 * model as the one before left it, and is decided anew when another was faster.
 *
 * @param decide - gets the model by its name; undefined when there is none.
 */
export async function changeModel<T>(
  table: RegistryTable,
  name: string,
  change: Change,
  decide: (model: ModelRecord | undefined) => Decision<T> | Promise<Decision<T>>,
): Promise<T> {
  const done = await untilUncontended<{ result: T }>(table, `Changing model "${name}"`, async () => {
    const model = await loadModel(table, name);
    const decision = await decide(model);
    if ('unchanged' in decision) return { result: decision.unchanged };
    const writes = decision.writes ?? [];
    const refused = await transact(table, [...writes, ...recordItems(table, decision, change)]);
    if (refused === undefined) return { result: decision.result };
    decision.explain?.(refused.slice(0, writes.length));
    return undefined;
  });
  return done.result;
}

function recordItems(
  table: RegistryTable,
  { after, entries }: Step<unknown>,
  { by, at, reason }: Change,
): TransactItem[] {
  const seen = after.revision;
  const revised: ModelRecord = { ...after, revision: seen + entries.length, updatedAt: at.toISOString() };
  const PK = modelKeyPk(after.key);
  const trail = entries.map((entry, index): AuditEntry => {
    const sequence = seen + index + 1;
    return { reason, ...entry, sequence, at: at.toISOString(), by };
  });
  return [
    {
      Put: {
        TableName: table.name,
        Item: { ...revised, PK, SK: META, entity: 'model' },
        ...(seen === 0
          ? { ConditionExpression: 'attribute_not_exists(revision)' }
          : {
              ConditionExpression: 'revision = :seen',
              ExpressionAttributeValues: { ':seen': seen },
            }),
      },
    },
    ...trail.map((entry) => ({
      Put: {
        TableName: table.name,
        Item: { ...entry, PK, SK: RegistrySk.audit(entry.sequence), entity: 'audit' },
        ConditionExpression: 'attribute_not_exists(PK)',
      },
    })),
  ];
}

/** Less than the 2,048 that a partition key may have: it begins with what it is. */
const MAX_KEY_BYTES = 2000;

/** The model of that name. @returns undefined when there is none, or when it was deleted. */
export async function loadModel(table: RegistryTable, name: string): Promise<ModelRecord | undefined> {
  // DynamoDB refuses the key that it would make.
  if (Buffer.byteLength(escapeKey(name)) > MAX_KEY_BYTES) return undefined;
  const usual = await readRecord(table, escapeKey(name));
  if (isNamed(usual, name)) return usual;
  const claim = await readName(table, name);
  if (claim?.state !== 'active' || claim.key === escapeKey(name)) return undefined;
  const found = await readRecord(table, claim.key);
  return isNamed(found, name) ? found : undefined;
}

const isNamed = (model: ModelRecord | undefined, name: string): model is ModelRecord =>
  model !== undefined && model.name === name && model.deletedAt === undefined;

/** The model with that key, also when it was deleted. */
export async function readRecord(table: RegistryTable, key: string): Promise<ModelRecord | undefined> {
  const item = await getItem(table, modelKeyPk(key), META);
  return item === undefined || item.revision === undefined ? undefined : recordOf(item);
}

export const recordOf = (item: Item): ModelRecord => withoutKeys<ModelRecord>(item);

/** Whose a name is. A name that was given away leads to a new key, so that no two models share a partition. */
export interface NameClaim {
  readonly name: string;
  readonly key: string;
  readonly state: 'active' | 'deleted' | 'freed';
  /** Grows with every change of the claim. */
  readonly claims: number;
}

export async function readName(table: RegistryTable, name: string): Promise<NameClaim | undefined> {
  const item = await getItem(table, MODEL_NAMES_PK, RegistrySk.name(name));
  return item === undefined ? undefined : withoutKeys<NameClaim>(item);
}

/** The write that changes a claim, provided that it is as it was seen. */
export function claimItem(
  table: RegistryTable,
  seen: NameClaim | undefined,
  next: Omit<NameClaim, 'claims'>,
) {
  const item: NameClaim = { ...next, claims: (seen?.claims ?? 0) + 1 };
  return {
    Put: {
      TableName: table.name,
      Item: { ...item, PK: MODEL_NAMES_PK, SK: RegistrySk.name(next.name), entity: 'model-name' },
      ...(seen === undefined
        ? { ConditionExpression: 'attribute_not_exists(PK)' }
        : {
            ConditionExpression: 'claims = :seen',
            ExpressionAttributeValues: { ':seen': seen.claims },
          }),
    },
  };
}

/** A model of a free name, with the write that claims the name. One that was deleted comes back, and counts on. */
export async function beginModel(
  table: RegistryTable,
  name: string,
  at: Date,
): Promise<{ readonly model: ModelRecord; readonly claim: TransactItem }> {
  const seen = await readName(table, name);
  const key = seen?.state === 'freed' ? `${escapeKey(name)}~${seen.claims}` : (seen?.key ?? escapeKey(name));
  const former = seen?.state === 'deleted' ? await readRecord(table, key) : undefined;
  const fresh = newModelRecord(key, name, at.toISOString());
  const model =
    former === undefined
      ? fresh
      : {
          ...fresh,
          revision: former.revision,
          latestVersion: former.latestVersion,
          deletedThrough: former.deletedThrough,
        };
  return { model, claim: claimItem(table, seen, { name, key, state: 'active' }) };
}
