import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Item, RegistryTable } from '../store/table';
import { batchGetAll } from './batch';
import { allDone, tried, untilWritten } from './contention';
import {
  bytesOfAll,
  decide,
  distinct,
  type EntryWrite,
  type MapName,
  merged,
  type Refusal,
  storedBytes,
  valueIn,
} from './document';
import { keyedUpdate } from './document-expressions';
import { keyPart } from './keys';

/** Where a document is and which maps it has. */
export interface DocumentPlace {
  readonly pk: string;
  readonly sk: string;
  readonly maps: readonly MapName[];
  /** Bytes of keys and values after which the document is full. */
  readonly room: number;
}

export interface DocumentWrite {
  readonly entries: readonly EntryWrite[];
  /** Attributes beside the maps. @default - none change */
  readonly set?: Readonly<Record<string, unknown>>;
}

/** `absent`: there is no document. Refusals: nothing was written. */
export type Outcome = 'written' | 'absent' | readonly Refusal[];

/** Writes of so many keys go in one expression without a read; more are read, merged and written whole. */
const KEYED = 40;

/**
 * Writes keys of a document, all or (when one is refused) none. Conditions make it safe beside other writers, and
 * repeating it changes nothing more. Up to 40 keys cost one write; more cost a read and a write.
 *
 * @throws ContentionError
 */
export async function writeDocument(
  table: RegistryTable,
  place: DocumentPlace,
  { entries, set = {} }: DocumentWrite,
): Promise<Outcome> {
  let left = distinct(entries);
  if (left.length === 0 && Object.keys(set).length === 0) return 'written';
  let isBlind = left.length <= KEYED;
  return untilWritten(table, `Writing ${place.pk} ${place.sk}`, async () => {
    if (isBlind && (await writeKeyed(table, place, left, set))) return 'written';
    isBlind = false;
    const item = await getItem(table, place.pk, place.sk);
    if (item === undefined) return 'absent';
    if (item.full === true) return writeBeside(table, place, item, left, set);
    const decision = decide(left, (write) => valueIn(item, write));
    if (decision.refusals.length > 0) return decision.refusals;
    left = [...decision.writes];
    if (left.length === 0 && Object.keys(set).length === 0) return 'written';
    const bytes = storedBytes(item, place.maps) + bytesOfAll(left);
    if (bytes > place.room) {
      await markFull(table, place);
      return undefined;
    }
    const isWritten =
      left.length <= KEYED && bytesFit(place, item, left)
        ? await writeKeyed(table, place, left, set)
        : await writeWhole(table, place, item, left, set, bytes);
    return isWritten ? 'written' : undefined;
  });
}

const bytesFit = ({ room }: DocumentPlace, item: Item, writes: readonly EntryWrite[]): boolean =>
  (item.bytes as number) + bytesOfAll(writes) <= room;

async function writeKeyed(
  table: RegistryTable,
  { pk, sk, room }: DocumentPlace,
  writes: readonly EntryWrite[],
  set: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const expression = keyedUpdate(writes, set, { room: room - bytesOfAll(writes) });
  const answer = await tried(
    table.client.send(new UpdateCommand({ TableName: table.name, Key: { PK: pk, SK: sk }, ...expression })),
  );
  return answer !== 'lost';
}

/** Replaces the maps that are touched, unless anybody wrote since the item was read. */
async function writeWhole(
  table: RegistryTable,
  { pk, sk }: DocumentPlace,
  item: Item,
  writes: readonly EntryWrite[],
  set: Readonly<Record<string, unknown>>,
  bytes: number,
): Promise<boolean> {
  const attributes = Object.entries({ ...set, ...merged(item, writes), bytes });
  const isFull = item.full === true;
  const answer = await tried(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { PK: pk, SK: sk },
        UpdateExpression: `SET ${attributes.map((_, at) => `#a${at} = :a${at}`).join(', ')} ADD #rev :one`,
        ConditionExpression: `#rev = :seen AND attribute_${isFull ? '' : 'not_'}exists(#full)`,
        ExpressionAttributeNames: {
          '#rev': 'rev',
          '#full': 'full',
          ...Object.fromEntries(attributes.map(([name], at) => [`#a${at}`, name])),
        },
        ExpressionAttributeValues: {
          ':one': 1,
          ':seen': item.rev,
          ...Object.fromEntries(attributes.map(([, value], at) => [`:a${at}`, value])),
        },
      }),
    ),
  );
  return answer !== 'lost';
}

