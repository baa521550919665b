import { beforeEach, describe, expect, it } from 'vitest';
import type { TrackingStore } from '../../../lambdas/registry/tracking/tracking-store';
import { aWorld, NOW, START, type World } from './support';

let world: World;
let store: TrackingStore;

beforeEach(() => {
  world = aWorld();
  store = world.store;
});

describe('experiments', () => {
  it('include Default from the start, whose id is 0 or nothing', async () => {
    expect(await store.getExperiment('')).toEqual(await store.getExperiment('0'));
    expect(await store.getExperimentByName('Default')).toMatchObject({
      experimentId: '0',
      name: 'Default',
      artifactLocation: 's3://artifacts/mlflow/0',
      lifecycleStage: 'active',
      creationTime: NOW,
    });
    expect((await aWorld().store.listExperiments()).map(({ name }) => name)).toEqual(['Default']);
  });

  it('have decimal ids that grow, and one name each, also when many are created at once', async () => {
    const names = ['a', 'b', 'c', 'a', 'b'];
    const made = await Promise.allSettled(names.map((name) => store.createExperiment({ name })));
    const ids = made.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(new Set(ids).size).toBe(3);
    expect(ids.every((id) => /^\d+$/.test(id))).toBe(true);
    expect((await store.listExperiments()).map(({ name }) => name).sort()).toEqual([
      'Default',
      'a',
      'b',
      'c',
    ]);
  });

  it('keep their names when they are deleted', async () => {
    const id = await store.createExperiment({ name: 'a', tags: new Map([['__proto__', 'x']]) });
    await store.deleteExperiment(id);
    expect((await store.getExperiment(id)).lifecycleStage).toBe('deleted');
    expect([...(await store.getExperiment(id)).tags]).toEqual([['__proto__', 'x']]);
    await expect(store.createExperiment({ name: 'a' })).rejects.toMatchObject({
      errorCode: 'RESOURCE_ALREADY_EXISTS',
    });
    await expect(store.deleteExperiment(id)).rejects.toMatchObject({ errorCode: 'RESOURCE_DOES_NOT_EXIST' });
    await expect(store.renameExperiment(id, 'b')).rejects.toMatchObject({ errorCode: 'INVALID_STATE' });
    await expect(store.setExperimentTag(id, 'k', 'v')).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
    });
  });

  it('give up their name when they are renamed, and take none that is taken', async () => {
    const a = await store.createExperiment({ name: 'a' });
    await store.createExperiment({ name: 'b' });
    await expect(store.renameExperiment(a, 'b')).rejects.toMatchObject({
      errorCode: 'RESOURCE_ALREADY_EXISTS',
    });
    await store.renameExperiment(a, 'c');
    await store.renameExperiment(a, 'c');
    expect((await store.getExperimentByName('c'))?.experimentId).toBe(a);
    expect(await store.getExperimentByName('a')).toBeUndefined();
    await store.createExperiment({ name: 'a' });
  });

  it('have tags that are set, replaced and deleted', async () => {
    const id = await store.createExperiment({ name: 'a' });
    await store.setExperimentTag(id, 'k', 'v');
    await store.setExperimentTag(id, 'k', 'w');
    expect((await store.getExperiment(id)).tags.get('k')).toBe('w');
    await store.deleteExperimentTag(id, 'k');
    await expect(store.deleteExperimentTag(id, 'k')).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
    });
  });

  it('that nobody made do not exist', async () => {
    for (const id of ['99', 'abc', '1'.repeat(3000)]) {
      await expect(store.getExperiment(id)).rejects.toMatchObject({
        errorCode: 'RESOURCE_DOES_NOT_EXIST',
        message: `No Experiment with id=${id} exists`,
      });
    }
  });
});

describe('datasets of a run', () => {
  const dataset = (name: string, more: object = {}) => ({
    dataset: { name, digest: 'd1', sourceType: 's3', source: '{}', ...more },
    tags: new Map([['mlflow.data.context', 'training']]),
  });

  it('keep their first description and tags, and are found by experiment', async () => {
    const { runId } = await store.createRun({ experimentId: '0', startTime: START });
    await store.logInputs(runId, {
      datasets: [dataset('a', { schema: 'one' }), dataset('b')],
      models: ['m-1'],
    });
    await store.logInputs(runId, { datasets: [{ ...dataset('a', { schema: 'two' }), tags: new Map() }] });
    const run = await store.getRun(runId);
    expect(run.datasetInputs).toEqual([dataset('a', { schema: 'one' }), dataset('b')]);
    expect(run.modelInputs).toEqual([{ modelId: 'm-1' }]);
    const found = await store.searchDatasets(['0', '77']);
    expect(found).toContainEqual({ experimentId: '0', name: 'b', digest: 'd1', context: 'training' });
  });

  it('may have profiles far larger than an item', async () => {
    const { runId } = await store.createRun({ experimentId: '0', startTime: START });
    const noise = Array.from({ length: 300_000 }, (_, at) => (at * 2_654_435_761) % 4_294_967_296);
    const profile = JSON.stringify(noise);
    await store.logInputs(runId, { datasets: [dataset('large', { profile })] });
    expect((await store.getRun(runId)).datasetInputs[0]!.dataset.profile).toBe(profile);
  });
});

