import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callTo, FLAKY_FUNCTION, single } from './support/flaky-function';
import { createFunction } from './support/functions';
import { noServices, type TestRuntime, testRuntime } from './support/runtime';
import { StateMachines } from './support/state-machine';

const SPEED = 20;

let runtime: TestRuntime;
let machines: StateMachines;
let functionArn: string;

beforeAll(async () => {
  runtime = await testRuntime({ speed: SPEED, services: noServices });
  machines = new StateMachines(runtime);
  functionArn = await createFunction(runtime, 'flaky', FLAKY_FUNCTION);
});
afterAll(() => runtime?.close());

const call = (payload: object, more: object = {}) => callTo(functionArn, payload, more);

let counter = 0;
const newCounter = () => {
  counter += 1;
  return `${process.pid}-${counter}`;
};

describe('Retry', () => {
  const flaky = (retry: object, failures: number) =>
    machines.run(single(call({ counter: newCounter(), failures }, { Retry: [retry] })));

  it('repeats a task whose error it names until it succeeds', async () => {
    const ended = await flaky({ ErrorEquals: ['Flaky'], IntervalSeconds: 1, MaxAttempts: 3 }, 2);
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: { calls: 3 } });
  });

  it('gives up after MaxAttempts with the error of the last try', async () => {
    const ended = await flaky({ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1 }, 5);
    expect(ended).toMatchObject({ status: 'FAILED', error: 'Flaky' });
    expect(JSON.parse(ended.cause!)).toMatchObject({ errorType: 'Flaky', errorMessage: 'call 2' });
  });

  it('does not repeat errors that it does not name', async () => {
    const ended = await flaky({ ErrorEquals: ['Other'], MaxAttempts: 5 }, 1);
    expect(ended).toMatchObject({ status: 'FAILED', error: 'Flaky' });
  });

  it('waits no longer than MaxDelaySeconds', async () => {
    const started = Date.now();
    const retry = {
      ErrorEquals: ['Flaky'],
      IntervalSeconds: 900,
      BackoffRate: 10,
      MaxDelaySeconds: 2,
      MaxAttempts: 3,
    };
    expect((await flaky(retry, 3)).status).toBe('SUCCEEDED');
    expect(Date.now() - started).toBeLessThan(8_000);
  });

  it('waits a random part of the interval with JitterStrategy FULL', async () => {
    const retry = {
      ...{ ErrorEquals: ['Flaky'], IntervalSeconds: 80, BackoffRate: 1, MaxAttempts: 4 },
      JitterStrategy: 'FULL',
    };
    const started = Date.now();
    await Promise.race(Array.from({ length: 8 }, () => flaky(retry, 1)));
    // Without jitter all of them wait 4 s; with it, all eight wait longer than 2.8 s once in 15 000 times.
    expect(Date.now() - started).toBeLessThan(3_500);
  });
});

describe('Catch', () => {
  it('goes on with Error and Cause', async () => {
    const ended = await machines.run({
      StartAt: 'Try',
      States: {
        Try: call(
          { failures: 1, error: 'NoModel' },
          { Catch: [{ ErrorEquals: ['NoModel'], Next: 'Caught', Output: '{% $states.errorOutput %}' }] },
        ),
        Caught: { Type: 'Succeed' },
      },
    });
    expect(ended.status).toBe('SUCCEEDED');
    expect(ended.output.Error).toBe('NoModel');
  });

  it('takes the catcher that names the error, not the next that would match too', async () => {
    const pass = (value: string) => ({ Type: 'Pass', Output: value, End: true });
    const ended = await machines.run({
      StartAt: 'Try',
      States: {
        Try: call(
          { failures: 1 },
          {
            Catch: [
              { ErrorEquals: ['Other'], Next: 'A' },
              { ErrorEquals: ['Flaky'], Next: 'B' },
              { ErrorEquals: ['States.ALL'], Next: 'C' },
            ],
          },
        ),
        A: pass('a'),
        B: pass('b'),
        C: pass('c'),
      },
    });
    expect(ended.output).toBe('b');
  });

  it('lets no States.ALL catch what the runtime cannot do', async () => {
    const ended = await machines.run({
      StartAt: 'Try',
      States: {
        Try: {
          Type: 'Task',
          Resource: 'arn:aws:states:::batch:submitJob',
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
          End: true,
        },
        Caught: { Type: 'Succeed' },
      },
    });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});

describe('timeouts', () => {
  it('ends a task after its TimeoutSeconds with States.Timeout', async () => {
    const ended = await machines.run(single(call({ sleepMs: 4_000 }, { TimeoutSeconds: 1 })));
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  it('takes TimeoutSeconds from an expression', async () => {
    const ended = await machines.run(
      single(call({ sleepMs: 4_000 }, { TimeoutSeconds: '{% $states.input.limit %}' })),
      {
        limit: 1,
      },
    );
    expect(ended.error).toBe('States.Timeout');
  });

  it('ends an execution after its TimeoutSeconds as TIMED_OUT', async () => {
    const ended = await machines.run({
      TimeoutSeconds: 1,
      ...single({ Type: 'Wait', Seconds: 600, End: true }),
    });
    expect(ended.status).toBe('TIMED_OUT');
  });

  it('shrinks waits by the speed of the clock', async () => {
    const started = Date.now();
    expect((await machines.run(single({ Type: 'Wait', Seconds: 20, End: true }))).status).toBe('SUCCEEDED');
    expect(Date.now() - started).toBeGreaterThanOrEqual(20_000 / SPEED);
    expect(Date.now() - started).toBeLessThan(5_000);
  });
});

describe('Map and Parallel', () => {
  const map = (more: object, payload: object = {}) => ({
    ...single({
      Type: 'Map',
      Items: '{% $states.input.items %}',
      ItemSelector: {
        value: '{% $states.context.Map.Item.Value %}',
        index: '{% $states.context.Map.Item.Index %}',
      },
      ItemProcessor: {
        StartAt: 'Each',
        States: { Each: call({ item: '{% $states.input.value %}', ...payload }) },
      },
      End: true,
      ...more,
    }),
  });

  it('maps in the order of the items', async () => {
    const ended = await machines.run(map({ MaxConcurrency: 2 }), { items: ['a', 'b', 'c'] });
    expect(ended.output.map(({ item }: { item: string }) => item)).toEqual(['a', 'b', 'c']);
  });

  it('repeats a Map whose item failed', async () => {
    const retry = [{ ErrorEquals: ['Flaky'], IntervalSeconds: 1, MaxAttempts: 2 }];
    const ended = await machines.run(map({ Retry: retry }, { counter: newCounter(), failures: 1 }), {
      items: [1],
    });
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: [{ calls: 2 }] });
  });

  it('joins the branches of a Parallel and catches the error of one', async () => {
    const branches = (failures: number) => ({
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [single(call({ item: 1 })), single(call({ failures }))],
          Catch: [
            { ErrorEquals: ['Flaky'], Next: 'Caught', Output: { caught: '{% $states.errorOutput.Error %}' } },
          ],
          End: true,
        },
        Caught: { Type: 'Succeed' },
      },
    });
    expect((await machines.run(branches(0))).output).toMatchObject([{ item: 1 }, { item: null }]);
    expect((await machines.run(branches(1))).output).toEqual({ caught: 'Flaky' });
  });
});
