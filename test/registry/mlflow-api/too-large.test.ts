import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorResponse } from '../../../lambdas/registry/mlflow-api/errors';
import { World } from './world';

let world: World;
let runId: string;
let modelId: string;
beforeEach(async () => {
  world = new World();
  runId = await world.run();
  modelId = (await world.post('logged-models', { experiment_id: '0' })).body.model.info.model_id;
  await world.post('registered-models/create', { name: 'm' });
  await world.post('model-versions/create', { name: 'm', source: 'mlflow-artifacts:/0/x' });
});
afterEach(() => {
  expect(world.errors).toEqual([]);
  world.close();
});

/** More than an item of the table holds. */
const LONG = 'x'.repeat(500_000);
const PAIR = { key: 'k', value: LONG };

describe('what no record can hold is refused as the mistake of the caller, which clients do not repeat', () => {
  it.each<[string, string, () => object]>([
    ['the user of a run', 'runs/create', () => ({ user_id: LONG })],
    ['the type of a logged model', 'logged-models', () => ({ experiment_id: '0', model_type: LONG })],
    ['the name of a logged model', 'logged-models', () => ({ experiment_id: '0', name: LONG })],
    ['its source run', 'logged-models', () => ({ experiment_id: '0', source_run_id: LONG })],
    ['a tag of a new one', 'logged-models', () => ({ experiment_id: '0', tags: [PAIR] })],
    ['a param of a new one', 'logged-models', () => ({ experiment_id: '0', params: [PAIR] })],
    ['the key of one', 'logged-models', () => ({ experiment_id: '0', tags: [{ key: LONG, value: '' }] })],
    ['a link of a version', 'model-versions/create', () => version({ run_link: LONG })],
    ['a run of a version', 'model-versions/create', () => version({ run_id: LONG })],
    ['a model of a version', 'model-versions/create', () => version({ model_id: LONG })],
    ['a model of a prompt', 'model-versions/create', () => prompt({ model_id: LONG })],
    ['an output', 'runs/outputs', () => ({ run_id: runId, models: [{ model_id: LONG }] })],
    ['an input', 'runs/log-inputs', () => ({ run_id: runId, models: [{ model_id: LONG }] })],
    ['tags of data', 'runs/log-inputs', () => ({ run_id: runId, datasets: [taggedData(1000)] })],
    ['the data of a metric', 'runs/log-metric', () => metric({ dataset_name: LONG })],
    ['its digest', 'runs/log-metric', () => metric({ dataset_digest: LONG })],
    ['the model of a metric', 'runs/log-metric', () => metric({ model_id: LONG })],
  ])('%s: %s', async (_, path, body) => {
    expect(await world.post(path, body())).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message: expect.any(String) },
    });
  });

  const version = (given: object) => ({ name: 'm', source: 'mlflow-artifacts:/0/x', ...given });
  const prompt = (given: object) => ({
    ...{ name: 'm', source: 'dummy-source', tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }] },
    ...given,
  });
  const metric = (given: object) => ({ run_id: runId, key: 'm', value: 1, timestamp: 1, ...given });
  const taggedData = (tags: number) => ({
    dataset: { name: 'd', digest: '1', source_type: 's', source: 's' },
    tags: Array.from({ length: tags }, (_, i) => ({ key: `k${i}`, value: 'x'.repeat(500) })),
  });

  it('the message of a status, and tags and params that come later', async () => {
    const path = `logged-models/${modelId}`;
    for (const refused of [
      await world.patch(path, { status: 'LOGGED_MODEL_READY', status_message: LONG }),
      await world.patch(`${path}/tags`, { tags: [PAIR] }),
      await world.post(`${path}/params`, { params: [PAIR] }),
    ]) {
      expect(refused).toMatchObject({ status: 400, body: { message: expect.stringContaining('8000') } });
    }
  });

  it('an idempotency key', async () => {
    const { status } = await world.post('runs/create', {}, { 'idempotency-key': 'x'.repeat(3000) });
    expect(status).toBe(400);
  });

  it('what DynamoDB itself finds too large, alone or in a transaction; nothing else of it', () => {
    const error = (name: string, message: string, more: object = {}) =>
      errorResponse(Object.assign(new Error(message), { name, ...more }))?.status;
    const itemSize = 'Item size has exceeded the maximum allowed size';
    const cancelled = (Code: string, Message: string) =>
      error('TransactionCanceledException', 'Transaction cancelled', {
        CancellationReasons: [{ Code: 'None' }, { Code, Message }],
      });
    expect(error('ValidationException', itemSize)).toBe(400);
    expect(
      error('ValidationException', "Value at 'transactItems' failed to satisfy constraint: length <= 100"),
    ).toBe(400);
    expect(cancelled('ValidationError', itemSize)).toBe(400);
    expect(cancelled('ConditionalCheckFailed', itemSize)).toBeUndefined();
    expect(error('ValidationException', 'Invalid UpdateExpression')).toBeUndefined();
    expect(error('Error', itemSize)).toBeUndefined();
  });
});

it('the name of a run is cut to 8000 characters, and the run goes on taking params in one item', async () => {
  await world.post('runs/update', { run_id: runId, run_name: LONG });
  const { run } = (await world.get('runs/get', { run_id: runId })).body;
  expect(run.info.run_name).toBe('x'.repeat(8000));
  expect(run.data.tags).toEqual([{ key: 'mlflow.runName', value: 'x'.repeat(8000) }]);
});

it('a model has 40 aliases, which still move, and a version with all of them can be deleted', async () => {
  const alias = (name: string) =>
    world.post('registered-models/alias', { name: 'm', alias: name, version: '1' });
  for (let at = 0; at < 40; at += 1) expect((await alias(`a${at}`)).status).toBe(200);
  expect(await alias('more')).toMatchObject({
    status: 400,
    body: { message: 'Model "m" has 40 aliases; it may have 40. Delete one first.' },
  });
  await world.post('model-versions/create', { name: 'm', source: 'mlflow-artifacts:/0/x' });
  const moved = await world.post('registered-models/alias', { name: 'm', alias: 'a0', version: '2' });
  expect(moved.status).toBe(200);
  await alias('a0');
  expect((await world.delete('model-versions/delete', { name: 'm', version: '1' })).status).toBe(200);
  expect((await world.get('registered-models/get', { name: 'm' })).body.registered_model.aliases).toEqual(
    undefined,
  );
});
