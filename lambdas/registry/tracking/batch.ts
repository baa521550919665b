import { BatchGetCommand, BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Item, RegistryTable } from '../store/table';
import { allDone } from './contention';

const KEYS = 100;
const WRITES = 25;
const TRIES = 12;

type Key = { readonly PK: string; readonly SK: string };

/** Items by their keys, in no order, strongly consistent; missing ones are left out. Keys may repeat. */
export async function batchGetAll(table: RegistryTable, keys: readonly Key[]): Promise<Item[]> {
  const distinct = [...new Map(keys.map((key) => [`${key.PK}\u0000${key.SK}`, key])).values()];
  const answers = await allDone(chunks(distinct, KEYS).map((chunk) => getChunk(table, chunk)));
  return answers.flat();
}

async function getChunk(table: RegistryTable, keys: readonly Key[]): Promise<Item[]> {
  const items: Item[] = [];
  let left: Record<string, unknown>[] = keys.map(({ PK, SK }) => ({ PK, SK }));
  for (let tries = 0; left.length > 0; tries += 1) {
    await patience(table, tries, 'keys to read');
    const answer = await table.client.send(
      new BatchGetCommand({ RequestItems: { [table.name]: { Keys: left, ConsistentRead: true } } }),
    );
    items.push(...(answer.Responses?.[table.name] ?? []));
    left = answer.UnprocessedKeys?.[table.name]?.Keys ?? [];
  }
  return items;
}

/** Puts all items, each on its own: for items whose key says all about them, so that a repetition changes nothing. */
export async function batchPutAll(table: RegistryTable, items: readonly Item[]): Promise<void> {
  await allDone(chunks(items, WRITES).map((chunk) => putChunk(table, chunk)));
}

async function putChunk(table: RegistryTable, items: readonly Item[]): Promise<void> {
  type Writes = NonNullable<ConstructorParameters<typeof BatchWriteCommand>[0]['RequestItems']>[string];
  let left: Writes = items.map((Item) => ({ PutRequest: { Item } }));
  for (let tries = 0; left.length > 0; tries += 1) {
    await patience(table, tries, 'items to write');
    const answer = await table.client.send(new BatchWriteCommand({ RequestItems: { [table.name]: left } }));
    left = answer.UnprocessedItems?.[table.name] ?? [];
  }
}

/** Waits before a repetition; DynamoDB leaves keys unprocessed when a partition is busy. */
async function patience({ backoff }: RegistryTable, tries: number, what: string): Promise<void> {
  if (tries === 0) return;
  if (tries >= TRIES) {
    throw Object.assign(new Error(`DynamoDB left ${what} ${TRIES} times: it is throttling this table.`), {
      name: 'ThrottlingException',
    });
  }
  await backoff.sleep(Math.floor(backoff.random() * Math.min(2000, 25 * 2 ** tries)));
}

export function chunks<T>(list: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < list.length; from += size) parts.push(list.slice(from, from + size));
  return parts;
}
