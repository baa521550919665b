import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { INDEX_NAME } from '../../../lib/registry/contract';
import { ContentionError } from '../tracking/errors';

/** How long to wait between two tries of a write that lost a race. */
export interface Backoff {
  sleep(milliseconds: number): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}

export const systemBackoff: Backoff = {
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: Math.random,
};

/** The registry's table, as every part of the store sees it. */
export interface RegistryTable {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
  readonly backoff: Backoff;
}

export type Item = Record<string, unknown>;

/** The item as it is now: a strongly consistent read. */
export async function getItem(table: RegistryTable, pk: string, sk: string): Promise<Item | undefined> {
  const answer = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { PK: pk, SK: sk }, ConsistentRead: true }),
  );
  return answer.Item;
}

/** Items of one partition whose sort key begins with a prefix: strongly consistent, page by page. */
export async function queryItems(
  table: RegistryTable,
  pk: string,
  skPrefix: string,
  options: { newestFirst?: boolean; limit?: number } = {},
): Promise<Item[]> {
  return pages(table, options.limit, (start, limit) => ({
    TableName: table.name,
    KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
    ExpressionAttributeValues: { ':pk': pk, ':prefix': skPrefix },
    ConsistentRead: true,
    ScanIndexForward: !(options.newestFirst ?? false),
    ExclusiveStartKey: start,
    Limit: limit,
  }));
}

/** Items of one partition of the index, newest first. An index may lag behind the table by a moment. */
export async function queryIndex(table: RegistryTable, pk: string, limit: number): Promise<Item[]> {
  return pages(table, limit, (start, rest) => ({
    TableName: table.name,
    IndexName: INDEX_NAME,
    KeyConditionExpression: 'GSI1PK = :pk',
    ExpressionAttributeValues: { ':pk': pk },
    ScanIndexForward: false,
    ExclusiveStartKey: start,
    Limit: rest,
  }));
}

async function pages(
  table: RegistryTable,
  limit: number | undefined,
  request: (
    start: Item | undefined,
    limit: number | undefined,
  ) => ConstructorParameters<typeof QueryCommand>[0],
): Promise<Item[]> {
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const rest = limit === undefined ? undefined : limit - items.length;
    const answer = await table.client.send(new QueryCommand(request(start, rest)));
    items.push(...(answer.Items ?? []));
    start = answer.LastEvaluatedKey;
  } while (start !== undefined && (limit === undefined || items.length < limit));
  return items;
}

export type TransactItem = NonNullable<
  ConstructorParameters<typeof TransactWriteCommand>[0]['TransactItems']
>[number];

/** The code of each action when a transaction was cancelled (`None` for those that were fine). */
export type Cancellation = readonly string[];

/** All or nothing. @returns undefined when written, else why each action was refused. */
export async function transact(
  table: RegistryTable,
  items: TransactItem[],
): Promise<Cancellation | undefined> {
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: items }));
    return undefined;
  } catch (error) {
    const reasons = cancellationReasons(error);
    // What a repetition cannot mend: an item is too large.
    if (reasons === undefined || reasons.includes('ValidationError')) throw error;
    return reasons;
  }
}

function cancellationReasons(error: unknown): Cancellation | undefined {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return undefined;
  const reasons = (error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons ?? [];
  return reasons.map((reason) => reason.Code ?? 'None');
}

/** Whether a single write was refused by its condition. */
export function isConditionFailure(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}

export const CONDITION_FAILED = 'ConditionalCheckFailed';

const TRIES = 40;
const BASE_MILLISECONDS = 15;
const CAP_MILLISECONDS = 1000;

/**
 * Repeats an optimistic write until it is not beaten by another writer, with full-jitter exponential backoff.
 *
 * @param attempt - answers `undefined` when it lost a race and should be repeated from its read.
 * @throws ContentionError after 40 lost races.
 */
export async function untilUncontended<T>(
  table: RegistryTable,
  what: string,
  attempt: () => Promise<T | undefined>,
): Promise<T> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const done = await attempt();
    if (done !== undefined) return done;
    const ceiling = Math.min(CAP_MILLISECONDS, BASE_MILLISECONDS * 2 ** tries);
    await table.backoff.sleep(Math.floor(table.backoff.random() * ceiling));
  }
  throw new ContentionError(`${what}: lost ${TRIES} races in a row against other writers; try again later.`);
}

const KEY_ATTRIBUTES = new Set(['PK', 'SK', 'GSI1PK', 'GSI1SK', 'entity']);

/** The entity without the attributes that only place it in the table. */
export function withoutKeys<T>(item: Item): T {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !KEY_ATTRIBUTES.has(name))) as T;
}
