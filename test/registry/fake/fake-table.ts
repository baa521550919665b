import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { type Item, meets, type Placeholders, updated } from './expressions';

interface Input extends Record<string, unknown> {
  Key?: { PK: string; SK: string };
  Item?: Item;
  ConditionExpression?: string;
  UpdateExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
}

type Fault = 'none' | 'request-lost' | 'reply-lost';

/**
 * One DynamoDB table in memory: Get, Put, Update, Delete, Query and TransactWrite with their conditions, each done
 * at once and whole. A test decides when a call arrives and whether it or its reply gets lost.
 */
export class FakeTable {
  readonly items = new Map<string, Item>();
  /** Awaited before each call is done, e.g. a scheduler's. */
  beforeCall: (name: string) => Promise<unknown> = async () => undefined;
  /** Asked once for each call. */
  faultOf: (name: string) => Fault = () => 'none';

  readonly client = {
    send: async (command: { constructor: { name: string }; input: Input }) => {
      const name = command.constructor.name;
      await this.beforeCall(name);
      const fault = this.faultOf(name);
      if (fault === 'request-lost') throw lost('the request was lost');
      const answer = this.perform(name, command.input);
      if (fault === 'reply-lost') throw lost('the reply was lost');
      return structuredClone(answer);
    },
  } as unknown as DynamoDBDocumentClient;

  get(pk: string, sk: string): Item | undefined {
    return this.items.get(`${pk}|${sk}`);
  }

  put(item: Item): void {
    this.items.set(`${item.PK}|${item.SK}`, stripped(item));
  }

  /** Items of a partition, in the order of their sort keys. */
  partition(pk: string, skPrefix = ''): Item[] {
    return [...this.items.values()]
      .filter((item) => item.PK === pk && String(item.SK).startsWith(skPrefix))
      .sort((a, b) => (String(a.SK) < String(b.SK) ? -1 : 1));
  }

  private perform(name: string, input: Input): unknown {
    if (name === GetCommand.name) return { Item: this.get(input.Key!.PK, input.Key!.SK) };
    if (name === 'QueryCommand') return this.query(input);
    if (name === 'TransactWriteCommand') return this.transact(input.TransactItems as Record<string, Input>[]);
    const action = name.replace('Command', '');
    if (!this.allowed(input))
      throw named('ConditionalCheckFailedException', 'The conditional request failed');
    this.apply(action, input);
    return {};
  }

  private transact(actions: Record<string, Input>[]): unknown {
    const parts = actions.map((action) => Object.entries(action)[0]!);
    const codes = parts.map(([, input]) => (this.allowed(input) ? 'None' : 'ConditionalCheckFailed'));
    if (codes.some((code) => code !== 'None')) {
      throw Object.assign(named('TransactionCanceledException', `Transaction cancelled [${codes}]`), {
        CancellationReasons: codes.map((Code) => ({ Code })),
      });
    }
    for (const [action, input] of parts) this.apply(action, input);
    return {};
  }

  private allowed(input: Input): boolean {
    const key = input.Key ?? (input.Item as { PK: string; SK: string });
    return meets(input.ConditionExpression, this.get(key.PK, key.SK), placeholders(input));
  }

  private apply(action: string, input: Input): void {
    if (action === 'Put') this.put(input.Item!);
    if (action === 'Delete') this.items.delete(`${input.Key!.PK}|${input.Key!.SK}`);
    if (action === 'Update') {
      const before = this.get(input.Key!.PK, input.Key!.SK) ?? { ...input.Key };
      this.put(updated(input.UpdateExpression!, before, placeholders(input)));
    }
  }

  private query(input: Input): unknown {
    const sortKey = input.IndexName === undefined ? 'SK' : 'GSI1SK';
    const found = [...this.items.values()]
      .filter((item) => meets(String(input.KeyConditionExpression), item, placeholders(input)))
      .sort((a, b) => (String(a[sortKey]) < String(b[sortKey]) ? -1 : 1));
    if (input.ScanIndexForward === false) found.reverse();
    return { Items: found.slice(0, (input.Limit as number | undefined) ?? found.length) };
  }
}

const placeholders = (input: Input): Placeholders => ({
  names: input.ExpressionAttributeNames,
  values: input.ExpressionAttributeValues,
});

/** As the document client marshals: without undefined values. */
function stripped(item: Item): Item {
  return JSON.parse(JSON.stringify(item)) as Item;
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function lost(message: string): Error {
  return named('TimeoutError', message);
}
