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

const get = async (runId: string) => (await world.get('runs/get', { run_id: runId })).body.run;

describe('runs over the API', () => {
  it('are answered with both ids, no end and an artifact folder of their own', async () => {
    const { body } = await world.post('runs/create', {
      experiment_id: '0',
      user_id: 'ana',
      start_time: '1700000000000',
      run_name: 'brisk',
      tags: [{ key: 'a', value: 'b' }],
    });
    const { info, data, inputs } = body.run;
    expect(info).toEqual({
      run_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      run_uuid: info.run_id,
      run_name: 'brisk',
      experiment_id: '0',
      user_id: 'ana',
      status: 'RUNNING',
      start_time: 1_700_000_000_000,
      artifact_uri: `mlflow-artifacts:/0/${info.run_id}/artifacts`,
      lifecycle_stage: 'active',
    });
    expect(data).toEqual({
      tags: expect.arrayContaining([
        { key: 'a', value: 'b' },
        { key: 'mlflow.runName', value: 'brisk' },
      ]),
    });
    expect(inputs).toEqual({});
    expect(await get(info.run_id)).toEqual(body.run);
  });

  it('get a name when they have none, and are refused with two', async () => {
    const { body } = await world.post('runs/create', { start_time: 1 });
    expect(body.run.info.run_name).toMatch(/^\w+-\w+-\d+$/);
    const two = { run_name: 'a', tags: [{ key: 'mlflow.runName', value: 'b' }] };
    expect(await world.post('runs/create', two)).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE' },
    });
  });

  it('made twice with one idempotency key are one', async () => {
    const make = (key: string) => world.post('runs/create', { start_time: 1 }, { 'idempotency-key': key });
    const [first, again, other] = [await make('k'), await make('k'), await make('l')];
    expect(again.body).toEqual(first.body);
    expect(other.body.run.info.run_id).not.toBe(first.body.run.info.run_id);
  });

  it.each([{ run_uuid: true }, { run_id: true }])('may be named by %j', async (which) => {
    const runId = await world.run();
    const name = Object.keys(which)[0]!;
    expect((await world.get('runs/get', { [name]: runId })).body.run.info.run_id).toBe(runId);
    expect(
      (await world.post('runs/log-metric', { [name]: runId, key: 'm', value: 1, timestamp: 1 })).status,
    ).toBe(200);
  });

  it('answer NaN as a text, clamped infinities, negative steps and the latest metric only', async () => {
    const runId = await world.run();
    await world.post('runs/log-batch', {
      run_id: runId,
      metrics: [
        { key: 'nan', value: 'NaN', timestamp: 5, step: 0 },
        { key: 'high', value: 'Infinity', timestamp: 5, step: '-3' },
        { key: 'm', value: 2, timestamp: 5, step: 2 },
        { key: 'm', value: 1, timestamp: 9, step: 1 },
      ],
    });
    expect((await get(runId)).data.metrics).toEqual(
      expect.arrayContaining([
        { key: 'nan', value: 'NaN', timestamp: 5, step: 0 },
        { key: 'high', value: 1.7976931348623157e308, timestamp: 5, step: -3 },
        { key: 'm', value: 2, timestamp: 5, step: 2 },
      ]),
    );
  });

  it('start in 1970 at the earliest, so that every one of them is found by a search', async () => {
    expect(await world.post('runs/create', { start_time: -1 })).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/^Invalid value -1 for parameter 'start_time' supplied/) },
    });
    const first = await world.run({ start_time: 0 });
    const found = await world.post('runs/search', { experiment_ids: ['0'] });
    expect(found.body.runs.map((run: { info: { run_id: string } }) => run.info.run_id)).toEqual([first]);
  });

  it('keep params for ever, and say so', async () => {
    const runId = await world.run();
    const log = (value: string) => world.post('runs/log-parameter', { run_id: runId, key: 'depth', value });
    expect([(await log('3')).status, (await log('3')).status]).toEqual([200, 200]);
    expect(await log('4')).toMatchObject({
      status: 400,
      body: {
        error_code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining('Changing param values is not allowed'),
      },
    });
  });

  it('keep an empty param and an absent value as an empty text', async () => {
    const runId = await world.run();
    await world.post('runs/log-parameter', { run_id: runId, key: 'p' });
    expect((await get(runId)).data.params).toEqual([{ key: 'p', value: '' }]);
  });

  it('keep 8,000 characters of markup as data', async () => {
    const runId = await world.run();
    const value = '<img src=x onerror=alert(1)>\u202e\u001b[31m'.repeat(300).slice(0, 8000);
    await world.post('runs/set-tag', { run_id: runId, key: '__proto__', value });
    const tags = (await get(runId)).data.tags;
    expect(tags).toContainEqual({ key: '__proto__', value });
  });

  it.each([
    ['metrics', [{ key: 'a', timestamp: 1 }], "'metrics[0].value'"],
    [
      'metrics',
      [
        { key: 'a', value: 1, timestamp: 1 },
        { value: 1, timestamp: 1 },
      ],
      "'metrics[1].key'",
    ],
    ['metrics', [{ key: 'a', value: 'many', timestamp: 1 }], "'metrics[0].value'"],
    ['metrics', [{ key: 'a//b', value: 1, timestamp: 1 }], "'metrics[0].name'"],
    ['params', [{ value: '1' }], "'params[0].key'"],
    ['tags', [{ key: '' }], "'tags[0].key'"],
    ['tags', 'text', "'tags'"],
  ])('refuse a batch with wrong %s %j by its path', async (field, value, words) => {
    const runId = await world.run();
    expect(await world.post('runs/log-batch', { run_id: runId, [field]: value })).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining(words) },
    });
  });

  it('that are deleted take no writes, can be read, and can be restored', async () => {
    const runId = await world.run();
    await world.post('runs/delete', { run_id: runId });
    expect(await world.post('runs/set-tag', { run_id: runId, key: 'a', value: 'b' })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("must be in the 'active' state") },
    });
    expect((await get(runId)).info.lifecycle_stage).toBe('deleted');
    await world.post('runs/restore', { run_id: runId });
    expect((await get(runId)).info.lifecycle_stage).toBe('active');
  });

  it('are updated, and answer what they are then', async () => {
    const runId = await world.run();
    const { body } = await world.post('runs/update', { run_uuid: runId, status: 'FINISHED', end_time: 2000 });
    expect(body.run_info).toMatchObject({ status: 'FINISHED', end_time: 2000 });
    expect((await world.post('runs/update', { run_id: runId, status: 4 })).body.run_info.status).toBe(
      'FAILED',
    );
  });

  it('are found in searches as soon as they are logged, with inputs and outputs but no model inputs', async () => {
    const runId = await world.run();
    await world.post('runs/log-metric', { run_id: runId, key: 'm', value: 0.5, timestamp: 1 });
    await world.post('runs/log-inputs', {
      run_id: runId,
      datasets: [
        {
          tags: [{ key: 'mlflow.data.context', value: 'train' }],
          dataset: { name: 'd', digest: '1', source_type: 's3', source: '{}' },
        },
      ],
      models: [{ model_id: 'm-1' }],
    });
    await world.post('runs/outputs', { run_id: runId, models: [{ model_id: 'm-2', step: 7 }] });
    const { body } = await world.post('runs/search', { experiment_ids: [0], filter: 'metrics.m > 0.4' });
    expect(body.runs).toHaveLength(1);
    expect(body.runs[0].inputs).toEqual({
      dataset_inputs: [
        {
          tags: [{ key: 'mlflow.data.context', value: 'train' }],
          dataset: { name: 'd', digest: '1', source_type: 's3', source: '{}' },
        },
      ],
    });
    expect(body.runs[0].outputs).toEqual({ model_outputs: [{ model_id: 'm-2', step: 7 }] });
    expect((await get(runId)).inputs.model_inputs).toEqual([{ model_id: 'm-1' }]);
    expect(
      (await world.post('runs/search', { experiment_ids: ['0'], filter: 'metrics.m > 0.6' })).body,
    ).toEqual({});
  });

  it('are not searched with a bad filter, number or token', async () => {
    for (const wrong of [{ filter: 'nonsense =' }, { max_results: 50_001 }, { page_token: 'x' }]) {
      expect(await world.post('runs/search', { experiment_ids: ['0'], ...wrong })).toMatchObject({
        status: 400,
        body: { error_code: 'INVALID_PARAMETER_VALUE' },
      });
    }
  });

  it('keep the models that 2.x clients log in a tag', async () => {
    const runId = await world.run();
    const model = { artifact_path: 'model', flavors: {}, utc_time_created: 'now', run_id: runId };
    expect(
      (await world.post('runs/log-model', { run_id: runId, model_json: JSON.stringify(model) })).status,
    ).toBe(200);
    const tags: { key: string; value: string }[] = (await get(runId)).data.tags;
    expect(JSON.parse(tags.find(({ key }) => key === 'mlflow.log-model.history')!.value)).toEqual([model]);
    expect(await world.post('runs/log-model', { run_id: runId, model_json: '{}' })).toMatchObject({
      body: { message: expect.stringContaining('missing mandatory fields') },
    });
    expect(await world.post('runs/log-model', { run_id: runId, model_json: '{' })).toMatchObject({
      body: { message: expect.stringContaining('is not a valid JSON') },
    });
  });
});

