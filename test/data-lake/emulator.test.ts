import { createHash } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { catalog } from '../../lambdas/data-lake/catalog';
import { createHandler as closer } from '../../lambdas/data-lake/create-version';
import type { CreateVersionDeps } from '../../lambdas/data-lake/create-version/deps';
import { dropStore } from '../../lambdas/data-lake/drop-store';
import { lakeStore } from '../../lambdas/data-lake/lake-store';
import { manifestStore } from '../../lambdas/data-lake/manifest-store';
import { createHandler as recorder } from '../../lambdas/data-lake/record-drop';
import { createHandler as partWorker } from '../../lambdas/data-lake/resolve-part';
import { s3Objects } from '../../lambdas/data-lake/s3-objects';
import { seenStore } from '../../lambdas/data-lake/seen-store';
import { workStore } from '../../lambdas/data-lake/work-store';
import { systemClock } from '../../lambdas/shared/clock';
import { MiniStack } from '../monitoring/ministack';

vi.setConfig({ testTimeout: 120_000 });

const BUCKET = 'lake';
const TABLE = 'catalog';
/** What one function looks at: little, so that a few dozen files are a large drop. */
const LIMIT = { changes: 10, bytes: 2 ** 30 };

let ministack: MiniStack;
let s3: S3Client;
let dynamo: DynamoDBDocumentClient;

beforeAll(async () => {
  ministack = await MiniStack.start();
  s3 = new S3Client(ministack.client);
  dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(ministack.client), {
    marshallOptions: { removeUndefinedValues: true },
  });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  await dynamo.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['PK', 'SK'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'PK', KeyType: 'HASH' },
        { AttributeName: 'SK', KeyType: 'RANGE' },
      ],
    }),
  );
});

afterAll(() => ministack?.stop());

/** The three handlers on real stores, with queues that deliver when they are told to. */
class Lake {
  readonly published: { detailType: string; detail: Record<string, unknown> }[] = [];
  readonly closings: object[] = [];
  readonly parts: object[] = [];
  private readonly deps: CreateVersionDeps;

  constructor(readonly dataset: string) {
    this.deps = {
      lake: lakeStore(s3, BUCKET),
      manifests: manifestStore(s3, BUCKET),
      seen: seenStore(s3, BUCKET),
      work: workStore(s3Objects(s3, BUCKET), dynamo, TABLE),
      catalog: catalog(dynamo, TABLE),
      drops: dropStore(dynamo, TABLE),
      quietSeconds: () => 120,
      limit: LIMIT,
      publish: async (detailType, detail) => void this.published.push({ detailType, detail }),
      sendPart: async (message) => void this.parts.push(message),
      clock: systemClock,
    };
  }

  async put(key: string, body: string | Buffer, more: object = {}): Promise<void> {
    await s3.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: `raw/${this.dataset}/${key}`, Body: body, ...more }),
    );
  }

  async remove(key: string): Promise<void> {
    await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: `raw/${this.dataset}/${key}` }));
  }

  /** Tells of a key, waits until everything that follows is done, and gives what was published. */
  async close(key: string, detailType = 'Object Created'): Promise<string[]> {
    const before = this.published.length;
    const detail = { bucket: { name: BUCKET }, object: { key: `raw/${this.dataset}/${key}`, size: 1 } };
    const record = recorder({
      ...this.deps,
      bucket: BUCKET,
      send: async ({ delaySeconds: _, ...closing }) => void this.closings.push(closing),
    });
    await record(batch({ 'detail-type': detailType, time: new Date().toISOString(), detail }));
    await this.work();
    return this.published.slice(before).map(({ detailType }) => detailType);
  }

  async work(): Promise<void> {
    const resolve = partWorker({
      ...this.deps,
      sendAssemble: async (message) => void this.closings.push(message),
    });
    for (;;) {
      const part = this.parts.shift();
      const closing = part === undefined ? this.closings.shift() : undefined;
      const message = part ?? closing;
      if (message === undefined) return;
      const answer = await (part === undefined ? closer(this.deps) : resolve)(batch(message));
      expect(answer).toEqual({ batchItemFailures: [] });
    }
  }

  async contents() {
    const current = await this.deps.catalog.current(this.dataset);
    return (await this.deps.manifests.read(this.dataset, current!.version)).objects;
  }

  async bytes(key: string, versionId: string): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of await this.deps.lake.open(this.dataset, key, versionId)) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  }
}

const batch = (message: object): SQSEvent =>
  ({ Records: [{ messageId: 'm', eventSource: 'aws:sqs', body: JSON.stringify(message) }] }) as never;

