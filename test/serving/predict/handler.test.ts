import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelVersion } from '../../../lambdas/registry/entities';
import { createHandler, type PredictDeps } from '../../../lambdas/serving/predict/handler';
import { aVersion } from '../../registry/samples';

const champion: ModelVersion = { ...aVersion({ threshold: 0.5 }), version: 2 };
const event = { body: JSON.stringify({ instances: [{ dep_delay: 12 }, { dep_delay: -3 }] }) };

let invoked: Parameters<PredictDeps['invoke']>[0][];
let logged: object[];

function handler(overrides: Partial<PredictDeps>) {
  return createHandler({
    model: 'flights',
    live: { read: async () => ({ champion, deploying: false }) },
    invoke: async (call) => {
      invoked.push(call);
      return '0.83\n0.1\n';
    },
    newId: () => 'request-1',
    budgetMilliseconds: 1000,
    elapsed: () => 0,
    sleep: async () => undefined,
    random: () => 0,
    logger: { error: (_message, extra) => logged.push(extra) },
    ...overrides,
  });
}

const failing = (status: number) => async (call: Parameters<PredictDeps['invoke']>[0]) => {
  invoked.push(call);
  throw Object.assign(new Error('boom'), { name: 'ModelError', OriginalStatusCode: status });
};

beforeEach(() => {
  invoked = [];
  logged = [];
});

describe('POST /predictions', () => {
  it('answers a score, a label and an inference id for every instance', async () => {
    const answer = await handler({})(event);
    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({
      predictions: [
        { score: 0.83, label: 1, inferenceId: 'request-1:0' },
        { score: 0.1, label: 0, inferenceId: 'request-1:1' },
      ],
      model: 'flights',
      modelVersion: 2,
    });
    expect(invoked).toEqual([{ body: '12\n-3\n', inferenceId: 'request-1', timeoutMilliseconds: 1000 }]);
  });

  it('names the champion at the time of the answer', async () => {
    const versions = [champion, { ...champion, version: 3 }];
    const answer = await handler({
      live: { read: async () => ({ champion: versions.shift(), deploying: true }) },
    })(event);
    expect(JSON.parse(answer.body).modelVersion).toBe(3);
  });

  it('answers what is wrong with a request before it asks the model', async () => {
    const answer = await handler({})({ body: JSON.stringify({ instances: [{ dep_delay: 'abc' }] }) });
    expect(answer).toMatchObject({ statusCode: 400, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(answer.body)).toEqual({
      error: {
        code: 'InvalidInstance',
        message: 'instances[0].dep_delay: expected a number, got "abc"',
        field: 'instances[0].dep_delay',
      },
    });
    expect(invoked).toEqual([]);
  });

  it('answers 503 with a hint when no version is live', async () => {
    const answer = await handler({ live: { read: async () => ({ champion: undefined, deploying: true }) } })(
      event,
    );
    expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '30' } });
    expect(JSON.parse(answer.body).error.code).toBe('NoLiveModel');
  });

  it('tries a failing model twice, and ten times while a deployment is in progress', async () => {
    expect((await handler({ invoke: failing(500) })(event)).statusCode).toBe(502);
    expect(invoked).toHaveLength(2);
    invoked = [];
    const live = { read: async () => ({ champion, deploying: true }) };
    expect((await handler({ invoke: failing(500), live })(event)).statusCode).toBe(502);
    expect(invoked).toHaveLength(10);
    expect(new Set(invoked.map(({ inferenceId }) => inferenceId))).toEqual(new Set(['request-1']));
  });

  it('hides what is inside when something unexpected happens, and logs it', async () => {
    const live = {
      read: async () => {
        throw new Error('table registry-123 is gone');
      },
    };
    const answer = await handler({ live })(event);
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('registry-123');
    expect(JSON.stringify(logged)).toContain('registry-123');
  });
});
