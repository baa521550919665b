import { beforeEach, describe, expect, it } from 'vitest';
import type { TrackingStore } from '../../../lambdas/registry/tracking/tracking-store';
import { aStore, aWorld, NOW, START, type World } from './support';

let world: World;
let store: TrackingStore;

beforeEach(() => {
  world = aWorld();
  store = world.store;
});

const aRun = (overrides: object = {}) =>
  store.createRun({ experimentId: '0', startTime: START, runName: 'first', ...overrides });

describe('a run', () => {
  it('is created with what MLflow gives it and read back by another process', async () => {
    const created = await aRun({ userId: 'ada', tags: new Map([['team', 'core']]) });
    expect(created.runId).toMatch(/^[0-9a-f]{32}$/);
    expect(created).toMatchObject({
      runName: 'first',
      experimentId: '0',
      userId: 'ada',
      status: 'RUNNING',
      startTime: START,
      lifecycleStage: 'active',
      artifactUri: `s3://artifacts/mlflow/0/${created.runId}/artifacts`,
    });
    expect(Object.fromEntries(created.tags)).toEqual({ team: 'core', 'mlflow.runName': 'first' });
    expect(await aStore(world.table, world.clock).getRun(created.runId)).toEqual(created);
  });

  it('has a random name when nobody names it, also as a tag', async () => {
    const { runName, tags } = await aRun({ runName: undefined });
    expect(runName).toMatch(/^[a-z]+-[a-z]+-\d+$/);
    expect(tags.get('mlflow.runName')).toBe(runName);
  });

  it('takes its name from the tag, and refuses two different names', async () => {
    const tags = new Map([['mlflow.runName', 'tagged']]);
    expect((await aRun({ runName: undefined, tags })).runName).toBe('tagged');
    await expect(aRun({ runName: 'other', tags })).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
    });
  });

  it('with a given id is one run, however often it is created', async () => {
    const first = await aRun({ runId: 'data-1' });
    expect(await aRun({ runId: 'data-1', runName: 'again' })).toEqual(first);
    const experimentId = await store.createExperiment({ name: 'other' });
    await expect(aRun({ runId: 'data-1', experimentId })).rejects.toMatchObject({
      errorCode: 'RESOURCE_ALREADY_EXISTS',
    });
  });

  it('is renamed by its name, by the tag and by a batch of tags', async () => {
    const { runId } = await aRun();
    expect((await store.updateRun(runId, { runName: 'second' })).runName).toBe('second');
    expect((await store.getRun(runId)).tags.get('mlflow.runName')).toBe('second');
    await store.setTag(runId, 'mlflow.runName', 'third');
    expect((await store.getRun(runId)).runName).toBe('third');
    await store.logBatch(runId, { tags: [['mlflow.runName', 'fourth']] });
    expect((await store.getRun(runId)).runName).toBe('fourth');
  });

  it('ends with a status and a time, and keeps what an update leaves out', async () => {
    const { runId } = await aRun();
    await store.updateRun(runId, { status: 'FINISHED', endTime: NOW });
    expect(await store.updateRun(runId, { runName: '' })).toMatchObject({
      status: 'FINISHED',
      endTime: NOW,
      runName: 'first',
    });
  });

  it('that does not exist is said not to exist', async () => {
    for (const runId of ['nobody', '', 'a#b', 'x'.repeat(5000)]) {
      await expect(store.getRun(runId)).rejects.toMatchObject({
        errorCode: 'RESOURCE_DOES_NOT_EXIST',
        message: `Run with id=${runId} not found`,
      });
      await expect(store.logParam(runId, 'a', '1')).rejects.toMatchObject({
        errorCode: 'RESOURCE_DOES_NOT_EXIST',
      });
    }
  });

  it('is not begun in a deleted experiment', async () => {
    const experimentId = await store.createExperiment({ name: 'gone' });
    await store.deleteExperiment(experimentId);
    await expect(aRun({ experimentId })).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      message: `The experiment ${experimentId} must be in the 'active' state. Current state is deleted.`,
    });
  });
});