const sha256 = (text: string | Buffer) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe('a drop of more files than one function looks at', () => {
  test('is looked at in parts and becomes one version, and the next drop asks only for what changed', async () => {
    const lake = new Lake('large');
    const row = (n: number) => `carrier,delay\nUA,${n}\n`;
    for (let n = 0; n < 25; n += 1) await lake.put(`${n}.csv`, row(n));
    expect(await lake.close('0.csv')).toEqual(['Dataset Version Created']);
    expect(lake.published[0]?.detail).toMatchObject({ objects: 25, rows: 25, trigger: 'quiet' });

    await lake.put('7.csv', row(70));
    await lake.remove('8.csv');
    expect(await lake.close('8.csv', 'Object Deleted')).toEqual(['Dataset Version Created']);
    const contents = await lake.contents();
    expect(contents).toHaveLength(24);
    expect(contents.find(({ key }) => key === '7.csv')?.checksum).toBe(sha256(row(70)));
    expect(lake.published[1]?.detail).toMatchObject({ parent: lake.published[0]?.detail.datasetVersion });
    expect(await lake.close('7.csv')).toEqual([]);
  });
});

describe('the checksum of an object', () => {
  const bytes = Buffer.from('not a table');
  const checksums: [string, object, string | RegExp][] = [
    ['its CRC64NVME', { ChecksumAlgorithm: 'CRC64NVME' }, /^crc64nvme:[0-9a-f]{16}$/],
    ['its SHA-256', { ChecksumAlgorithm: 'SHA256' }, sha256(bytes)],
    ['computed when S3 keeps a narrow one alone', { ChecksumAlgorithm: 'CRC32' }, sha256(bytes)],
  ];

  test.each(checksums)('is %s', async (name, more, expected) => {
    const lake = new Lake(`sum-${name.length}`);
    await lake.put('a.png', bytes, more);
    await lake.close('a.png');
    expect((await lake.contents())[0]?.checksum).toMatch(expected);
  });

  test('is computed when S3 keeps one of each part', async () => {
    const lake = new Lake('composite');
    const target = { Bucket: BUCKET, Key: 'raw/composite/a.png' };
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: 'SHA256' }),
    );
    const part = await s3.send(
      new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: bytes, ChecksumAlgorithm: 'SHA256' }),
    );
    const Parts = [{ PartNumber: 1, ETag: part.ETag, ChecksumSHA256: part.ChecksumSHA256 }];
    await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
    await lake.close('a.png');
    expect((await lake.contents())[0]?.checksum).toBe(sha256(bytes));
  });

  test('does not make another version when a tool that keeps another one drops the same bytes', async () => {
    const lake = new Lake('tools');
    const algorithms = ['CRC64NVME', 'SHA256', 'CRC32', 'CRC64NVME'] as const;
    const said = [];
    for (const ChecksumAlgorithm of algorithms) {
      await lake.put('a.png', bytes, { ChecksumAlgorithm });
      said.push(...(await lake.close('a.png')));
    }
    expect(said).toEqual([
      'Dataset Version Created',
      'Dataset Unchanged',
      'Dataset Unchanged',
      'Dataset Unchanged',
    ]);
    expect(await lake.close('a.png')).toEqual([]);
  });
});

describe('a key', () => {
  /** With `raw/keys/` before it 1,024 bytes, in parts that file systems hold. */
  const longest = `${`${'k'.repeat(250)}/`.repeat(4)}${'k'.repeat(11)}`;
  const usable = [
    'a b.png',
    'a+b.png',
    'a%2Bb.png',
    'étude.png'.normalize('NFC'),
    'étude.png'.normalize('NFD'),
    '🛫\uff5e.png',
    '\uff5e.png',
    longest,
  ];

  test('that is unusual and usable comes back with its bytes', async () => {
    expect(Buffer.byteLength(`raw/keys/${longest}`)).toBe(1024);
    const lake = new Lake('keys');
    for (const key of usable) await lake.put(key, `bytes of ${key}`);
    await lake.close('a b.png');
    const contents = await lake.contents();
    expect(new Set(contents.map(({ key }) => key))).toEqual(new Set(usable));
    for (const { key, versionId } of contents)
      expect(await lake.bytes(key, versionId)).toBe(`bytes of ${key}`);
    expect(await lake.close('a b.png')).toEqual([]);
  });

  test('that is not usable is kept out, with the reason, and the rest goes on', async () => {
    const lake = new Lake('badkeys');
    const bad = ['../escape.png', 'a//b.png', 'folder/', 'good/./x.png'];
    for (const key of [...bad, 'good.png']) await lake.put(key, `bytes of ${key}`);
    expect(await lake.close('good.png')).toEqual(['Dataset Version Created', 'Drop Quarantined']);
    expect((await lake.contents()).map(({ key }) => key)).toEqual(['good.png']);
    expect(JSON.stringify(lake.published[1]?.detail.problems)).toMatch(/rename the object/);
    expect(lake.published[1]?.detail.problems).toHaveLength(bad.length);
  });
});
