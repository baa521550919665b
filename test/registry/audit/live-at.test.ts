import { beforeEach, describe, expect, it } from 'vitest';
import { liveOn } from '../../../lambdas/registry/audit/live-on';
import type { Change } from '../../../lambdas/registry/models/model-store';
import { modelWorld } from '../models/world';
import { aRun, aVersion, MODEL } from '../samples';

const day = (number: number): Date => new Date(Date.UTC(2013, 1, number));
const on = (number: number, who: string, reason?: string): Change => ({ by: who, at: day(number), reason });

let world: ReturnType<typeof modelWorld>;

beforeEach(async () => {
  world = modelWorld();
  const { pipeline, store } = world;
  await pipeline.createRun(aRun());
  await pipeline.createModelVersion(
    aVersion({ runId: aRun().runId, createdAt: day(1).toISOString() }),
    'token',
  );
  await store.createVersion({ name: MODEL, source: 's3://a' }, on(2, 'ada'));
  await store.requestApproval(MODEL, 2, {}, on(3, 'ada'));
  await store.decideApproval(MODEL, 2, 'APPROVED', on(4, 'grace', 'checked the nights'));
});

const live = (number: number) =>
  liveOn(
    {
      models: world.store,
      store: world.pipeline,
      tracking: world.tracking,
      datasetVersion: async (dataset, id) =>
        (dataset === 'flights'
          ? { dataset, id, manifestUri: `s3://lake/manifests/${id}` }
          : undefined) as never,
    },
    MODEL,
    day(number),
  );

const deploy = (version: number, expectedRevision: number | undefined, number: number) =>
  world.pipeline.moveAlias({
    model: MODEL,
    alias: 'champion',
    version,
    expectedRevision,
    deploymentId: `d${number}`,
    reason: 'the canary was healthy',
    at: day(number).toISOString(),
  });

describe('what was live on a day', () => {
  it('is told with data, approval and deployment', async () => {
    await deploy(1, undefined, 5);
    expect(await live(6)).toEqual({
      alias: 'champion',
      version: 1,
      previous: undefined,
      since: day(5).toISOString(),
      until: undefined,
      movedBy: 'deployment:d5',
      reason: 'the canary was healthy',
      deploymentId: 'd5',
      runId: aRun().runId,
      dataset: 'flights',
      datasetVersion: aRun().datasetVersion,
      dataSource: undefined,
      commit: undefined,
      manifestUri: `s3://lake/manifests/${aRun().datasetVersion}`,
      approvedBy: { by: 'judge', at: day(1).toISOString(), reason: undefined },
    });
  });

  it('is told with the data and the commit that a client logged, where a client trained it', async () => {
    const experimentId = await world.tracking.createExperiment({ name: 'by hand' });
    const { runId } = await world.tracking.createRun({
      experimentId,
      startTime: 1,
      tags: new Map([['mlflow.source.git.commit', 'c0ffee']]),
    });
    const dataset = (name: string, context: string) => ({
      dataset: { name, digest: `${name}-1`, sourceType: 's3', source: `{"uri": "s3://data/${name}.csv"}` },
      tags: new Map([['mlflow.data.context', context]]),
    });
    await world.tracking.logInputs(runId, {
      datasets: [dataset('nights', 'eval'), dataset('rides', 'training')],
    });
    const { version } = await world.store.createVersion(
      { name: MODEL, source: 's3://a', runId },
      on(5, 'ada'),
    );
    await deploy(version, undefined, 6);
    expect(await live(7)).toMatchObject({
      ...{ runId, dataset: 'rides', datasetVersion: 'rides-1', dataSource: 's3://data/rides.csv' },
      ...{ commit: 'c0ffee', manifestUri: undefined },
    });
  });

  it('is nothing before there is a champion, and nothing after it was taken away', async () => {
    await world.store.setAlias({ name: MODEL, alias: 'best', version: 1 }, on(4, 'ada'));
    await world.store.setAlias({ name: MODEL, alias: 'champion', version: 1 }, on(6, 'ada'));
    await world.store.deleteAlias(MODEL, 'champion', on(8, 'ada'));
    expect([await live(5), (await live(7))?.version, await live(9)]).toEqual([undefined, 1, undefined]);
  });

  it('stays true of the past, whatever happens afterwards', async () => {
    await deploy(1, undefined, 5);
    const then = await live(6);
    await world.store.requestApproval(MODEL, 1, {}, on(8, 'eve'));
    await world.store.decideApproval(MODEL, 1, 'REJECTED', on(9, 'grace'));
    await world.store.deleteVersion(MODEL, 2, on(9, 'ada'));
    expect(await live(6)).toEqual(then);
    expect((await live(10))?.approvedBy).toBeUndefined();
  });

  it('is who approved by hand, and until when the version was live', async () => {
    await world.store.requestApproval(MODEL, 1, {}, on(5, 'eve'));
    await world.store.decideApproval(MODEL, 1, 'APPROVED', on(6, 'grace', 'checked the nights'));
    await deploy(1, undefined, 7);
    await world.pipeline.createModelVersion(aVersion({ createdAt: day(8).toISOString() }), 'another');
    await deploy(3, 1, 9);
    expect(await live(8)).toMatchObject({
      version: 1,
      until: day(9).toISOString(),
      approvedBy: { by: 'grace', at: day(6).toISOString(), reason: 'checked the nights' },
    });
    expect(await live(9)).toMatchObject({ version: 3, previous: 1 });
  });
});
