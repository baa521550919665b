import { conditionFailed, invalid } from './errors';
import { applyUpdate, checkPlaceholders, conditionOf, updateOf } from './expressions';
import type { Entry, Items } from './items';
import { MAX_ITEM_BYTES } from './limits';
import type { Mutation } from './mutation';
import { checkParameters, PARAMETERS, placeholdersOf, type Request } from './requests';
import { itemKey, type Key, PARTITION_KEY, requestKey, SORT_KEY } from './schema';
import { type Item, storeItem } from './values';

export type Action = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';

/** One write as it was asked for: checked, but not yet compared with the table. */
export interface PlannedWrite {
  readonly key: Key;
  readonly action: Action;
  readonly request: Request;
  /** What is put. */
  readonly entry?: Entry;
}

/** @throws ValidationException for what is wrong whatever the table holds. */
export function plan(action: Action, request: Request): PlannedWrite {
  checkParameters(action, request, PARAMETERS[action]);
  const condition = conditionOf(request.ConditionExpression);
  const update = updateOf(request.UpdateExpression);
  checkPlaceholders([condition?.references, update?.references], placeholdersOf(request));
  if (action === 'Put') {
    const { value: item, bytes } = storeItem(request.Item ?? {});
    return { key: itemKey(item), action, request, entry: { item, bytes } };
  }
  if (action === 'ConditionCheck' && condition === undefined) {
    throw invalid('The expression can not be empty;');
  }
  return { key: requestKey(request.Key), action, request };
}

/** Whether the write's condition holds for the item as it is. */
export function allows({ key, request }: PlannedWrite, items: Items): boolean {
  const condition = conditionOf(request.ConditionExpression);
  if (condition === undefined) return true;
  return condition.holds({ item: items.get(key)?.item ?? {}, ...placeholdersOf(request) });
}

/** What the write does to the table, for the table and for the journal; nothing for a check. */
export function mutationOf(write: PlannedWrite, items: Items): Mutation | undefined {
  const { key, action, request } = write;
  if (action === 'ConditionCheck') return undefined;
  if (action === 'Put') return { ...key, entry: write.entry };
  if (action === 'Delete') return { ...key, entry: undefined };
  return { ...key, entry: updatedEntry(request, key, items.get(key)), update: request };
}

/** The entry after the update. @throws ValidationException when the update does not fit the item. */
export function updatedEntry(request: Request, key: Key, before: Entry | undefined): Entry {
  const from = before ?? entryOf({ [PARTITION_KEY]: key.pk, [SORT_KEY]: key.sk });
  const update = updateOf(request.UpdateExpression);
  if (update === undefined) return from;
  const after = applyUpdate(update, { item: from.item, ...placeholdersOf(request) });
  if (after.item[PARTITION_KEY] !== key.pk || after.item[SORT_KEY] !== key.sk) {
    throw invalid(
      'One or more parameter values were invalid: Cannot update attribute. This attribute is part of the key',
    );
  }
  itemKey(after.item);
  const bytes = from.bytes + after.bytes;
  if (bytes > MAX_ITEM_BYTES) throw invalid('Item size to update has exceeded the maximum allowed size');
  return { item: after.item, bytes };
}

function entryOf(item: Item): Entry {
  const { value, bytes } = storeItem(item);
  return { item: value, bytes };
}

/** What a write answers, by `ReturnValues`. */
export function answerOf(
  { action, request }: PlannedWrite,
  before: Item | undefined,
  after: Item | undefined,
): object {
  const attributes = returned(request.ReturnValues ?? 'NONE', action, before, after);
  return attributes === undefined ? {} : { Attributes: attributes };
}

function returned(
  wanted: string,
  action: Action,
  before: Item | undefined,
  after: Item | undefined,
): Item | undefined {
  if (wanted === 'NONE') return undefined;
  if (wanted === 'ALL_OLD') return before;
  if (action !== 'Update') throw invalid('Return values set to invalid value');
  if (wanted === 'ALL_NEW') return after;
  const [side, other] = wanted === 'UPDATED_NEW' ? [after, before] : [before, after];
  const changed = Object.entries(side ?? {}).filter(
    ([name, value]) => value !== other?.[name] && name !== PARTITION_KEY && name !== SORT_KEY,
  );
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}

/** @throws ConditionalCheckFailedException */
export function requireAllowed(write: PlannedWrite, items: Items): void {
  if (!allows(write, items)) throw conditionFailed();
}
