import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTable } from '../../../../local/tracking/table';
import { MiniStack } from '../../../monitoring/ministack';

let ministack: MiniStack;
let client: DynamoDBDocumentClient;
let tables = 0;

beforeAll(async () => {
  ministack = await MiniStack.start();
  client = DynamoDBDocumentClient.from(new DynamoDBClient({ ...ministack.client, maxAttempts: 1 }), {
    marshallOptions: { removeUndefinedValues: true },
  });
});

afterAll(async () => {
  await ministack?.stop();
});

async function freshTable(): Promise<string> {
  tables += 1;
  const TableName = `table-${tables}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['PK', 'SK', 'GSI1PK', 'GSI1SK'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
      KeySchema: [
        { AttributeName: 'PK', KeyType: 'HASH' },
        { AttributeName: 'SK', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'GSI1',
          KeySchema: [
            { AttributeName: 'GSI1PK', KeyType: 'HASH' },
            { AttributeName: 'GSI1SK', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  return TableName;
}

const pk = fc.constantFrom('a', 'b');
const sk = fc.constantFrom('1', '2', '20', '3#x', 'é', '𝒳', '\uFFFD');
const key = fc.record({ PK: pk, SK: sk });
const scalar = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom('', 'x', 'xy', 'é', 0.5, true, null),
);
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 2, arbitrary: fc.dictionary(fc.constantFrom('m', 'n'), scalar, { maxKeys: 2 }) },
);
const item = fc
  .record(
    { n: scalar, v: value, w: value, GSI1PK: fc.constant('g'), GSI1SK: fc.constantFrom('p', 'q', 'pq') },
    { requiredKeys: [] },
  )
  .chain((attributes) => key.map((keys) => ({ ...attributes, ...keys })));

const names = { '#v': 'v', '#m': 'm' };
const conditions = [
  'attribute_exists(PK)',
  'attribute_not_exists(PK)',
  'attribute_exists(#v.#m)',
  '#v = :a',
  '#v <> :a',
  '#v < :a',
  '#v >= :a OR n > :b',
  'NOT (#v = :a) AND n <= :b',
  '#v BETWEEN :a AND :b',
  '#v IN (:a, :b)',
  'begins_with(GSI1SK, :p)',
  'contains(#v, :a)',
  'size(#v) > :one',
  '#v.#m = :a OR (n = :b AND attribute_exists(w))',
];
/** Without what the emulator lets pass and DynamoDB refuses: see strict.test.ts. */
const updates = [
  'SET #v = :a',
  'SET #v.#m = :a',
  'SET #v.#m = if_not_exists(#v.#m, :a), n = :b',
  'SET n = n + :one',
  'SET n = if_not_exists(n, :one) + :one REMOVE w',
  'SET l = list_append(if_not_exists(l, :list), :list)',
  'SET #v[0] = :a',
  'SET #v[7] = :a',
  'REMOVE #v, w',
  'ADD n :one',
  'ADD n :one SET #v = :a',
  'SET #v = :a, #v.#m = :b',
  'SET w = #v',
  'SET GSI1PK = :g, GSI1SK = :x',
  'REMOVE GSI1PK',
];
const sortTests = [
  '',
  ' AND $ = :s',
  ' AND $ < :s',
  ' AND $ <= :s',
  ' AND $ > :s',
  ' AND $ >= :s',
  ' AND $ BETWEEN :s AND :t',
  ' AND begins_with($, :s)',
];

/** Only the placeholders that an expression uses, as DynamoDB demands. */
function used(values: Record<string, unknown>, ...expressions: (string | undefined)[]) {
  const text = expressions.join(' ');
  const pick = <T>(given: Record<string, T>) => {
    const entries = Object.entries(given).filter(([name]) => new RegExp(`${name}\\b`).test(text));
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  };
  return { ExpressionAttributeNames: pick(names), ExpressionAttributeValues: pick(values) };
}

const values = fc.record({ a: value, b: scalar }).map(({ a, b }) => ({
  ':a': a,
  ':b': b,
  ':x': 'x',
  ':p': 'p',
  ':g': 'g',
  ':one': 1,
  ':list': ['l'],
}));

type Send = (table: string, to: DynamoDBDocumentClient) => Promise<unknown>;
interface Step {
  readonly input: object;
  readonly send: Send;
}

const step = (
  // biome-ignore lint/suspicious/noExplicitAny: commands of all kinds pass through
  Command: new (input: any) => any,
  input: object,
  withTable: (table: string) => object = (TableName) => ({ ...input, TableName }),
): Step => ({
  input: { [Command.name]: input },
  send: (table, to) => to.send(new Command(withTable(table))),
});

const condition = fc.option(fc.constantFrom(...conditions), { nil: undefined });

const put = fc
  .tuple(item, condition, values, fc.constantFrom('NONE', 'ALL_OLD'))
  .map(([Item, ConditionExpression, given, ReturnValues]) =>
    step(PutCommand, { Item, ConditionExpression, ReturnValues, ...used(given, ConditionExpression) }),
  );
const remove = fc.tuple(key, condition, values).map(([Key, ConditionExpression, given]) =>
  step(DeleteCommand, {
    Key,
    ConditionExpression,
    ReturnValues: 'ALL_OLD',
    ...used(given, ConditionExpression),
  }),
);
const update = fc
  .tuple(key, fc.constantFrom(...updates), condition, values, fc.constantFrom('NONE', 'ALL_OLD', 'ALL_NEW'))
  .map(([Key, UpdateExpression, ConditionExpression, given, ReturnValues]) =>
    step(UpdateCommand, {
      Key,
      UpdateExpression,
      ConditionExpression,
      ReturnValues,
      ...used(given, UpdateExpression, ConditionExpression),
    }),
  );
const get = key.map((Key) => step(GetCommand, { Key, ConsistentRead: true }));
const query = fc
  .record({
    pk,
    test: fc.constantFrom(...sortTests),
    s: sk,
    t: sk,
    Limit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    ScanIndexForward: fc.boolean(),
    after: fc.option(sk, { nil: undefined }),
    filter: fc.constantFrom(undefined, 'attribute_exists(n)'),
  })
  .map(({ pk: partition, test, s, t, Limit, ScanIndexForward, after, filter }) => {
    const KeyConditionExpression = `PK = :pk${test.replaceAll('$', 'SK')}`;
    const [low, high] = Buffer.compare(Buffer.from(s), Buffer.from(t)) < 0 ? [s, t] : [t, s];
    const given = { ':pk': partition, ':s': test.includes('BETWEEN') ? low : s, ':t': high };
    return step(QueryCommand, {
      KeyConditionExpression,
      FilterExpression: filter,
      ExpressionAttributeValues: used(given, KeyConditionExpression).ExpressionAttributeValues,
      Limit,
      ScanIndexForward,
      ExclusiveStartKey: after === undefined || test !== '' ? undefined : { PK: partition, SK: after },
      ConsistentRead: true,
    });
  });
const queryIndex = fc
  .record({ ScanIndexForward: fc.boolean(), test: fc.constantFrom(...sortTests) })
  .map(({ ScanIndexForward, test }) => {
    const KeyConditionExpression = `GSI1PK = :g${test.replaceAll('$', 'GSI1SK')}`;
    const given = { ':g': 'g', ':s': 'p', ':t': 'pz' };
    return step(QueryCommand, {
      IndexName: 'GSI1',
      KeyConditionExpression,
      ExpressionAttributeValues: used(given, KeyConditionExpression).ExpressionAttributeValues,
      ScanIndexForward,
    });
  });
const action = fc.oneof(
  fc.tuple(item, condition, values).map(([Item, ConditionExpression, given]) => ({
    Put: { Item, ConditionExpression, ...used(given, ConditionExpression) },
  })),
  fc
    .tuple(key, fc.constantFrom('SET n = :b', 'REMOVE w'), condition, values)
    .map(([Key, UpdateExpression, ConditionExpression, given]) => ({
      Update: {
        Key,
        UpdateExpression,
        ConditionExpression,
        ...used(given, UpdateExpression, ConditionExpression),
      },
    })),
  fc.tuple(key, condition, values).map(([Key, ConditionExpression, given]) => ({
    Delete: { Key, ConditionExpression, ...used(given, ConditionExpression) },
  })),
  fc.tuple(key, fc.constantFrom(...conditions), values).map(([Key, ConditionExpression, given]) => ({
    ConditionCheck: { Key, ConditionExpression, ...used(given, ConditionExpression) },
  })),
);
const transact = fc.array(action, { minLength: 1, maxLength: 3 }).map((actions) =>
  step(TransactWriteCommand, { actions }, (TableName) => ({
    TransactItems: actions.map((each) =>
      Object.fromEntries(Object.entries(each).map(([kind, write]) => [kind, { ...write, TableName }])),
    ),
  })),
);
const batchGet = fc.array(key, { minLength: 1, maxLength: 4 }).map((Keys) =>
  step(BatchGetCommand, { Keys }, (table) => ({
    RequestItems: { [table]: { Keys, ConsistentRead: true } },
  })),
);
const batchWrite = fc
  .array(
    fc.oneof(
      item.map((Item) => ({ PutRequest: { Item } })),
      key.map((Key) => ({ DeleteRequest: { Key } })),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((requests) =>
    step(BatchWriteCommand, { requests }, (table) => ({ RequestItems: { [table]: requests } })),
  );

const steps = fc.oneof(
  { weight: 4, arbitrary: put },
  { weight: 5, arbitrary: update },
  { weight: 1, arbitrary: remove },
  { weight: 1, arbitrary: get },
  { weight: 3, arbitrary: query },
  { weight: 1, arbitrary: queryIndex },
  { weight: 2, arbitrary: transact },
  { weight: 1, arbitrary: batchGet },
  { weight: 1, arbitrary: batchWrite },
);

/** What a client can tell: the answer without its metadata, or the error's name and reasons. */
async function outcome(table: string, send: Send, to: DynamoDBDocumentClient): Promise<unknown> {
  try {
    const { $metadata: _, ...answer } = (await send(table, to)) as Record<string, unknown>;
    return comparable(table, answer);
  } catch (error) {
    const { name, CancellationReasons } = error as { name: string; CancellationReasons?: { Code: string }[] };
    return { error: name, reasons: CancellationReasons?.map(({ Code }) => Code) };
  }
}

function comparable(table: string, answer: Record<string, unknown>): unknown {
  const plain = JSON.parse(JSON.stringify(answer));
  const found = plain.Responses?.[table];
  if (found !== undefined) {
    plain.Responses = found.sort((a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  return plain;
}

/** DynamoDB refuses to write below what is no list or map; the emulator takes a text for a list of its letters. */
function refusesPath(input: object, found: unknown): boolean {
  const update = (input as { UpdateCommand?: { UpdateExpression?: string } }).UpdateCommand;
  const below = /[[.]/.test(update?.UpdateExpression ?? '');
  return below && (found as { error?: string }).error === 'ValidationException';
}

describe('the in-process table', () => {
  it('answers random commands as the emulator of DynamoDB does', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 40, size: 'max' }), async (sequence) => {
        const table = await freshTable();
        const local = createTable();
        for (const { input, send } of sequence) {
          const found = await outcome(table, send, local.client);
          if (refusesPath(input, found)) continue;
          const expected = await outcome(table, send, client);
          expect({ input, answer: found }).toEqual({ input, answer: expected });
        }
        local.close();
      }),
      { numRuns: 25 },
    );
  });
});