describe('logged models', () => {
  it('go from pending to ready, with params, tags and the metrics of runs', async () => {
    const { runId } = await store.createRun({ experimentId: '0', startTime: START });
    const { modelId, artifactLocation } = await store.createLoggedModel({
      experimentId: '0',
      name: 'forest',
      sourceRunId: runId,
      params: new Map([['depth', '3']]),
    });
    expect(modelId).toMatch(/^m-[0-9a-f]{32}$/);
    expect(artifactLocation).toBe(`s3://artifacts/mlflow/0/models/${modelId}/artifacts`);
    const metric = { key: 'auc', value: 0.9, step: 1, timestamp: 5, modelId, datasetName: 'd' };
    await store.logBatch(runId, { metrics: [metric] });
    await store.logBatch(runId, { metrics: [metric, { ...metric, modelId: 'm-gone' }] });
    await store.logOutputs(runId, [{ modelId, step: 1 }]);
    await store.logOutputs(runId, [{ modelId, step: 2 }]);
    await store.setLoggedModelTags(modelId, new Map([['k', 'v']]));
    await expect(store.logLoggedModelParams(modelId, new Map([['depth', '4']]))).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
    });
    const ready = await store.finalizeLoggedModel(modelId, 'READY');
    expect(ready).toEqual(await store.getLoggedModel(modelId));
    expect(ready).toMatchObject({
      status: 'READY',
      params: new Map([['depth', '3']]),
      tags: new Map([['k', 'v']]),
      metrics: [{ key: 'auc', value: 0.9, step: 1, timestamp: 5, runId, datasetName: 'd' }],
    });
    expect((await store.getRun(runId)).modelOutputs).toEqual([{ modelId, step: 1 }]);
    expect(await store.listLoggedModels('0')).toEqual([ready]);
  });

  it('that are deleted do not exist any more', async () => {
    const { modelId } = await store.createLoggedModel({ experimentId: '0' });
    await store.deleteLoggedModel(modelId);
    await expect(store.getLoggedModel(modelId)).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
      message: `Logged model with ID '${modelId}' not found.`,
    });
    expect(await store.getLoggedModels([modelId, 'm-none'])).toEqual([]);
    expect(await store.listLoggedModels('0')).toEqual([]);
  });
});

describe('what search reads', () => {
  for (const exactChanges of [true, false]) {
    it(`names the runs that were written since a mark (${exactChanges ? 'in the process' : 'on the table'})`, async () => {
      world = aWorld({ exactChanges });
      store = world.store;
      const { mark, runs } = await store.readRunChanges('0');
      expect(runs).toBe('everything');
      const { runId } = await store.createRun({ experimentId: '0', startTime: START });
      const first = await store.readRunChanges('0', mark);
      expect(first.runs).toEqual([runId]);
      world.clock.advance(200);
      await store.setTag(runId, 'a', 'b');
      expect((await store.readRunChanges('0', first.mark)).runs).toEqual([runId]);
      const quiet = await store.readRunChanges('0', first.mark);
      world.clock.advance(600);
      expect(
        (await store.readRunChanges('0', (await store.readRunChanges('0', quiet.mark)).mark)).runs,
      ).toEqual([]);
      expect((await store.readRunChanges('0', 'garbage')).runs).toBe('everything');
    });
  }

  it('comes shard by shard in order of start, and whole', async () => {
    for (let at = 0; at < 200; at += 1) {
      const { runId } = await store.createRun({ experimentId: '0', startTime: START + (at % 50) });
      if (at % 3 === 0)
        await store.logBatch(runId, { metrics: [{ key: 'a', value: at, step: 0, timestamp: 0 }] });
    }
    const scanned = new Set<string>();
    for await (const page of store.scanRuns('0')) for (const run of page) scanned.add(run.runId);
    expect(scanned.size).toBe(200);
    let paged = 0;
    for (let shard = 0; shard < store.shards; shard += 1) {
      const whole = await store.readShardInOrder('0', shard, 1000);
      const inOrder = [...whole].sort((a, b) => b.startTime - a.startTime || (a.runId < b.runId ? -1 : 1));
      expect(whole).toEqual(inOrder);
      let after: (typeof whole)[number] | undefined;
      const pages: string[] = [];
      do {
        const page = await store.readShardInOrder('0', shard, 3, after);
        pages.push(...page.map(({ runId }) => runId));
        after = page.length < 3 ? undefined : page.at(-1);
      } while (after !== undefined);
      expect(pages).toEqual(whole.map(({ runId }) => runId));
      paged += pages.length;
    }
    expect(paged).toBe(200);
    const some = [...scanned].slice(0, 5);
    const read = await store.readSearchableRuns('0', [...some, 'nobody']);
    expect(read.map(({ runId }) => runId).sort()).toEqual([...some].sort());
  });
});
