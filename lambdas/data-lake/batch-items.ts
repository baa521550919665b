import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchGetCommand,
  BatchWriteCommand,
  type BatchWriteCommandOutput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';

/** DynamoDB answers at most 100 items for one BatchGetItem. */
const READ_BATCH = 100;
/** And takes 25 for one BatchWriteItem. */
const WRITE_BATCH = 25;
const MAX_TRIES = 8;

type Item = Record<string, unknown>;

/** Full jitter: somewhere between nothing and a bound that doubles, in milliseconds. */
const pauseBefore = (tries: number): number => Math.random() * Math.min(5_000, 50 * 2 ** tries);

function* slices<T>(items: readonly T[], length: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += length) yield items.slice(start, start + length);
}

/** Sends what is left until nothing is. */
async function untilNoneLeft<T>(
  all: readonly T[],
  failure: (left: number) => string,
  send: (left: T[]) => Promise<T[]>,
): Promise<void> {
  let left = [...all];
  for (let tries = 0; left.length > 0; tries += 1) {
    if (tries === MAX_TRIES) throw new Error(failure(left.length));
    if (tries > 0) await sleep(pauseBefore(tries));
    left = await send(left);
  }
}

/**
 * The items of these keys that exist, read consistently.
 *
 * @param what whose items they are, for the error
 * @throws Error when DynamoDB keeps leaving some out
 */
export async function batchGet(
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly Item[],
  what: string,
): Promise<Item[]> {
  const found: Item[] = [];
  const failure = (left: number) => `DynamoDB left ${left} items of ${what} unread; the table is throttled.`;
  for (const batch of slices(keys, READ_BATCH)) {
    await untilNoneLeft(batch, failure, async (left) => {
      const request = { [table]: { Keys: left, ConsistentRead: true } };
      const answer = await client.send(new BatchGetCommand({ RequestItems: request }));
      found.push(...(answer.Responses?.[table] ?? []));
      return answer.UnprocessedKeys?.[table]?.Keys ?? [];
    });
  }
  return found;
}

/**
 * Puts these items, whatever is there. No two may have the same key.
 *
 * @param what whose items they are, for the error
 * @throws Error when DynamoDB keeps leaving some out
 */
export async function batchPut(
  client: DynamoDBDocumentClient,
  table: string,
  items: readonly Item[],
  what: string,
): Promise<void> {
  const failure = (left: number) =>
    `DynamoDB left ${left} items of ${what} unwritten; the table is throttled.`;
  for (const batch of slices(items, WRITE_BATCH)) {
    const requests: object[] = batch.map((Item) => ({ PutRequest: { Item } }));
    await untilNoneLeft(requests, failure, async (left) => {
      const answer: BatchWriteCommandOutput = await client.send(
        new BatchWriteCommand({ RequestItems: { [table]: left as never } }),
      );
      return answer.UnprocessedItems?.[table] ?? [];
    });
  }
}
