import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../../../local/tracking/table/client';
import { Replica } from '../../../local/tracking/table/replica';
import { Table } from '../../../local/tracking/table/table';
import type { Item } from '../../../local/tracking/table/values';
import { storeItem } from '../../../local/tracking/table/values';

export type Fault = 'none' | 'request-lost' | 'reply-lost';

/**
 * The in-process table for tests: a test decides when a call arrives, whether it or its reply gets lost, and looks
 * at what is stored.
 */
export class TestTable {
  /** Awaited before each call is done, e.g. a scheduler's. */
  beforeCall: (name: string) => Promise<unknown> = async () => undefined;
  /** Asked once for each call. */
  faultOf: (name: string) => Fault = () => 'none';

  /** Told of each item that is put or updated, when it is. */
  onPut: (item: Item) => void = () => undefined;

  readonly client: DynamoDBDocumentClient;
  private readonly table: Table;

  /** @param options - `lag`: how many of the newest changes the index and inconsistent reads miss. */
  constructor(options: { readonly lag?: () => number } = {}) {
    this.table = new Table({
      journal: {
        append: (mutations) => {
          for (const { entry } of mutations) if (entry !== undefined) this.onPut(entry.item);
        },
      },
      replica: options.lag === undefined ? undefined : new Replica(options.lag),
    });
    const client = documentClient(this.table);
    this.client = {
      send: async (command: { constructor: { name: string } }) => {
        const { name } = command.constructor;
        await this.beforeCall(name);
        const fault = this.faultOf(name);
        if (fault === 'request-lost') throw lost('the request was lost');
        const answer = await client.send(command as never);
        if (fault === 'reply-lost') throw lost('the reply was lost');
        return answer;
      },
    } as unknown as DynamoDBDocumentClient;
  }

  get items(): readonly Item[] {
    return [...this.table.items.all()].map(({ item }) => item);
  }

  get(pk: string, sk: string): Item | undefined {
    return this.table.items.get({ pk, sk })?.item;
  }

  put(item: Item): void {
    this.table.write('Put', { Item: storeItem(item).value });
  }

  /** Items of a partition, in the order of their sort keys. */
  partition(pk: string, skPrefix = ''): Item[] {
    const partition = this.table.items.partition(pk);
    if (partition === undefined) return [];
    return [...partition.from(undefined, true)]
      .map(([, { item }]) => item)
      .filter((item) => String(item.SK).startsWith(skPrefix));
  }
}

function lost(message: string): Error {
  return Object.assign(new Error(message), { name: 'TimeoutError' });
}
