import {
  BatchGetCommand,
  BatchWriteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTable, type LocalTable } from '../../../../local/tracking/table';

const TableName = 'table';
const Key = { PK: 'a', SK: '1' };
let local: LocalTable;

beforeEach(() => {
  local = createTable();
});

const put = (item: object) => local.client.send(new PutCommand({ TableName, Item: { ...Key, ...item } }));
const update = (UpdateExpression: string, values?: Record<string, unknown>) =>
  local.client.send(
    new UpdateCommand({ TableName, Key, UpdateExpression, ExpressionAttributeValues: values as never }),
  );
const refused = expect.objectContaining({ name: 'ValidationException' });

describe('the in-process table refuses what DynamoDB refuses', () => {
  it('items beyond 400 KB, put or updated', async () => {
    await expect(put({ text: 'x'.repeat(409_600) })).rejects.toEqual(refused);
    await put({ text: 'x'.repeat(409_000) });
    await expect(update('SET more = :more', { ':more': 'x'.repeat(600) })).rejects.toEqual(refused);
    await expect(put({ text: 'é'.repeat(204_800) })).rejects.toEqual(refused);
  });

  it('names that are reserved, and placeholders that are missing or not used', async () => {
    await expect(update('SET status = :one', { ':one': 1 })).rejects.toEqual(refused);
    await expect(update('SET a = :one')).rejects.toEqual(refused);
    await expect(update('SET a = :one', { ':one': 1, ':two': 2 })).rejects.toEqual(refused);
  });

  it('paths that overlap, lead nowhere, or change a key', async () => {
    await put({ map: { m: 1 }, l: 'text' });
    await expect(update('SET map.m = :one, map = :one', { ':one': 1 })).rejects.toEqual(refused);
    await expect(update('SET n = :one, n = :one', { ':one': 1 })).rejects.toEqual(refused);
    await expect(update('SET gone.m = :one', { ':one': 1 })).rejects.toEqual(refused);
    await expect(update('REMOVE gone.m')).rejects.toEqual(refused);
    await expect(update('SET l = list_append(l, :list)', { ':list': [1] })).rejects.toEqual(refused);
    await expect(update('SET SK = :other', { ':other': '2' })).rejects.toEqual(refused);
  });

  it('numbers that it could not keep, and expressions that are too long', async () => {
    await expect(put({ n: Number.NaN })).rejects.toThrow('NaN');
    await expect(put({ n: 1e126 })).rejects.toEqual(refused);
    await expect(put({ n: 1e-131 })).rejects.toEqual(refused);
    await expect(update(`SET a${'b'.repeat(5000)} = :one`, { ':one': 1 })).rejects.toEqual(refused);
  });

  it('keys that are empty or too long', async () => {
    await expect(put({ SK: '' })).rejects.toEqual(refused);
    await expect(put({ SK: 'x'.repeat(1025) })).rejects.toEqual(refused);
    await expect(put({ PK: 'é'.repeat(1025) })).rejects.toEqual(refused);
  });

  it('batches and transactions that are too large or name an item twice', async () => {
    const requests = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ PutRequest: { Item: { PK: 'a', SK: `${at}` } } }));
    const write = (count: number) =>
      local.client.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests(count) } }));
    await write(25);
    await expect(write(26)).rejects.toEqual(refused);
    const keys = (count: number) => Array.from({ length: count }, (_, at) => ({ PK: 'a', SK: `${at}` }));
    const get = (Keys: object[]) =>
      local.client.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys: Keys as never } } }));
    await expect(get(keys(101))).rejects.toEqual(refused);
    await expect(get([Key, Key])).rejects.toEqual(refused);
    const transact = (count: number) =>
      local.client.send(
        new TransactWriteCommand({
          TransactItems: keys(count).map((Item) => ({ Put: { TableName, Item } })),
        }),
      );
    await transact(100);
    await expect(transact(101)).rejects.toEqual(refused);
  });

  it('and says loudly what it lacks', async () => {
    await expect(local.client.send(new ScanCommand({ TableName }))).rejects.toThrow('not supported');
    await expect(
      local.client.send(new GetCommand({ TableName, Key, ProjectionExpression: 'a' })),
    ).rejects.toThrow('ProjectionExpression of Get is not supported');
  });
});

describe('a page of a query', () => {
  it('ends at 1 MB and goes on where it ended', async () => {
    for (let at = 0; at < 5; at += 1) await put({ SK: `${at}`, text: 'x'.repeat(300_000) });
    const query = (start?: Record<string, unknown>) =>
      local.client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'PK = :pk',
          ExpressionAttributeValues: { ':pk': 'a' },
          ExclusiveStartKey: start,
        }),
      );
    const first = await query();
    expect(first.Items!.length).toBeLessThan(5);
    const second = await query(first.LastEvaluatedKey);
    const all = [...first.Items!, ...second.Items!].map(({ SK }) => SK);
    expect(all).toEqual(['0', '1', '2', '3', '4']);
    expect(second.LastEvaluatedKey).toBeUndefined();
  });
});

describe('what the table answers', () => {
  it('cannot be changed by who reads it', async () => {
    await put({ map: { m: 1 } });
    const { Item } = await local.client.send(new GetCommand({ TableName, Key }));
    expect(() => {
      Item!.map.m = 2;
    }).toThrow(TypeError);
  });
});
