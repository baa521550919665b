import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { World } from './world';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => {
  expect(world.errors).toEqual([]);
  world.close();
});

const register = (given: object = {}) =>
  world.post('model-versions/create', { name: 'm', source: 'mlflow-artifacts:/0/somewhere', ...given });

describe('registered models over the API', () => {
  beforeEach(async () => {
    await world.post('registered-models/create', { name: 'm', tags: [{ key: '__proto__', value: 'x' }] });
  });

  it('are created once', async () => {
    expect(await world.post('registered-models/create', { name: 'm' })).toMatchObject({
      status: 400,
      body: { error_code: 'RESOURCE_ALREADY_EXISTS', message: 'Registered Model (name=m) already exists.' },
    });
  });

  it.each(['a/b', 'a:b'])(
    'are not called %s, which could not stand in models:/<name>/<version>',
    async (name) => {
      for (const refused of [
        await world.post('registered-models/create', { name }),
        await world.post('registered-models/rename', { name: 'm', new_name: name }),
      ]) {
        expect(refused).toMatchObject({
          status: 400,
          body: { message: `Invalid model name '${name}'. Names cannot contain '/' or ':'.` },
        });
      }
    },
  );

  it('keep a tag __proto__ as a tag', async () => {
    const { body } = await world.get('registered-models/get', { name: 'm' });
    expect(body.registered_model).toMatchObject({ name: 'm', tags: [{ key: '__proto__', value: 'x' }] });
  });

  it('have versions that are texts, ready at once, counted from 1', async () => {
    expect((await register({ description: 'first', run_link: 'http://ci/1' })).body.model_version).toEqual({
      name: 'm',
      version: '1',
      creation_timestamp: expect.any(Number),
      last_updated_timestamp: expect.any(Number),
      user_id: 'ana',
      current_stage: 'None',
      description: 'first',
      source: 'mlflow-artifacts:/0/somewhere',
      run_link: 'http://ci/1',
      status: 'READY',
    });
    expect((await register()).body.model_version.version).toBe('2');
    expect((await world.get('model-versions/get-download-uri', { name: 'm', version: '1' })).body).toEqual({
      artifact_uri: 'mlflow-artifacts:/0/somewhere',
    });
  });

  it('make one version for one idempotency key', async () => {
    const make = (key: string) =>
      world.post(
        'model-versions/create',
        { name: 'm', source: 'mlflow-artifacts:/0/x' },
        { 'idempotency-key': key },
      );
    expect((await make('k')).body.model_version.version).toBe('1');
    expect((await make('k')).body.model_version.version).toBe('1');
    expect((await make('l')).body.model_version.version).toBe('2');
  });

  it('are found by alias, and by nothing when it is gone', async () => {
    await register();
    await world.post('registered-models/alias', { name: 'm', alias: 'best', version: '1' });
    const found = await world.get('registered-models/alias', { name: 'm', alias: 'best' });
    expect(found.body.model_version).toMatchObject({ version: '1', aliases: ['best'] });
    expect((await world.get('registered-models/get', { name: 'm' })).body.registered_model.aliases).toEqual([
      { alias: 'best', version: '1' },
    ]);
    expect((await world.delete('registered-models/alias', { name: 'm', alias: 'best' })).body).toEqual({});
    expect(await world.get('registered-models/alias', { name: 'm', alias: 'best' })).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message: 'Registered model alias best not found.' },
    });
  });

  it('move through stages, archiving the others when asked, in any case of letters', async () => {
    await register();
    await register();
    const move = (version: string, archive: boolean) =>
      world.post('model-versions/transition-stage', {
        name: 'm',
        version,
        stage: 'PRODUCTION',
        archive_existing_versions: archive,
      });
    expect((await move('1', false)).body.model_version.current_stage).toBe('Production');
    await move('2', true);
    const latest = await world.post('registered-models/get-latest-versions', {
      name: 'm',
      stages: ['archived'],
    });
    expect(latest.body.model_versions.map((each: { version: string }) => each.version)).toEqual(['1']);
    const viaGet = await world.get('registered-models/get-latest-versions', {
      name: 'm',
      stages: ['Production'],
    });
    expect(viaGet.body.model_versions.map((each: { version: string }) => each.version)).toEqual(['2']);
  });

  it.each([
    ['DELETE', 'model-versions/delete-tag', { name: 'm', version: '1', key: 'k' }],
    ['DELETE', 'registered-models/delete-tag', { name: 'm', key: 'k' }],
    ['PATCH', 'model-versions/update', { name: 'm', version: '1', description: 'new' }],
    ['PATCH', 'registered-models/update', { name: 'm', description: 'new' }],
  ])('take %s %s with a body', async (method, path, body) => {
    await register();
    expect(await world.send(method, `/api/2.0/mlflow/${path}`, { body })).toMatchObject({ status: 200 });
  });

  it('name a version that is no number', async () => {
    expect(await world.get('model-versions/get', { name: 'm', version: 'one' })).toMatchObject({
      status: 400,
      body: { message: "Parameter 'version' must be an integer, got 'one'." },
    });
  });

  it('keep a deleted version deleted, and its number', async () => {
    await register();
    await world.delete('model-versions/delete', { name: 'm', version: '1' });
    expect((await world.get('model-versions/get', { name: 'm', version: '1' })).status).toBe(404);
    expect((await register()).body.model_version.version).toBe('2');
  });

  it('are searched by GET, prompts apart', async () => {
    await world.post('registered-models/create', {
      name: 'a prompt',
      tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }],
    });
    await register();
    const models = await world.get('registered-models/search', {
      filter: "name LIKE '%'",
      max_results: '10',
    });
    expect(models.body.registered_models.map((each: { name: string }) => each.name)).toEqual(['m']);
    const versions = await world.get('model-versions/search', {
      filter: "name = 'm'",
      order_by: ['version_number ASC'],
    });
    expect(versions.body.model_versions).toHaveLength(1);
  });

  it('take a placeholder as the source of a prompt, and nothing else', async () => {
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
    expect((await register({ source: 'dummy-source', tags })).status).toBe(200);
    expect((await register({ source: 'file:///etc', tags })).status).toBe(400);
    expect((await register({ source: 'dummy-source' })).status).toBe(400);
  });
});

