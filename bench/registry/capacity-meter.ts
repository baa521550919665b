import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { LocalTable } from '../../local/tracking/table';
import { requestKey } from '../../local/tracking/table/schema';
import { type Item, storeItem } from '../../local/tracking/table/values';

/** What DynamoDB charges for, in on-demand mode. */
export interface Consumed {
  readUnits: number;
  writeUnits: number;
  /** Requests to the table. */
  requests: number;
}

type Keys = Readonly<Record<string, unknown>>;
interface Input {
  readonly Key?: Keys;
  readonly Item?: Item;
  readonly ConsistentRead?: boolean;
  readonly TransactItems?: readonly Readonly<Record<string, { Key?: Keys; Item?: Item }>>[];
  readonly RequestItems?: Readonly<Record<string, unknown>>;
}

const READ_BYTES = 4096;
const WRITE_BYTES = 1024;
const units = (bytes: number, each: number): number => Math.max(1, Math.ceil(bytes / each));
const bytesOf = (item: Item | undefined): number => (item === undefined ? 0 : storeItem(item).bytes);

/**
 * Counts what DynamoDB would charge for what the stores send, from the sizes of the items in the table of this process,
 * by the rules of "DynamoDB on-demand capacity": reads by 4 KB (half when eventually consistent), writes by 1 KB of the
 * larger of the item before and after, twice in transactions, and once more for each entry of the index that changes.
 */
export function meter(table: LocalTable): { client: DynamoDBDocumentClient; take(): Consumed } {
  let consumed: Consumed = { readUnits: 0, writeUnits: 0, requests: 0 };
  const stored = (key: Keys | Item | undefined): Item | undefined =>
    table.table.items.get(requestKey({ PK: key?.PK, SK: key?.SK }))?.item;
  /** What is read is charged whole, also when parts of it are asked for. */
  const whole = (item: Item): Item => (item.PK === undefined ? item : (stored(item) ?? item));
  const read = (bytes: number, consistent: boolean | undefined): void => {
    consumed.readUnits += units(bytes, READ_BYTES) * (consistent === true ? 1 : 0.5);
  };
  const written = (before: Item | undefined, after: Item | undefined, factor: number): void => {
    consumed.writeUnits += factor * units(Math.max(bytesOf(before), bytesOf(after)), WRITE_BYTES);
    const entry = (item: Item | undefined) => (item?.GSI1PK === undefined ? undefined : item);
    const [old, fresh] = [entry(before), entry(after)];
    if (old === undefined && fresh === undefined) return;
    const moved = old !== undefined && fresh !== undefined && old.GSI1SK !== fresh.GSI1SK;
    if (moved) consumed.writeUnits += units(bytesOf(old), WRITE_BYTES);
    consumed.writeUnits += units(Math.max(bytesOf(old), bytesOf(fresh)), WRITE_BYTES);
  };

  const client = {
    ...table.client,
    send: async (command: { constructor: { name: string }; input: Input }) => {
      const { input } = command;
      const targets = writesOf(command.constructor.name, input);
      const before = targets.map(stored);
      const answer = (await table.client.send(command as never)) as {
        Item?: Item;
        Items?: Item[];
        Responses?: Record<string, Item[]>;
      };
      consumed.requests += 1;
      const factor = input.TransactItems === undefined ? 1 : 2;
      targets.forEach((key, index) => {
        written(before[index], stored(key), factor);
      });
      if (targets.length > 0) return answer;
      if (answer.Responses !== undefined) {
        const wanted = Object.values(input.RequestItems ?? {})[0] as { ConsistentRead?: boolean };
        for (const item of Object.values(answer.Responses).flat()) read(bytesOf(item), wanted.ConsistentRead);
      } else if (answer.Items !== undefined) {
        read(
          answer.Items.reduce((sum, item) => sum + bytesOf(whole(item)), 0),
          input.ConsistentRead,
        );
      } else {
        read(bytesOf(input.Key === undefined ? answer.Item : stored(input.Key)), input.ConsistentRead);
      }
      return answer;
    },
  };
  return {
    client: client as unknown as DynamoDBDocumentClient,
    take: () => {
      const taken = consumed;
      consumed = { readUnits: 0, writeUnits: 0, requests: 0 };
      return taken;
    },
  };
}

/** Keys of the items that a command writes or checks; none for a read. */
function writesOf(command: string, input: Input): Keys[] {
  if (command.startsWith('TransactWrite')) {
    return (input.TransactItems ?? []).flatMap((item) =>
      Object.values(item).map(({ Key, Item: put }) => (Key ?? put) as Keys),
    );
  }
  if (command.startsWith('BatchWrite')) {
    const requests = Object.values(input.RequestItems ?? {}).flat() as {
      PutRequest?: { Item: Item };
      DeleteRequest?: { Key: Keys };
    }[];
    return requests.map(({ PutRequest, DeleteRequest }) => (PutRequest?.Item ?? DeleteRequest?.Key) as Keys);
  }
  if (/^(Put|Update|Delete)/.test(command)) return [(input.Key ?? input.Item) as Keys];
  return [];
}
