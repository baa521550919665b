import { beforeEach, describe, expect, it } from 'vitest';
import { createHandler } from '../../lambdas/registry/register-model-version/index';
import { featuresOf, requireOwnArtifact } from '../../lambdas/registry/registration';
import { FencedError, registryStore } from '../../lambdas/registry/registry-store';
import { FixedClock } from '../../lambdas/shared/clock';
import { aRun, aVersion, MODEL } from './samples';
import { TestTable } from './support/test-table';

const columns = [
  { name: 'flight_id', type: 'string' as const, nullable: false },
  { name: 'dep_delay', type: 'number' as const, nullable: true },
  { name: 'late', type: 'integer' as const, nullable: false },
];
const clock = new FixedClock('2013-02-01T00:00:00Z');

let store: ReturnType<typeof registryStore>;
let published: unknown[];
let mirrored: string[];
let handler: ReturnType<typeof createHandler>;

beforeEach(async () => {
  store = registryStore(new TestTable().client, 'registry');
  published = [];
  mirrored = [];
  handler = createHandler({
    store,
    artifactsBucket: 'artifacts',
    datasetVersion: async (dataset, id) => ({
      dataset,
      id,
      status: 'accepted',
      manifestUri: 's3://lake/m',
      objects: 1,
      rows: 1,
      bytes: 1,
      createdAt: 't',
      firstEventAt: 't',
      columns,
    }),
    publish: async (type, detail) => {
      published.push([type, detail]);
    },
    mirror: async (runId) => {
      mirrored.push(runId);
    },
    clock,
  });
});

describe('a run that was accepted', () => {
  const request = {
    model: MODEL,
    runId: aRun().runId,
    leaseToken: 1,
    artifactUri: `s3://artifacts/runs/${aRun().runId}/model/model.tar.gz`,
    baselineUri: `s3://artifacts/runs/${aRun().runId}/baseline/baseline.json`,
    image: 'image',
    environment: { SAGEMAKER_PROGRAM: 'inference.py' },
    target: 'late',
    ignoredColumns: ['flight_id'],
    threshold: 0.5,
  };
  const verdict = { accepted: true, reasons: ['meets the floor'], candidate: { rocAuc: 0.9 } };

  beforeEach(async () => {
    await store.createRun(aRun({ metrics: { rocAuc: 0.9 }, verdict }));
    await store.acquireLease({
      model: MODEL,
      name: 'training',
      owner: aRun().runId,
      now: clock.now(),
      ttlSeconds: 60,
    });
  });

  it('becomes a version with all its evidence', async () => {
    expect(await handler(request)).toEqual({ version: 1 });
    expect(await store.getModelVersion(MODEL, 1)).toEqual({
      model: MODEL,
      version: 1,
      runId: aRun().runId,
      artifactUri: request.artifactUri,
      baselineUri: request.baselineUri,
      image: 'image',
      environment: request.environment,
      threshold: 0.5,
      features: [{ name: 'dep_delay', type: 'number', nullable: true }],
      dataset: 'flights',
      datasetVersion: aRun().datasetVersion,
      metrics: { rocAuc: 0.9 },
      verdict,
      trigger: 'data',
      reasons: [...aRun().reasons, 'meets the floor'],
      createdAt: '2013-02-01T00:00:00.000Z',
      approvedBy: 'judge',
      approval: {
        status: 'APPROVED',
        requestedBy: `run:${aRun().runId}`,
        requestedAt: '2013-02-01T00:00:00.000Z',
        reason: [...aRun().reasons, 'meets the floor'].join('; '),
        evidence: { runId: aRun().runId },
        decidedBy: 'judge',
        decidedAt: '2013-02-01T00:00:00.000Z',
        decision: 'meets the floor',
      },
    });
    expect((await store.getRun(aRun().runId))?.modelVersion).toBe(1);
    expect(mirrored).toEqual([aRun().runId]);
    expect(published).toEqual([
      [
        'Model Version Registered',
        { model: MODEL, version: 1, runId: aRun().runId, datasetVersion: aRun().datasetVersion },
      ],
    ]);
  });

  it('is registered once, however often it asks', async () => {
    await handler(request);
    expect(await handler(request)).toEqual({ version: 1 });
    expect(await store.listModelVersions(MODEL)).toHaveLength(1);
  });

  it('is refused when its lease has passed to another run', async () => {
    await store.acquireLease({
      model: MODEL,
      name: 'training',
      owner: 'another',
      now: new Date(clock.now().getTime() + 61_000),
      ttlSeconds: 60,
    });
    await expect(handler(request)).rejects.toThrow(FencedError);
  });

  it('is refused when the judge did not accept it', async () => {
    await store.updateRun(aRun().runId, { verdict: { ...verdict, accepted: false } });
    await expect(handler(request)).rejects.toThrow('was not accepted by the judge');
  });
});

describe('a person', () => {
  const { createdAt: _createdAt, ...version } = aVersion({
    trigger: 'manual',
    approvedBy: 'ada',
    artifactUri: 's3://artifacts/models/flights/by-hand/model.tar.gz',
  });
  const request = { ...version, clientToken: 'token-1' };

  it('registers a version with the evidence they bring, once for each token', async () => {
    expect(await handler(request)).toEqual({ version: 1 });
    expect(await handler(request)).toEqual({ version: 1 });
    expect(await handler({ ...request, clientToken: 'token-2' })).toEqual({ version: 2 });
    expect(await store.getModelVersion(MODEL, 1)).toMatchObject({ approvedBy: 'ada', trigger: 'manual' });
  });

  it('is told which fields are wrong', async () => {
    const { approvedBy: _approvedBy, ...incomplete } = request;
    await expect(handler({ ...incomplete, threshold: 'half' })).rejects.toThrow(
      /described wrongly[\s\S]*threshold[\s\S]*approvedBy/,
    );
    await expect(handler({ ...request, verdict: {} })).rejects.toThrow(/verdict/);
  });
});

describe('an artifact', () => {
  it.each([
    's3://other/runs/x/model.tar.gz',
    's3://artifacts/runs/../secrets',
    's3://artifacts/elsewhere/model.tar.gz',
    's3://artifacts/models//model.tar.gz',
    's3://artifacts/models/a%2fb',
    's3://artifacts/models/a?b',
    'https://artifacts/models/a',
    '',
  ])('at %j is not taken', (uri) => {
    expect(() => requireOwnArtifact(uri, 'artifacts')).toThrow('is not an artifact of this registry');
  });

  it.each([
    's3://artifacts/models/flights-v1.tar.gz',
    's3://artifacts/models/flights/v1-model.tar.gz',
    's3://artifacts/models/flights/model.tar.gz/weights',
  ])('at %j is not taken, since evaluation would not find it', (uri) => {
    expect(() => requireOwnArtifact(uri, 'artifacts')).toThrow('must end in "/model.tar.gz"');
  });

  it('of a run or of the folder for models is taken', () => {
    requireOwnArtifact('s3://artifacts/runs/data-1/model/model.tar.gz', 'artifacts');
    requireOwnArtifact('s3://artifacts/models/flights/v1/model.tar.gz', 'artifacts');
  });
});

describe('features', () => {
  it('are the columns in their order without target and ignored ones', () => {
    expect(featuresOf(columns, 'late', []).map(({ name }) => name)).toEqual(['flight_id', 'dep_delay']);
  });

  it('cannot be told when the target is no column', () => {
    expect(() => featuresOf(columns, 'delayed', [])).toThrow(
      'The dataset has no column "delayed", the model\'s target; it has flight_id, dep_delay, late.',
    );
  });
});