async function markFull(table: RegistryTable, { pk, sk }: DocumentPlace): Promise<void> {
  await tried(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { PK: pk, SK: sk },
        UpdateExpression: 'SET #full = :true ADD #rev :one',
        ConditionExpression: 'attribute_exists(PK)',
        ExpressionAttributeNames: { '#full': 'full', '#rev': 'rev' },
        ExpressionAttributeValues: { ':true': true, ':one': 1 },
      }),
    ),
  );
}

/**
 * Writes beside a document that is full. Its keys are what they were when it became full, so a key is either in it
 * for good or never. @returns undefined when another writer was first.
 */
async function writeBeside(
  table: RegistryTable,
  place: DocumentPlace,
  item: Item,
  writes: readonly EntryWrite[],
  set: Readonly<Record<string, unknown>>,
): Promise<Outcome | undefined> {
  const beside = await readBeside(table, place, writes);
  const decision = decide(writes, (write) => beside.get(besideSk(place, write)) ?? valueIn(item, write));
  if (decision.refusals.length > 0) return decision.refusals;
  const inside = decision.writes.filter((write) => isInside(item, write));
  if (inside.length > 0 || Object.keys(set).length > 0) {
    if (!(await writeInside(table, place, item, inside, set))) return undefined;
  }
  const done = await allDone(
    decision.writes
      .filter((write) => write.mode === 'remove' || !isInside(item, write))
      .map((write) => writeOneBeside(table, place, write, beside.get(besideSk(place, write)))),
  );
  return done.every((isDone) => isDone) ? 'written' : undefined;
}

/** Whether a write changes a key in the full item itself: its size hardly changes by that. */
const isInside = (item: Item, write: EntryWrite): boolean =>
  (write.mode === 'remove' || write.mode === 'max') && valueIn(item, write) !== undefined;

async function writeInside(
  table: RegistryTable,
  place: DocumentPlace,
  item: Item,
  writes: readonly EntryWrite[],
  set: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  if (writes.length > KEYED) return writeWhole(table, place, item, writes, set, item.bytes as number);
  const answer = await tried(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { PK: place.pk, SK: place.sk },
        ...keyedUpdate(writes, set, {}),
      }),
    ),
  );
  return answer !== 'lost';
}

async function writeOneBeside(
  table: RegistryTable,
  place: DocumentPlace,
  write: EntryWrite,
  found: string | undefined,
): Promise<boolean> {
  const key = { PK: place.pk, SK: besideSk(place, write) };
  if (write.mode === 'remove') {
    await table.client.send(new DeleteCommand({ TableName: table.name, Key: key }));
    return true;
  }
  const answer = await tried(
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...key, entity: 'document-entry', map: write.map, key: write.key, value: write.value },
        ...(write.mode === 'put' ? {} : unchanged(found)),
      }),
    ),
  );
  return answer !== 'lost';
}

/** The condition that the item beside is still as it was read. */
function unchanged(found: string | undefined) {
  if (found === undefined) return { ConditionExpression: 'attribute_not_exists(PK)' };
  return {
    ConditionExpression: '#value = :found',
    ExpressionAttributeNames: { '#value': 'value' },
    ExpressionAttributeValues: { ':found': found },
  };
}

const besideSk = ({ sk }: DocumentPlace, { map, key }: EntryWrite): string => `${sk}#${map}#${keyPart(key)}`;

async function readBeside(
  table: RegistryTable,
  place: DocumentPlace,
  writes: readonly EntryWrite[],
): Promise<Map<string, string>> {
  const keys = writes.map((write) => ({ PK: place.pk, SK: besideSk(place, write) }));
  const items = await batchGetAll(table, keys);
  return new Map(items.map((item) => [item.SK as string, item.value as string]));
}

async function getItem(table: RegistryTable, pk: string, sk: string): Promise<Item | undefined> {
  const answer = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { PK: pk, SK: sk }, ConsistentRead: true }),
  );
  return answer.Item;
}
