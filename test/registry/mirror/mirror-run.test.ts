import { beforeEach, describe, expect, it } from 'vitest';
import type { Run } from '../../../lambdas/registry/entities';
import { forgiving, type MirrorRun, runMirror } from '../../../lambdas/registry/mirror/mirror-run';
import { registryStore } from '../../../lambdas/registry/registry-store';
import { createTrackingStore } from '../../../lambdas/registry/tracking/create-tracking-store';
import type { TrackingStore } from '../../../lambdas/registry/tracking/tracking-store';
import { FixedClock } from '../../../lambdas/shared/clock';
import { aRun, MODEL } from '../samples';
import { TestTable } from '../support/test-table';

const backoff = { sleep: async () => undefined, random: () => 0 };
const runId = aRun().runId;

let table: TestTable;
let store: ReturnType<typeof registryStore>;
let tracking: TrackingStore;
let warnings: string[];
let mirror: MirrorRun;

beforeEach(async () => {
  table = new TestTable();
  store = registryStore(table.client, 'registry', backoff);
  tracking = createTrackingStore({
    client: table.client,
    tableName: 'registry',
    defaultArtifactRoot: 's3://artifacts/experiments',
    clock: new FixedClock('2013-02-01T00:00:00Z'),
    backoff,
  });
  warnings = [];
  const logger = { warn: (message: string) => warnings.push(message) };
  mirror = runMirror({ store, tracking, artifactsBucket: 'artifacts', logger });
  await store.createRun(aRun({ tags: { 'mlflow.source.git.commit': 'c0ffee' } }));
});

const ended: Partial<Run> = {
  status: 'FINISHED',
  endedAt: '2013-02-01T01:00:00.000Z',
  modelVersion: 3,
  deployment: 'live',
};

async function wholeRun(): Promise<void> {
  await store.updateRun(runId, { params: { 'max-iter': '100' }, executionArn: 'arn:execution' });
  await mirror(runId);
  await store.updateRun(runId, {
    metrics: { rocAuc: 0.9 },
    judgedAt: '2013-02-01T00:30:00.000Z',
    verdict: { accepted: true, reasons: ['good'], candidate: { rocAuc: 0.9 } },
  });
  await mirror(runId);
  await store.updateRun(runId, ended);
  await mirror(runId);
}

