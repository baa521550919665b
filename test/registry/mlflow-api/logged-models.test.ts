import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World } from './world';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => {
  expect(world.errors).toEqual([]);
  world.close();
});

describe('logged models over the API', () => {
  it('are pending with a folder of their own, and ready once they are finalized', async () => {
    const created = await world.post('logged-models', {
      experiment_id: '0',
      name: 'c',
      source_run_id: 'r',
      tags: [{ key: 'a', value: 'b' }],
      params: [{ key: 'p', value: '1' }],
    });
    const { info, data } = created.body.model;
    expect(info).toEqual({
      model_id: expect.stringMatching(/^m-[0-9a-f]{32}$/),
      experiment_id: '0',
      name: 'c',
      source_run_id: 'r',
      status: 'LOGGED_MODEL_PENDING',
      artifact_uri: `mlflow-artifacts:/0/models/${info.model_id}/artifacts`,
      creation_timestamp_ms: expect.any(Number),
      last_updated_timestamp_ms: expect.any(Number),
      tags: [{ key: 'a', value: 'b' }],
    });
    expect(data).toEqual({ params: [{ key: 'p', value: '1' }] });
    const ready = await world.patch(`logged-models/${info.model_id}`, { status: 'LOGGED_MODEL_READY' });
    expect(ready.body.model.info.status).toBe('LOGGED_MODEL_READY');
    const failed = await world.patch(`logged-models/${info.model_id}`, { status: 3 });
    expect(failed.body.model.info.status).toBe('LOGGED_MODEL_UPLOAD_FAILED');
  });

  it('have tags that come and go, one with a slash in its key too', async () => {
    const { body } = await world.post('logged-models', { experiment_id: 0 });
    const path = `logged-models/${body.model.info.model_id}`;
    await world.patch(`${path}/tags`, { tags: [{ key: 'a/b', value: '1' }] });
    expect((await world.get(path)).body.model.info.tags).toEqual([{ key: 'a/b', value: '1' }]);
    expect((await world.delete(`${path}/tags/a%2Fb`)).status).toBe(200);
    expect((await world.delete(`${path}/tags/a%2Fb`)).status).toBe(404);
    expect((await world.get(path)).body.model.info.tags).toBeUndefined();
  });

  it('have the metrics that runs logged about them, with the data that they were measured on', async () => {
    const { body } = await world.post('logged-models', { experiment_id: '0' });
    const modelId = body.model.info.model_id;
    const runId = await world.run();
    await world.post('runs/log-metric', {
      ...{ run_id: runId, key: 'f1', value: 0.9, timestamp: 5, step: 2 },
      ...{ model_id: modelId, dataset_name: 'd', dataset_digest: '1' },
    });
    expect((await world.get(`logged-models/${modelId}`)).body.model.data.metrics).toEqual([
      {
        ...{ key: 'f1', value: 0.9, timestamp: 5, step: 2 },
        ...{ model_id: modelId, run_id: runId, dataset_name: 'd', dataset_digest: '1' },
      },
    ]);
  });

  it('are searched by what they have', async () => {
    for (const name of ['a', 'b']) {
      await world.post('logged-models', {
        experiment_id: '0',
        name,
        params: [{ key: 'depth', value: name }],
      });
    }
    const search = (body: object) => world.post('logged-models/search', { experiment_ids: ['0'], ...body });
    const { body } = await search({ filter: "params.depth = 'b'" });
    expect(body.models.map((each: { info: { name: string } }) => each.info.name)).toEqual(['b']);
    const ordered = await search({ order_by: [{ field_name: 'name', ascending: false }] });
    expect(ordered.body.models.map((each: { info: { name: string } }) => each.info.name)).toEqual(['b', 'a']);
    expect((await search({ order_by: [{ ascending: false }] })).status).toBe(400);
    expect((await world.post('logged-models/search', {})).status).toBe(400);
  });

  it('are gone when they are deleted', async () => {
    const { body } = await world.post('logged-models', { experiment_id: '0' });
    const path = `logged-models/${body.model.info.model_id}`;
    expect((await world.delete(path)).body).toEqual({});
    expect((await world.get(path)).status).toBe(404);
  });

  it('can have no name that means something in URIs', async () => {
    expect(await world.post('logged-models', { experiment_id: '0', name: 'a/b' })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('Invalid model name') },
    });
  });
});