describe('the history of a metric', () => {
  it('comes in pages, in the order of time, and is empty for an unknown run', async () => {
    const runId = await world.run();
    const metrics = [3, 1, 2].map((step) => ({ key: 'm', value: step, timestamp: step, step }));
    await world.post('runs/log-batch', { run_id: runId, metrics });
    const query = { run_id: runId, metric_key: 'm', max_results: '2' };
    const first = (await world.get('metrics/get-history', query)).body;
    expect(first.metrics.map((each: { step: number }) => each.step)).toEqual([1, 2]);
    const second = (await world.get('metrics/get-history', { ...query, page_token: first.next_page_token }))
      .body;
    expect(second).toEqual({ metrics: [{ key: 'm', value: 3, timestamp: 3, step: 3 }] });
    expect((await world.get('metrics/get-history', { run_id: 'nobody', metric_key: 'm' })).body).toEqual({});
    expect(await world.get('metrics/get-history', { ...query, max_results: '0' })).toMatchObject({
      status: 400,
    });
  });

  it('of many runs comes by run for the UI, with an empty list for none', async () => {
    const runs = [await world.run(), await world.run()].sort();
    for (const run_id of runs)
      await world.post('runs/log-metric', { run_id, key: 'm', value: 1, timestamp: 1 });
    const bulk = (query: Record<string, string | string[]>) =>
      world.send('GET', '/ajax-api/2.0/mlflow/metrics/get-history-bulk', { query });
    const { body } = await bulk({ run_id: runs, metric_key: 'm' });
    expect(body.metrics.map((each: { run_id: string }) => each.run_id)).toEqual(runs);
    expect((await bulk({ run_id: 'nobody', metric_key: 'm' })).body).toEqual({ metrics: [] });
    expect((await bulk({ metric_key: 'm' })).status).toBe(400);
    expect((await bulk({ run_id: Array(101).fill('r'), metric_key: 'm' })).status).toBe(400);
    const interval = await world.get('metrics/get-history-bulk-interval', { run_ids: runs, metric_key: 'm' });
    expect(interval.body.metrics).toHaveLength(2);
  });
});
