import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World } from './world';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const NOW = Date.parse('2026-11-23T12:00:00Z');

describe('experiments over the API', () => {
  it('begin with Default, whose id is 0', async () => {
    const { body } = await world.get('experiments/get', { experiment_id: '0' });
    expect(body.experiment).toMatchObject({ experiment_id: '0', name: 'Default', lifecycle_stage: 'active' });
  });

  it('are answered with times as numbers, and without a list of tags when there are none', async () => {
    const created = await world.post('experiments/create', { name: 'first' });
    expect(created).toMatchObject({ status: 200, body: { experiment_id: expect.stringMatching(/^\d+$/) } });
    const id = created.body.experiment_id;
    const { body } = await world.get('experiments/get', { experiment_id: id });
    expect(body).toEqual({
      experiment: {
        experiment_id: id,
        name: 'first',
        artifact_location: `mlflow-artifacts:/${id}`,
        lifecycle_stage: 'active',
        creation_time: NOW,
        last_update_time: NOW,
      },
    });
  });

  it('may be asked for by a number, as old clients do', async () => {
    expect(
      (await world.post('experiments/set-experiment-tag', { experiment_id: 0, key: 'a', value: 'b' })).body,
    ).toEqual({});
  });

  it('with a name that is taken are a 400, also when the other one is deleted', async () => {
    const { body } = await world.post('experiments/create', { name: 'first' });
    await world.post('experiments/delete', { experiment_id: body.experiment_id });
    expect(await world.post('experiments/create', { name: 'first' })).toMatchObject({
      status: 400,
      body: { error_code: 'RESOURCE_ALREADY_EXISTS', message: expect.stringContaining('first') },
    });
  });

  it('that do not exist are a 404 in the envelope', async () => {
    expect(await world.get('experiments/get', { experiment_id: '99' })).toMatchObject({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: expect.stringContaining('99') },
    });
    expect(await world.get('experiments/get-by-name', { experiment_name: 'nobody' })).toMatchObject({
      status: 404,
      body: { message: "Could not find experiment with name 'nobody'" },
    });
  });

  it.each([
    ['an empty name', { name: ' ' }, 'Invalid experiment name'],
    ['no name', {}, "Missing value for required parameter 'name'"],
    ['a name that is too long', { name: 'n'.repeat(501) }, '500'],
    ['a tag that is too long', { name: 'a', tags: [{ key: 'k', value: 'v'.repeat(20_001) }] }, '20000'],
    ['a location elsewhere', { name: 'a', artifact_location: 's3://other/x' }, 'keeps artifacts below'],
    [
      'a location of another kind',
      { name: 'a', artifact_location: 'http://169.254.169.254/' },
      'keeps artifacts below',
    ],
    [
      'a location outside',
      { name: 'a', artifact_location: 'mlflow-artifacts:/a/../../b' },
      'Invalid artifact location',
    ],
    [
      'an encoded way out',
      { name: 'a', artifact_location: 'mlflow-artifacts:/%252e%252e/b' },
      'Invalid artifact location',
    ],
  ])('are refused with %s', async (_what, body, words) => {
    expect(await world.post('experiments/create', body)).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining(words) },
    });
  });

  it('keep what people call them, whatever that is', async () => {
    const names = [
      '<img src=x onerror=alert(1)>',
      '\u202egnp.exe',
      '\u001b[31mred',
      '__proto__',
      'x'.repeat(500),
    ];
    for (const name of names) {
      const { body } = await world.post('experiments/create', { name });
      const found = await world.get('experiments/get-by-name', { experiment_name: name });
      expect(found.body.experiment).toMatchObject({ experiment_id: body.experiment_id, name });
    }
    const { body } = await world.post('experiments/search', { max_results: 100 });
    expect(body.experiments.map((each: { name: string }) => each.name)).toEqual(
      expect.arrayContaining(names),
    );
  });

  it('keep a tag __proto__ as a tag', async () => {
    await world.post('experiments/set-experiment-tag', { experiment_id: '0', key: '__proto__', value: 'x' });
    const { body } = await world.get('experiments/get', { experiment_id: '0' });
    expect(body.experiment.tags).toEqual([{ key: '__proto__', value: 'x' }]);
  });

  it('are searched by filter, order and view, in pages', async () => {
    for (const name of ['a', 'b', 'c']) await world.post('experiments/create', { name });
    const first = await world.post('experiments/search', {
      filter: "name != 'Default'",
      order_by: ['name DESC'],
      max_results: 2,
    });
    expect(first.body.experiments.map((each: { name: string }) => each.name)).toEqual(['c', 'b']);
    const second = await world.get('experiments/search', {
      filter: "name != 'Default'",
      order_by: ['name DESC'],
      max_results: '2',
      page_token: first.body.next_page_token,
    });
    expect(second.body.experiments.map((each: { name: string }) => each.name)).toEqual(['a']);
  });
});
