import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { catalog } from '../../lambdas/data-lake/catalog';
import { ConflictError } from '../../lambdas/data-lake/conflict-error';
import type { Closing } from '../../lambdas/data-lake/drop';
import { dropStore } from '../../lambdas/data-lake/drop-store';
import type { DatasetVersion } from '../../lambdas/data-lake/entities';
import { lakeStore } from '../../lambdas/data-lake/lake-store';

const dynamo = mockClient(DynamoDBDocumentClient);
const s3 = mockClient(S3Client);
const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' }));
const metadata = { $metadata: {}, message: 'no' };

beforeEach(() => {
  dynamo.reset();
  s3.reset();
});

const VERSION: DatasetVersion = {
  dataset: 'flights',
  id: 'abc',
  status: 'accepted',
  manifestUri: 's3://lake/manifests/flights/abc.json.gz',
  objects: 1,
  rows: 2,
  bytes: 3,
  createdAt: '2013-02-01T00:00:00.000Z',
  firstEventAt: '2013-01-31T00:00:00.000Z',
  columns: [],
};

const NOW = new Date('2013-02-01T00:00:00Z');

describe('the drop store', () => {
  const store = dropStore(documents, 'table');
  const closing: Closing = {
    ...{ dataset: 'flights', sequence: 4, firstEventAt: VERSION.firstEventAt },
    ...{ marker: false, trigger: 'quiet' },
  };
  const now = new Date('2013-02-01T00:00:00Z');

  test('counts an event and opens the drop in one write', async () => {
    const state = { sequence: 4, firstEventAt: VERSION.firstEventAt, created: true };
    dynamo.on(UpdateCommand).resolves({ Attributes: state });
    const event = { dataset: 'flights', at: VERSION.firstEventAt, deleted: false };
    expect(await store.record(event, now)).toEqual({ dataset: 'flights', ...state });
    const [call] = dynamo.commandCalls(UpdateCommand);
    expect(call?.args[0].input).toMatchObject({
      Key: { PK: 'DATASET#flights', SK: 'DROP' },
      ReturnValues: 'ALL_NEW',
    });
    expect(call?.args[0].input.ConditionExpression).toBeUndefined();
  });

  test('closes only under the condition that nothing newer came, or that the drop is open for too long', async () => {
    dynamo.on(UpdateCommand).resolves({});
    expect(await store.close(closing, '2013-01-30T00:00:00.000Z', now)).toBe(true);
    expect(dynamo.commandCalls(UpdateCommand)[0]?.args[0].input).toMatchObject({
      UpdateExpression: expect.stringContaining('closedSequence = #sequence'),
      ConditionExpression: '#sequence = :sequence OR firstEventAt <= :limit',
      ExpressionAttributeValues: { ':sequence': 4, ':limit': '2013-01-30T00:00:00.000Z' },
    });
  });

  test('closes for a marker whatever came since', async () => {
    dynamo.on(UpdateCommand).resolves({});
    await store.close({ ...closing, marker: true }, '2013-01-30T00:00:00.000Z', now);
    const input = dynamo.commandCalls(UpdateCommand)[0]?.args[0].input;
    expect(input?.ConditionExpression).toBe('#sequence >= :sequence');
    expect(Object.keys(input?.ExpressionAttributeValues ?? {})).not.toContain(':limit');
  });

  test('says up to which event drops are closed', async () => {
    dynamo
      .on(GetCommand)
      .resolvesOnce({})
      .resolves({ Item: { sequence: 6, closedSequence: 4 } });
    expect(await store.closedSequence('flights')).toBeUndefined();
    expect(await store.closedSequence('flights')).toBe(4);
    expect(dynamo.commandCalls(GetCommand)[0]?.args[0].input.ConsistentRead).toBe(true);
  });

  test('says so when the condition does not hold, and passes other errors on', async () => {
    dynamo.on(UpdateCommand).rejectsOnce(new ConditionalCheckFailedException(metadata));
    expect(await store.close(closing, '', now)).toBe(false);
    dynamo.on(UpdateCommand).rejects(new Error('throttled'));
    await expect(store.close(closing, '', now)).rejects.toThrow('throttled');
  });
});