describe('a run of the pipeline', () => {
  it('is a run of the experiment that is called as the model, under its own id', async () => {
    await wholeRun();
    const experiment = await tracking.getExperimentByName(MODEL);
    const run = await tracking.getRun(runId);
    expect(run).toMatchObject({
      runId,
      runName: runId,
      experimentId: experiment?.experimentId,
      userId: 'flywheel',
      status: 'FINISHED',
      startTime: Date.parse(aRun().startedAt),
      endTime: Date.parse('2013-02-01T01:00:00.000Z'),
      artifactUri: `s3://artifacts/runs/${runId}`,
      params: new Map([['max-iter', '100']]),
    });
    expect(run.metrics.get('rocAuc')).toEqual({
      value: 0.9,
      timestamp: Date.parse('2013-02-01T00:30:00.000Z'),
      step: 0,
    });
    expect(Object.fromEntries(run.tags)).toMatchObject({
      'mlflow.source.git.commit': 'c0ffee',
      'mlflow.source.type': 'JOB',
      'flywheel.trigger': 'data',
      'flywheel.status': 'FINISHED',
      'flywheel.dataset.version': 'a'.repeat(64),
      'flywheel.verdict': 'accepted',
      'flywheel.model.version': '3',
      'flywheel.deployment': 'live',
      'flywheel.execution': 'arn:execution',
    });
  });

  it('names its data by the first 36 characters of the dataset version', async () => {
    await mirror(runId);
    const { datasetInputs } = await tracking.getRun(runId);
    expect(datasetInputs).toHaveLength(1);
    expect(datasetInputs[0]?.dataset).toMatchObject({ name: 'flights', digest: 'a'.repeat(36) });
    expect(datasetInputs[0]?.tags.get('flywheel.dataset.version')).toBe('a'.repeat(64));
  });

  it('is written once, however often it is mirrored', async () => {
    await wholeRun();
    const before = await tracking.getRun(runId);
    await mirror(runId);
    await Promise.all([mirror(runId), mirror(runId)]);
    expect(await tracking.getRun(runId)).toEqual(before);
    const history = await tracking.getMetricHistory({ runId, key: 'rocAuc' });
    expect(history.points).toHaveLength(1);
  });

  it('is whole after its last step, whichever of those before it failed', async () => {
    await wholeRun();
    const whole = await tracking.getRun(runId);
    for (const call of ['PutCommand', 'TransactWriteCommand', 'UpdateCommand', 'BatchWriteCommand']) {
      const faulty = new TestTable();
      const options = { client: faulty.client, tableName: 'registry', backoff };
      const other = registryStore(faulty.client, 'registry', backoff);
      const log = createTrackingStore({
        ...options,
        defaultArtifactRoot: 's3://artifacts/experiments',
        clock: new FixedClock('2013-02-01T00:00:00Z'),
      });
      const lossy = runMirror({
        store: other,
        tracking: log,
        artifactsBucket: 'artifacts',
        logger: { warn: () => undefined },
      });
      await other.createRun(aRun({ tags: { 'mlflow.source.git.commit': 'c0ffee' } }));
      faulty.faultOf = (name) => (name === call ? 'request-lost' : 'none');
      await forgiving(lossy, { warn: () => undefined })(runId);
      faulty.faultOf = () => 'none';
      await other.updateRun(runId, {
        params: { 'max-iter': '100' },
        executionArn: 'arn:execution',
        metrics: { rocAuc: 0.9 },
        judgedAt: '2013-02-01T00:30:00.000Z',
        verdict: { accepted: true, reasons: ['good'], candidate: { rocAuc: 0.9 } },
      });
      await other.updateRun(runId, ended);
      await lossy(runId);
      expect(await log.getRun(runId)).toEqual(whole);
    }
  });

  it('that was not accepted has finished, and says so in its tags', async () => {
    const status = 'REJECTED' as const;
    await store.updateRun(runId, { status, deployment: 'rejected', endedAt: '2013-02-01T01:00:00.000Z' });
    await mirror(runId);
    const run = await tracking.getRun(runId);
    expect([run.status, run.tags.get('flywheel.status')]).toEqual(['FINISHED', 'REJECTED']);
  });

  it('that failed has failed, with the cause', async () => {
    await store.updateRun(runId, { status: 'FAILED', failure: 'out of memory' });
    await mirror(runId);
    const run = await tracking.getRun(runId);
    expect([run.status, run.tags.get('flywheel.failure')]).toEqual(['FAILED', 'out of memory']);
  });

  it('is left alone when somebody deleted its experiment, or the run itself', async () => {
    await mirror(runId);
    await tracking.deleteRun(runId);
    await mirror(runId);
    const { experimentId } = (await tracking.getExperimentByName(MODEL))!;
    await tracking.deleteExperiment(experimentId);
    await mirror(runId);
    expect(warnings).toEqual([
      'the run was deleted in its experiment: it is not mirrored',
      'the experiment was deleted: the run is not mirrored',
    ]);
  });

  it('that nobody knows is not mirrored', async () => {
    await mirror('ghost');
    expect(await tracking.getExperimentByName(MODEL)).toBeUndefined();
  });
});

describe('a mirror that forgives', () => {
  it('says what failed and goes on', async () => {
    const said: unknown[] = [];
    const failing = forgiving(
      async () => {
        throw new Error('throttled');
      },
      { warn: (_message, extra) => said.push(extra) },
    );
    await failing(runId);
    expect(said).toEqual([{ runId, error: 'Error: throttled' }]);
  });
});