describe('params', () => {
  it('are written once: the same value again is fine, another one is refused', async () => {
    const { runId } = await aRun();
    await store.logParam(runId, 'depth', '3');
    await store.logParam(runId, 'depth', '3');
    await expect(store.logParam(runId, 'depth', '4')).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      message: `Changing param values is not allowed. Param with key='depth' was already logged with value='3' for run ID='${runId}'. Attempted logging new value '4'.`,
    });
    expect([...(await store.getRun(runId)).params]).toEqual([['depth', '3']]);
  });

  it('of a batch are all refused when one of them changes', async () => {
    const { runId } = await aRun();
    await store.logParam(runId, 'depth', '3');
    await expect(
      store.logBatch(runId, {
        params: [
          ['width', '7'],
          ['depth', '4'],
        ],
        metrics: [{ key: 'loss', value: 1, timestamp: 1, step: 0 }],
      }),
    ).rejects.toThrow(
      `Changing param values is not allowed. Params were already logged='[{'key': 'depth', 'old_value': '3', 'new_value': '4'}]' for run ID='${runId}'.`,
    );
    const run = await store.getRun(runId);
    expect([...run.params.keys()]).toEqual(['depth']);
    expect(run.metrics.size).toBe(0);
  });

  it('come back whatever their keys are', async () => {
    const { runId } = await aRun();
    const keys = [
      '__proto__',
      'constructor',
      '%',
      '%25',
      'a#b',
      '\u202Eabc',
      '<img onerror>',
      'é',
      '𝒳'.repeat(250),
    ];
    await store.logBatch(runId, { params: keys.map((key, at) => [key, `${at}`]) });
    const { params } = await store.getRun(runId);
    expect(keys.map((key) => params.get(key))).toEqual(keys.map((_, at) => `${at}`));
  });

  it('and tags far beyond the size of an item stay writable, immutable and readable', async () => {
    const { runId } = await aRun();
    const large = (at: number) => `${at}${'v'.repeat(5990)}`;
    for (let from = 0; from < 400; from += 100) {
      const part = Array.from({ length: 100 }, (_, at) => from + at);
      await store.logBatch(runId, {
        params: part.map((at) => [`p${at}`, large(at)]),
        tags: part.map((at) => [`t${at}`, large(at)]),
      });
    }
    await expect(store.logParam(runId, 'p7', 'other')).rejects.toThrow("value='7v");
    await expect(store.logParam(runId, 'p399', 'other')).rejects.toThrow("value='399v");
    await store.logParam(runId, 'p399', large(399));
    await store.setTag(runId, 't3', 'short');
    await store.setTag(runId, 't399', 'short');
    await store.deleteTag(runId, 't4');
    await store.deleteTag(runId, 't398');
    await store.deleteTag(runId, 't3');
    await expect(store.deleteTag(runId, 't4')).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
    });
    const run = await store.getRun(runId);
    expect(run.params.size).toBe(400);
    expect(run.params.get('p250')).toBe(large(250));
    expect(run.tags.get('t399')).toBe('short');
    expect(['t3', 't4', 't398'].filter((key) => run.tags.has(key))).toEqual([]);
    expect(run.tags.size).toBe(400 - 3 + 1);
  });

  it('may be overwritten tags a thousand times without filling the run', async () => {
    const { runId } = await aRun();
    for (let at = 0; at < 1000; at += 1) await store.setTag(runId, 'progress', `${at}${'.'.repeat(1000)}`);
    await store.logParam(runId, 'depth', '3');
    const items = world.table.items.filter(({ PK }) => String(PK).startsWith('X#0#S#'));
    expect(items).toHaveLength(1);
  });
});

describe('deleting and restoring', () => {
  const stages = async (...runIds: string[]) =>
    Promise.all(runIds.map(async (runId) => (await store.getRun(runId)).lifecycleStage));

  it('a run stops and allows writes, and never complains twice', async () => {
    const { runId } = await aRun();
    await store.deleteRun(runId);
    await store.deleteRun(runId);
    await expect(store.setTag(runId, 'a', 'b')).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      message: `The run ${runId} must be in the 'active' state. Current state is deleted.`,
    });
    expect((await store.getRun(runId)).lifecycleStage).toBe('deleted');
    await store.restoreRun(runId);
    await store.restoreRun(runId);
    await store.setTag(runId, 'a', 'b');
  });

  it('an experiment marks all its runs, also those that were deleted before', async () => {
    const experimentId = await store.createExperiment({ name: 'e' });
    const [a, b] = [await aRun({ experimentId }), await aRun({ experimentId })];
    await store.deleteRun(a.runId);
    await store.deleteExperiment(experimentId);
    expect(await stages(a.runId, b.runId)).toEqual(['deleted', 'deleted']);
    await store.restoreExperiment(experimentId);
    expect(await stages(a.runId, b.runId)).toEqual(['active', 'active']);
    await store.deleteRun(a.runId);
    expect(await stages(a.runId, b.runId)).toEqual(['deleted', 'active']);
  });

  it('a run of a deleted experiment brings back that run alone', async () => {
    const experimentId = await store.createExperiment({ name: 'e' });
    const [a, b] = [await aRun({ experimentId }), await aRun({ experimentId })];
    await store.deleteExperiment(experimentId);
    await store.restoreRun(a.runId);
    expect(await stages(a.runId, b.runId)).toEqual(['active', 'deleted']);
  });

  it('goes by the order of calls though the clocks of the callers differ', async () => {
    const experimentId = await store.createExperiment({ name: 'e' });
    const { runId } = await aRun({ experimentId });
    world.clock.advance(60);
    await store.deleteRun(runId);
    world.clock.advance(-120);
    await store.deleteExperiment(experimentId);
    await store.restoreExperiment(experimentId);
    expect(await stages(runId)).toEqual(['active']);
    await store.deleteRun(runId);
    expect(await stages(runId)).toEqual(['deleted']);
  });
});

describe('models recorded by 2.x clients', () => {
  it('are appended to the history tag, each once', async () => {
    const { runId } = await aRun();
    await Promise.all([
      store.recordLoggedModel(runId, { artifact_path: 'a' }),
      store.recordLoggedModel(runId, { artifact_path: 'b' }),
    ]);
    await store.recordLoggedModel(runId, { artifact_path: 'a' });
    const history = JSON.parse((await store.getRun(runId)).tags.get('mlflow.log-model.history')!);
    expect(history).toHaveLength(2);
  });
});