describe('the catalog', () => {
  const store = catalog(documents, 'table');

  test('accepts a first version only while there is none', async () => {
    dynamo.on(GetCommand).resolves({});
    dynamo.on(TransactWriteCommand).resolves({});
    await store.accept(VERSION, undefined, NOW, false, undefined);
    const items = dynamo.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems;
    expect(items).toMatchObject([
      { Put: { Item: { PK: 'DATASET#flights', SK: 'VERSION#abc', GSI1PK: 'DATASET#flights#VERSIONS' } } },
      {
        Put: {
          Item: { SK: 'CURRENT', version: 'abc', revision: 1 },
          ConditionExpression: 'attribute_not_exists(PK)',
        },
      },
      {
        Put: {
          Item: { SK: 'HISTORY#0000000001', revision: 1, version: 'abc', at: '2013-02-01T00:00:00.000Z' },
          ConditionExpression: 'attribute_not_exists(PK)',
        },
      },
      {
        ConditionCheck: {
          Key: { PK: 'DATASET#flights', SK: 'DROP' },
          ConditionExpression: 'attribute_not_exists(closedSequence)',
        },
      },
    ]);
  });

  test('moves the pointer only from where it was seen', async () => {
    dynamo.on(GetCommand).resolves({});
    dynamo.on(TransactWriteCommand).resolves({});
    await store.accept(VERSION, { version: 'old', revision: 7 }, NOW, false, 4);
    const items = dynamo.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems;
    expect(items?.[1]?.Put).toMatchObject({
      Item: { revision: 8 },
      ConditionExpression: 'revision = :seen',
      ExpressionAttributeValues: { ':seen': 7 },
    });
    expect(items?.[3]?.ConditionCheck).toMatchObject({
      Key: { SK: 'DROP' },
      ConditionExpression: 'closedSequence = :closed',
      ExpressionAttributeValues: { ':closed': 4 },
    });
  });

  test('does not accept a version whose item was collected since its manifest was written', async () => {
    dynamo.on(GetCommand).resolves({});
    await expect(store.accept(VERSION, undefined, NOW, true, 4)).rejects.toBeInstanceOf(ConflictError);
    expect(dynamo.commandCalls(TransactWriteCommand)).toHaveLength(0);
  });

  test('keeps the item of a version that was accepted before', async () => {
    dynamo.on(GetCommand).resolves({ Item: VERSION });
    dynamo.on(TransactWriteCommand).resolves({});
    await store.accept(VERSION, { version: 'old', revision: 7 }, NOW, false, 4);
    const items = dynamo.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems;
    expect(items?.[0]).toMatchObject({ Update: { UpdateExpression: 'REMOVE announcedAt' } });
  });

  test.each(['ConditionalCheckFailed', 'TransactionConflict'])('calls %s a conflict', async (Code) => {
    dynamo.on(GetCommand).resolves({});
    const CancellationReasons = [{ Code: 'None' }, { Code }];
    dynamo
      .on(TransactWriteCommand)
      .rejects(new TransactionCanceledException({ ...metadata, CancellationReasons }));
    await expect(store.accept(VERSION, undefined, NOW, false, 4)).rejects.toBeInstanceOf(ConflictError);
  });

  test('does not call a lack of throughput a conflict', async () => {
    dynamo.on(GetCommand).resolves({});
    const CancellationReasons = [{ Code: 'ThrottlingError' }];
    dynamo
      .on(TransactWriteCommand)
      .rejects(new TransactionCanceledException({ ...metadata, CancellationReasons }));
    await expect(store.accept(VERSION, undefined, NOW, false, 4)).rejects.toBeInstanceOf(
      TransactionCanceledException,
    );
  });

  test('never marks an accepted version as quarantined', async () => {
    dynamo.on(GetCommand).resolves({ Item: VERSION });
    await store.recordQuarantined({ ...VERSION, status: 'quarantined' });
    expect(dynamo.commandCalls(PutCommand)).toHaveLength(0);
  });

  test('asks for many contents a hundred at a time, and again for what was left', async () => {
    const wanted = Array.from({ length: 150 }, (_, index) => ({ key: `${index}.csv`, checksum: 'c' }));
    dynamo
      .on(BatchGetCommand)
      .resolvesOnce({
        UnprocessedKeys: { table: { Keys: [{ PK: 'x', SK: 'y' }] } },
        Responses: { table: [{ n: 1 }] },
      })
      .resolvesOnce({ Responses: { table: [{ n: 2 }] } })
      .resolves({ Responses: { table: [{ n: 3 }] } });
    expect(await store.quarantined('flights', wanted)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    const sizes = dynamo
      .commandCalls(BatchGetCommand)
      .map(({ args }) => args[0].input.RequestItems?.table?.Keys?.length);
    expect(sizes).toEqual([100, 1, 50]);
  });

  test('gives up, saying so, when DynamoDB keeps leaving items out', async () => {
    dynamo.on(BatchGetCommand).resolves({ UnprocessedKeys: { table: { Keys: [{ PK: 'x', SK: 'y' }] } } });
    await expect(store.quarantined('flights', [{ key: 'a', checksum: 'c' }])).rejects.toThrow(
      'DynamoDB left 1 items of dataset flights unread',
    );
  });
});

describe('the lake store', () => {
  const store = lakeStore(new S3Client({ region: 'us-east-1' }), 'lake');
  const failure = (httpStatusCode: number) =>
    new S3ServiceException({ name: 'x', $fault: 'client', message: 'x', $metadata: { httpStatusCode } });
  const body = (content: string | Buffer) =>
    ({ transformToByteArray: async () => Buffer.from(content) }) as never;

  test('lists all pages, newest first within a key, with keys decoded', async () => {
    const at = (second: number) => new Date(1_359_676_800_000 + second * 1000);
    s3.on(ListObjectVersionsCommand)
      .resolvesOnce({
        EncodingType: 'url',
        IsTruncated: true,
        NextKeyMarker: 'raw/flights/a+b%2B%C3%A9.csv',
        NextVersionIdMarker: '2',
        Versions: [
          {
            Key: 'raw/flights/a+b%2B%C3%A9.csv',
            VersionId: '3',
            Size: 5,
            LastModified: at(9),
            IsLatest: true,
          },
          {
            Key: 'raw/flights/a+b%2B%C3%A9.csv',
            VersionId: '1',
            Size: 4,
            LastModified: at(1),
            IsLatest: false,
          },
        ],
        DeleteMarkers: [
          { Key: 'raw/flights/a+b%2B%C3%A9.csv', VersionId: '2', LastModified: at(5), IsLatest: false },
        ],
      })
      .resolvesOnce({
        EncodingType: 'url',
        Versions: [{ Key: 'raw/flights/c.csv', VersionId: '4', Size: 1 }],
      });
    const listed = [];
    for await (const version of store.list('flights')) listed.push(version);
    expect(listed.filter(({ key }) => key === 'a b+é.csv')).toEqual([
      { key: 'a b+é.csv', versionId: '3', size: 5, deleted: false },
      { key: 'a b+é.csv', versionId: '2', size: 0, deleted: true },
      { key: 'a b+é.csv', versionId: '1', size: 4, deleted: false },
    ]);
    expect(listed).toHaveLength(4);
    expect(s3.commandCalls(ListObjectVersionsCommand)[1]?.args[0].input).toMatchObject({
      KeyMarker: 'raw/flights/a b+é.csv',
      VersionIdMarker: '2',
    });
  });

  test('opens exactly the version', async () => {
    s3.on(GetObjectCommand).resolves({ Body: body('x') });
    await store.open('flights', '2013-01.csv', 'v7');
    expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input).toEqual({
      Bucket: 'lake',
      Key: 'raw/flights/2013-01.csv',
      VersionId: 'v7',
    });
  });

  test('knows a missing schema from one that could not be read', async () => {
    s3.on(GetObjectCommand).rejectsOnce(new NoSuchKey(metadata));
    expect(await store.readSchema('flights')).toBeUndefined();
    s3.on(GetObjectCommand).rejects(failure(403));
    await expect(store.readSchema('flights')).rejects.toThrow();
  });

  test('never writes over a schema', async () => {
    s3.on(PutObjectCommand).rejectsOnce(failure(412));
    expect(await store.createSchema({ dataset: 'flights', columns: [] })).toBe(false);
    s3.on(PutObjectCommand).rejects(failure(409));
    await expect(store.createSchema({ dataset: 'flights', columns: [] })).rejects.toBeInstanceOf(
      ConflictError,
    );
  });
});