describe('the source of a version', () => {
  let runId: string;
  beforeEach(async () => {
    await world.post('registered-models/create', { name: 'm' });
    runId = await world.run();
  });

  it('is within the run or the logged model that it names', async () => {
    const root = `mlflow-artifacts:/0/${runId}/artifacts`;
    expect((await register({ source: `${root}/model`, run_id: runId })).status).toBe(200);
    expect((await register({ source: `runs:/${runId}/model`, run_id: runId })).status).toBe(200);
    const { body } = await world.post('logged-models', {
      experiment_id: '0',
      name: 'c',
      source_run_id: runId,
    });
    const { model_id: modelId, artifact_uri: location } = body.model.info;
    const created = await register({ source: `models:/${modelId}`, model_id: modelId, run_id: runId });
    expect(created.status).toBe(200);
    expect(
      (await world.get('model-versions/get-download-uri', { name: 'm', version: '3' })).body.artifact_uri,
    ).toBe(location);
    const model = (await world.get(`logged-models/${modelId}`)).body.model;
    const tag = model.info.tags.find(({ key }: { key: string }) => key === 'mlflow.modelVersions');
    expect(JSON.parse(tag.value)).toEqual([{ name: 'm', version: 3 }]);
  });

  it('may be another version, whose run and logged model it then has', async () => {
    await register({ source: `mlflow-artifacts:/0/${runId}/artifacts/model`, run_id: runId });
    await world.post('registered-models/alias', { name: 'm', alias: 'best', version: '1' });
    for (const source of ['models:/m/1', 'models:/m@best']) {
      expect((await register({ source })).body.model_version).toMatchObject({ source, run_id: runId });
    }
    expect(await register({ source: 'models:/m/1', run_id: 'other' })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('must match the referenced model version') },
    });
    expect((await register({ source: 'models:/m/77' })).status).toBe(404);
  });

  it('may be the newest version of a stage, whose run it then has and no other', async () => {
    await register({ source: `runs:/${runId}/model`, run_id: runId });
    await world.post('model-versions/transition-stage', { name: 'm', version: '1', stage: 'Production' });
    const source = 'models:/m/Production';
    expect((await register({ source })).body.model_version).toMatchObject({ source, run_id: runId });
    expect(await register({ source, run_id: await world.run() })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('must match the referenced model version') },
    });
    expect((await register({ source: 'models:/m/Staging' })).status).toBe(404);
  });

  it('may be a version of a model whose name is percent-encoded', async () => {
    await world.post('registered-models/create', { name: 'my model' });
    await register({ name: 'my model', source: `runs:/${runId}/model`, run_id: runId });
    expect((await register({ source: 'models:/my%20model/1' })).body.model_version).toMatchObject({
      source: 'models:/my%20model/1',
      run_id: runId,
    });
  });

  it('may be a logged model of the run that made it only, however it is named', async () => {
    const other = await world.run();
    const { body } = await world.post('logged-models', { experiment_id: '0', source_run_id: runId });
    const { model_id: modelId, artifact_uri: location } = body.model.info;
    for (const source of [`models:/${modelId}`, `${location}/part`]) {
      expect(await register({ source, model_id: modelId, run_id: other })).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining('The run_id request parameter must identify') },
      });
      expect((await register({ source, model_id: modelId, run_id: runId })).status).toBe(200);
      expect((await register({ source, model_id: modelId })).status).toBe(200);
    }
    const ofOther = { source: `runs:/${other}/model`, run_id: other };
    expect((await register({ ...ofOther, model_id: modelId })).status).toBe(400);
    expect((await register({ ...ofOther, model_id: 'm-none' })).status).toBe(400);
    expect((await register(ofOther)).status).toBe(200);
  });

  describe('that is a logged model', () => {
    let ofModel: { source: string; model_id: string };
    const tagOf = async (): Promise<string> => {
      const { tags = [] } = (await world.get(`logged-models/${ofModel.model_id}`)).body.model.info;
      return tags.find(({ key }: { key: string }) => key === 'mlflow.modelVersions')?.value ?? '[]';
    };
    beforeEach(async () => {
      const { body } = await world.post('logged-models', { experiment_id: '0' });
      const { model_id } = body.model.info;
      ofModel = { source: `models:/${model_id}`, model_id };
    });

    it('leaves its name there, also when several are registered at once', async () => {
      const names = ['a', 'b', 'c', 'd', 'e', 'f'];
      await Promise.all(names.map((name) => world.post('registered-models/create', { name })));
      await Promise.all(names.map((name) => register({ ...ofModel, name })));
      expect(new Set(JSON.parse(await tagOf()))).toEqual(
        new Set(names.map((name) => ({ name, version: 1 }))),
      );
    });

    it('is registered once, though its name can not be left there', async () => {
      const refused = vi
        .spyOn(world.service.tracking, 'recordModelVersion')
        .mockRejectedValue(new Error('the table is slow'));
      expect((await register(ofModel)).body.model_version).toMatchObject({ version: '1', status: 'READY' });
      expect(refused).toHaveBeenCalledOnce();
      expect(world.errors.splice(0)).toEqual([
        expect.objectContaining({
          modelId: ofModel.model_id,
          version: 1,
          error: expect.stringContaining('the table is slow'),
        }),
      ]);
    });

    it('is registered though the list of names is full, or is none', async () => {
      const setTag = (value: string) =>
        world.patch(`logged-models/${ofModel.model_id}/tags`, {
          tags: [{ key: 'mlflow.modelVersions', value }],
        });
      const full = JSON.stringify([{ name: 'x'.repeat(7960), version: 1 }]);
      await setTag(full);
      expect((await register(ofModel)).status).toBe(200);
      expect(await tagOf()).toBe(full);
      expect(world.errors.splice(0)).toHaveLength(1);
      await setTag('no list');
      expect((await register(ofModel)).status).toBe(200);
      expect(JSON.parse(await tagOf())).toEqual([{ name: 'm', version: 2 }]);
    });
  });

  it.each([
    (run: string) => ({ source: `mlflow-artifacts:/0/${run}/artifacts/../../other`, run_id: run }),
    (run: string) => ({ source: `mlflow-artifacts:/0/${run}/artifacts/%2e%2e/%2e%2e/other`, run_id: run }),
    (run: string) => ({ source: `mlflow-artifacts:/0/${run}/artifacts-2`, run_id: run }),
    (run: string) => ({ source: 'mlflow-artifacts:/0/other/artifacts/model', run_id: run }),
    (run: string) => ({ source: `runs:/${run}/model` }),
    (run: string) => ({ source: 'runs:/other/model', run_id: run }),
    (run: string) => ({ source: `mlflow-artifacts:/0/${run}/artifacts`, run_id: '0'.repeat(32) }),
    () => ({ source: 'models:/m-123' }),
    () => ({ source: 'file:///etc/passwd' }),
    () => ({ source: '/etc/passwd' }),
    () => ({ source: 's3://other-bucket/model' }),
    () => ({ source: 'https://example.com/model' }),
    () => ({ source: 'mlflow-artifacts://example.com/model' }),
    () => ({ source: 'mlflow-artifacts:/model#x' }),
    () => ({ source: 'mlflow-artifacts:/model?x=1' }),
  ])('is nowhere else: %o', async (given) => {
    expect(await register(given(runId))).toMatchObject({
      status: 400,
      body: {
        error_code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringMatching(/^Invalid (model version source|artifact location)/),
      },
    });
  });
});
