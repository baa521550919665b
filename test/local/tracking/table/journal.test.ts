import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchWriteCommand,
  DeleteCommand,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTable, type LocalTable } from '../../../../local/tracking/table';

const TableName = 'table';
let directory: string;
let local: LocalTable;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'flywheel-journal-'));
  local = createTable({ directory });
});

afterEach(() => {
  local.close();
  rmSync(directory, { recursive: true, force: true });
});

const put = (SK: string, attributes: object = {}) =>
  local.client.send(new PutCommand({ TableName, Item: { PK: 'a', SK, ...attributes } }));
const items = () => [...local.table.items.all()].map(({ item }) => item);
const file = () => join(directory, 'table.jsonl');
const reopen = (now?: () => number) => {
  local.close();
  local = createTable({ directory, now });
};

describe('a table with a folder', () => {
  it('is the same after it was closed and opened again', async () => {
    await put('1', {
      n: 1,
      bytes: new Uint8Array([1, 2]),
      set: new Set(['x']),
      map: { m: ['é', null, true] },
    });
    await put('2');
    await put('3', { n: 1 });
    await local.client.send(
      new UpdateCommand({
        TableName,
        Key: { PK: 'a', SK: '1' },
        UpdateExpression: 'SET n = n + :one, #m.#x = :x REMOVE #s',
        ConditionExpression: 'n = :one',
        ExpressionAttributeNames: { '#m': 'map', '#x': 'x', '#s': 'set' },
        ExpressionAttributeValues: { ':one': 1, ':x': 'y' },
      }),
    );
    await local.client.send(new DeleteCommand({ TableName, Key: { PK: 'a', SK: '2' } }));
    await local.client.send(
      new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName, Item: { PK: 'b', SK: '1', GSI1PK: 'g', GSI1SK: 's' } } },
          { Delete: { TableName, Key: { PK: 'a', SK: '3' } } },
        ],
      }),
    );
    const before = items();
    reopen();
    expect(items()).toEqual(before);
    expect(before.map(({ PK, SK }) => `${PK}${SK}`)).toEqual(['a1', 'b1']);
  });

  it('forgets the call that a crash cut short, and nothing else', async () => {
    await put('1');
    appendFileSync(file(), '[["p",{"PK":"a","SK":"2"}],["p",{"PK":"a","SK"');
    reopen();
    expect(items()).toEqual([{ PK: 'a', SK: '1' }]);
    await put('3');
    reopen();
    expect(items().map(({ SK }) => SK)).toEqual(['1', '3']);
  });

  it('does not start on a file that was damaged in the middle', async () => {
    await put('1');
    await put('2');
    local.close();
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('"SK":"1"', '"SK":"'));
    expect(() => createTable({ directory })).toThrow(/Line 1 of .*table.jsonl cannot be read/);
    writeFileSync(file(), '');
    local = createTable({ directory });
  });

  it('belongs to one process at a time', () => {
    expect(() => createTable({ directory })).toThrow(`is in use by process ${process.pid}`);
  });

  it('is taken over from a process that is gone', () => {
    local.close();
    writeFileSync(join(directory, 'lock'), '999999999');
    local = createTable({ directory });
  });

  it('lets items expire', async () => {
    await put('1', { expiresAt: 1000 });
    await put('2');
    reopen(() => 1_000_000);
    expect(items()).toHaveLength(2);
    reopen(() => 1_000_001);
    expect(items().map(({ SK }) => SK)).toEqual(['2']);
    reopen(() => 0);
    expect(items().map(({ SK }) => SK)).toEqual(['2']);
  });

  it('is written anew when most of it is outdated', async () => {
    const text = 'x'.repeat(300_000);
    for (let at = 0; at < 60; at += 1) await put('1', { text, at });
    const before = statSync(file()).size;
    reopen();
    expect(items()).toEqual([{ PK: 'a', SK: '1', text, at: 59 }]);
    expect(statSync(file()).size).toBeLessThan(before / 20);
  });

  it('reads 100,000 items in seconds', async () => {
    for (let from = 0; from < 100_000; from += 25) {
      await local.client.send(
        new BatchWriteCommand({
          RequestItems: {
            [TableName]: Array.from({ length: 25 }, (_, at) => ({
              PutRequest: {
                Item: { PK: `p${(from + at) % 1000}`, SK: `${from + at}`, text: 'x'.repeat(50) },
              },
            })),
          },
        }),
      );
    }
    local.close();
    const begun = process.cpuUsage();
    local = createTable({ directory });
    expect(items()).toHaveLength(100_000);
    expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(5);
  }, 120_000);
});
