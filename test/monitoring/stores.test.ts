import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { baselineSource } from '../../lambdas/monitoring/baseline-source';
import type { WindowEvaluation } from '../../lambdas/monitoring/evaluate-window/evaluation';
import { inferenceStore } from '../../lambdas/monitoring/inference-store';
import { objectReader } from '../../lambdas/monitoring/objects';
import { EMPTY_PROFILE } from '../../lambdas/monitoring/profile';
import type { ScoredInference } from '../../lambdas/monitoring/profile-file';
import { profileStore } from '../../lambdas/monitoring/profile-store';
import { findingsReader, windowStore } from '../../lambdas/monitoring/window-store';
import { MiniStack } from './ministack';
import { BASELINE, MODEL } from './samples';

const TABLE = 'registry';
const BUCKET = 'captures';
const NOW = new Date('2026-11-23T12:00:00.000Z');
const WINDOW = { start: '2026-11-23T10:00:00.000Z', end: '2026-11-23T11:00:00.000Z' };
const NEXT = { start: WINDOW.end, end: '2026-11-23T12:00:00.000Z' };

let emulator: MiniStack;
let documents: DynamoDBDocumentClient;
let s3: S3Client;

beforeAll(async () => {
  emulator = await MiniStack.start();
  const dynamo = new DynamoDBClient(emulator.client);
  documents = DynamoDBDocumentClient.from(dynamo, { marshallOptions: { removeUndefinedValues: true } });
  s3 = new S3Client(emulator.client);
  const attributes = ['PK', 'SK', 'GSI1PK', 'GSI1SK'];
  const keys = (pk: string, sk: string) => [
    { AttributeName: pk, KeyType: 'HASH' as const },
    { AttributeName: sk, KeyType: 'RANGE' as const },
  ];
  await dynamo.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys('PK', 'SK'),
      GlobalSecondaryIndexes: [
        { IndexName: 'GSI1', KeySchema: keys('GSI1PK', 'GSI1SK'), Projection: { ProjectionType: 'ALL' } },
      ],
    }),
  );
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
});

afterAll(() => emulator?.stop());

const evaluation = (window: typeof WINDOW, changes: Partial<WindowEvaluation> = {}): WindowEvaluation => ({
  window,
  evaluatedAt: NOW.toISOString(),
  modelVersion: 1,
  rows: 10,
  files: 1,
  captured: { rows: 10, undecodable: 0 },
  drift: { verdict: 'not-enough-data', reasons: ['few'], features: [] },
  ...changes,
});

describe('windows', () => {
  test('are due from the first touch until they are evaluated as of the last one', async () => {
    const windows = windowStore(documents, TABLE, 'windows-model');
    await windows.touch(NEXT, NOW);
    await windows.touch(WINDOW, NOW);
    await windows.touch(WINDOW, NOW);
    expect(await windows.dirty()).toEqual([
      { window: WINDOW, touched: 2, touchedAt: NOW.toISOString(), evaluation: undefined },
      { window: NEXT, touched: 1, touchedAt: NOW.toISOString(), evaluation: undefined },
    ]);
    expect(await windows.save(WINDOW, 1, evaluation(WINDOW))).toBe(false);
    expect(await windows.recent(5)).toEqual([]);
    expect(await windows.save(WINDOW, 2, evaluation(WINDOW))).toBe(true);
    expect(await windows.save(NEXT, 1, evaluation(NEXT, { rows: 20 }))).toBe(true);
    expect(await windows.dirty()).toEqual([]);
    expect(await windows.recent(5)).toEqual([evaluation(NEXT, { rows: 20 }), evaluation(WINDOW)]);
    expect(await windows.recent(1)).toEqual([evaluation(NEXT, { rows: 20 })]);
    await windows.touch(WINDOW, NOW);
    expect(await windows.dirty()).toMatchObject([
      { window: WINDOW, touched: 3, evaluation: evaluation(WINDOW) },
    ]);
  });

  test('remember what was reported', async () => {
    const windows = windowStore(documents, TABLE, 'reporting-model');
    expect(await windows.reported()).toEqual({});
    await windows.setReported({ drift: { windowStart: WINDOW.start, features: 2 } });
    expect(await windows.reported()).toEqual({ drift: { windowStart: WINDOW.start, features: 2 } });
  });

  test('tell what an alarm of the monitor is about, and nothing of others', async () => {
    const windows = windowStore(documents, TABLE, 'finding-model');
    const findings = findingsReader(documents, TABLE, 'finding-model');
    expect(await findings('finding-model-drift')).toEqual([]);
    await windows.setReported({ findings: { drift: ['temp drifted'], quality: ['f1 is low'] } });
    expect(await findings('finding-model-drift')).toEqual(['temp drifted']);
    expect(await findings('finding-model-quality')).toEqual(['f1 is low']);
    expect(await findings('checkout-errors')).toEqual([]);
  });
});

describe('inferences', () => {
  const scored = (inferenceId: string, scores: number[], modelVersion = 1): ScoredInference => ({
    inferenceId,
    modelVersion,
    at: '2026-11-23T10:10:00.000Z',
    window: WINDOW,
    scores,
  });
  const source = { id: 'file', at: '2026-11-23T11:00:00.000Z' };

  test('join scores and labels whichever comes first', async () => {
    const inferences = inferenceStore(documents, TABLE, 'joining-model', 3600);
    const early = { inferenceId: 'early', chunk: 0, rows: { 0: 1 as const } };
    expect(await inferences.putLabels([early], source, NOW)).toEqual([]);
    await inferences.putScores([
      scored('early', [0.5, 1e-200]),
      scored('other', [0.1]),
      scored('v2', [0.2], 2),
    ]);
    expect(await inferences.outcomes(WINDOW.start, 1)).toEqual([
      { score: 0.5, label: 1 },
      { score: 1e-200, label: undefined },
      { score: 0.1, label: undefined },
    ]);
    const other = { inferenceId: 'other', chunk: 0, rows: { 0: 0 as const } };
    expect(await inferences.putLabels([early, other], source, NOW)).toEqual([WINDOW]);
    await inferences.putScores([scored('other', [0.1])]);
    expect(await inferences.outcomes(WINDOW.start, 1)).toContainEqual({ score: 0.1, label: 0 });
    expect(await inferences.outcomes(WINDOW.start, 2)).toEqual([{ score: 0.2, label: undefined }]);
    expect(await inferences.outcomes(NEXT.start, 1)).toEqual([]);
  });

  test('of many rows are kept in chunks, and expire when no label can come any more', async () => {
    const inferences = inferenceStore(documents, TABLE, 'large-model', 3600);
    await inferences.putScores([
      scored(
        'large',
        Array.from({ length: 250 }, (_, i) => i / 250),
      ),
    ]);
    await inferences.putLabels([{ inferenceId: 'large', chunk: 2, rows: { 249: 1 } }], source, NOW);
    const outcomes = await inferences.outcomes(WINDOW.start, 1);
    expect(outcomes).toHaveLength(250);
    expect(outcomes[249]).toEqual({ score: 249 / 250, label: 1 });
    expect(outcomes.filter(({ label }) => label !== undefined)).toHaveLength(1);
    const { Item } = await documents.send(
      new GetCommand({ TableName: TABLE, Key: { PK: 'INFERENCE#large', SK: 'ROWS#000002' } }),
    );
    expect(Item?.expiresAt).toBe(Date.parse('2026-11-23T11:10:00Z') / 1000);
  });
});

describe('objects', () => {
  test('keep one object for each file and window, with a part for each version', async () => {
    const profiles = profileStore(s3, BUCKET);
    const profile = (file: string, rows: number, modelVersion = 1) => ({
      version: 1 as const,
      source: file,
      model: MODEL,
      modelVersion,
      window: WINDOW,
      profile: { ...EMPTY_PROFILE, rows },
    });
    await profiles.put([profile('a', 1)]);
    await profiles.put([profile('a', 2, 3), profile('a', 3, 2)]);
    await profiles.put([profile('b', 4)]);
    const stored = await profiles.ofWindow(MODEL, WINDOW.start);
    expect(stored.map(({ profile }) => profile.rows).sort()).toEqual([2, 3, 4]);
    expect(await profiles.ofWindow(MODEL, NEXT.start)).toEqual([]);
    expect(await profiles.ofWindow('flight', WINDOW.start)).toEqual([]);
  });

  test('that are gone read as nothing', async () => {
    expect(await objectReader(s3)({ bucket: BUCKET, key: 'nowhere' })).toBeUndefined();
  });

  test('hold baselines, which are read once', async () => {
    let reads = 0;
    const read = objectReader(s3);
    const baseline = baselineSource((object) => {
      reads++;
      return read(object);
    });
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'b.json', Body: JSON.stringify(BASELINE) }));
    expect(await baseline({ baselineUri: `s3://${BUCKET}/b.json` })).toEqual(BASELINE);
    expect(await baseline({ baselineUri: `s3://${BUCKET}/b.json` })).toEqual(BASELINE);
    expect(reads).toBe(1);
    expect(await baseline({})).toBeUndefined();
    await expect(baseline({ baselineUri: `s3://${BUCKET}/none.json` })).rejects.toThrow('does not exist');
    await expect(baseline({ baselineUri: 'file:///b.json' })).rejects.toThrow('not an S3 URI');
  });
});
