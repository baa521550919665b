import { setTimeout as wait } from 'node:timers/promises';
import {
  GetExecutionHistoryCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeSageMaker } from './support/fake-sagemaker';
import { createFunction } from './support/functions';
import { type TestRuntime, testRuntime } from './support/runtime';
import { StateMachines } from './support/state-machine';

const SPEED = 20;

/** Fails as often as its event says, by the error's name; counts calls in the worker, which outlives no failure. */
const FUNCTION = `
const { readFileSync, writeFileSync, existsSync } = require('node:fs');
const { tmpdir } = require('node:os');
exports.handler = async (event) => {
  if (event.sleepMs) await new Promise((resolve) => setTimeout(resolve, event.sleepMs));
  const file = tmpdir() + '/calls-' + (event.counter ?? 'none');
  const calls = existsSync(file) ? Number(readFileSync(file)) + 1 : 1;
  if (event.counter) writeFileSync(file, String(calls));
  if (calls <= (event.failures ?? 0)) {
    const error = new Error('call ' + calls);
    error.name = event.error ?? 'Flaky';
    throw error;
  }
  return { calls, item: event.item ?? null };
};`;

let runtime: TestRuntime;
let machines: StateMachines;
let functionArn: string;
const sageMaker = new FakeSageMaker();
let counter = 0;

beforeAll(async () => {
  runtime = await testRuntime({ speed: SPEED, services: async () => ({ sageMaker, close: async () => {} }) });
  machines = new StateMachines(runtime);
  functionArn = await createFunction(runtime, 'flaky', FUNCTION);
});
afterAll(() => runtime?.close());

/** A Task that calls the function. */
const call = (payload: object, more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: functionArn, Payload: payload },
  Output: '{% $states.result.Payload %}',
  End: true,
  ...more,
});
const single = (state: object) => ({ StartAt: 'Only', States: { Only: state } });
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

describe('waitForTaskToken', () => {
  let sqs: SQSClient;
  let queueUrl: string;
  beforeAll(async () => {
    sqs = new SQSClient(runtime.client);
    queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'tokens' }))).QueueUrl!;
  });
  const ask = (more: object = {}) =>
    single({
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Arguments: { QueueUrl: queueUrl, MessageBody: { token: '{% $states.context.Task.Token %}' } },
      End: true,
      ...more,
    });
  const token = async () => {
    const answer = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 20, VisibilityTimeout: 9999 }),
    );
    return JSON.parse(answer.Messages![0]!.Body!).token as string;
  };

  it('waits until the token comes back', async () => {
    const arn = await machines.start(await machines.create(ask()));
    await machines.sfn.send(
      new SendTaskSuccessCommand({ taskToken: await token(), output: '{"approved":true}' }),
    );
    expect(await machines.ended(arn)).toMatchObject({ status: 'SUCCEEDED', output: { approved: true } });
  });

  it('ends with States.Timeout, in virtual seconds, when it does not', async () => {
    const started = Date.now();
    const ended = await machines.run(ask({ TimeoutSeconds: 20 }));
    await token();
    expect(ended.error).toBe('States.Timeout');
    expect(Date.now() - started).toBeLessThan(6_000);
  });

  it('ends with States.HeartbeatTimeout when heartbeats stop', async () => {
    const arn = await machines.start(
      await machines.create(ask({ HeartbeatSeconds: 16, TimeoutSeconds: 3_600 })),
    );
    const taskToken = await token();
    for (let beats = 0; beats < 4; beats++) {
      await wait(400);
      await machines.sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
      expect((await machines.describe(arn)).status).toBe('RUNNING');
    }
    expect((await machines.ended(arn)).error).toBe('States.HeartbeatTimeout');
  });

  it('ends when the function that got the token fails', async () => {
    const ended = await machines.run(
      single(
        call(
          { failures: 1 },
          { Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', Output: '{% $states.result %}' },
        ),
      ),
    );
    expect(ended.error).toBe('Flaky');
  });
});

describe('nested executions', () => {
  const parent = (child: string, more: object = {}) =>
    single({
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Arguments: {
        StateMachineArn: child,
        Input: { from: 'parent' },
        Name: '{% $states.context.Execution.Name %}',
      },
      Output: '{% $states.result.Output %}',
      End: true,
      ...more,
    });

  it('answers the output of the child as JSON', async () => {
    const child = await machines.create(
      single({ Type: 'Pass', Output: { got: '{% $states.input.from %}' }, End: true }),
    );
    expect((await machines.run(parent(child))).output).toEqual({ got: 'parent' });
  });

  it('fails with States.TaskFailed and the description of the child', async () => {
    const child = await machines.create(single({ Type: 'Fail', Error: 'RolledBack', Cause: 'alarm' }));
    const ended = await machines.run(parent(child));
    expect(ended.error).toBe('States.TaskFailed');
    expect(JSON.parse(ended.cause!)).toMatchObject({ Status: 'FAILED', Error: 'RolledBack', Cause: 'alarm' });
  });

  it('stops the child with the parent', async () => {
    const child = await machines.create(single({ Type: 'Wait', Seconds: 9_999, End: true }));
    const arn = await machines.start(await machines.create(parent(child)), {}, 'stopped');
    const childArn = `${child.replace('stateMachine', 'execution')}:stopped`;
    while ((await machines.describe(childArn).catch(() => undefined)) === undefined) {
      await wait(20);
    }
    await machines.sfn.send(new StopExecutionCommand({ executionArn: arn }));
    expect((await machines.ended(arn)).status).toBe('ABORTED');
    expect((await machines.ended(childArn)).status).toBe('ABORTED');
  });
});

describe('StartExecution', () => {
  it('answers the running execution for the same name and input, and refuses other inputs and ended ones', async () => {
    const machine = await machines.create(single({ Type: 'Wait', Seconds: 20, End: true }));
    const arn = await machines.start(machine, { run: 1 }, 'same');
    expect(await machines.start(machine, { run: 1 }, 'same')).toBe(arn);
    await expect(machines.start(machine, { run: 2 }, 'same')).rejects.toThrow(/already exists/i);
    await machines.ended(arn);
    await expect(machines.start(machine, { run: 1 }, 'same')).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
    });
  });

  it('refuses names that AWS refuses', async () => {
    const machine = await machines.create(single({ Type: 'Succeed' }));
    await expect(machines.start(machine, {}, 'a:b')).rejects.toMatchObject({ name: 'InvalidName' });
    await expect(machines.start(machine, {}, 'x'.repeat(81))).rejects.toThrow();
  });
});

describe('SageMaker tasks', () => {
  const job = (name: string, more: object = {}, kind = 'TrainingJob') =>
    single({
      Type: 'Task',
      Resource: `arn:aws:states:::sagemaker:create${kind}.sync`,
      Arguments: { [`${kind}Name`]: name, Tags: [{ Key: 'flywheel:model', Value: 'm' }] },
      End: true,
      ...more,
    });

  it('waits for a training job and answers its description with times in milliseconds and tags as a map', async () => {
    const ended = await machines.run(job('fine'));
    expect(ended.output).toMatchObject({
      TrainingJobName: 'fine',
      TrainingJobStatus: 'Completed',
      CreationTime: 1_700_000_000_500,
      Tags: { 'flywheel:model': 'm' },
    });
  });

  it('waits for a processing job as well', async () => {
    const ended = await machines.run(job('prepared', {}, 'ProcessingJob'));
    expect(ended.output.ProcessingJobStatus).toBe('Completed');
  });

  it('fails with States.TaskFailed and the description when the job fails', async () => {
    const ended = await machines.run(job('fail-1'));
    expect(ended.error).toBe('States.TaskFailed');
    expect(JSON.parse(ended.cause!).FailureReason).toMatch(/^AlgorithmError/);
  });

  it('names the errors of a refused job as the integration does', async () => {
    expect((await machines.run(job('busy-1'))).error).toBe('SageMaker.ResourceLimitExceededException');
    expect((await machines.run(job('bad-1'))).error).toBe('SageMaker.AmazonSageMakerException');
  });

  it('stops the job when the task times out, and when the execution is stopped', async () => {
    expect((await machines.run(job('forever-1', { TimeoutSeconds: 1 }))).error).toBe('States.Timeout');
    const arn = await machines.start(await machines.create(job('forever-2')));
    while (!sageMaker.calls.includes('Describe forever-2')) {
      await wait(20);
    }
    await machines.sfn.send(new StopExecutionCommand({ executionArn: arn }));
    await wait(600);
    expect(sageMaker.calls).toEqual(expect.arrayContaining(['Stop forever-1', 'Stop forever-2']));
    expect((await machines.ended(arn)).status).toBe('ABORTED');
    const history = await machines.sfn.send(new GetExecutionHistoryCommand({ executionArn: arn }));
    expect(history.events!.at(-1)!.type).toBe('ExecutionAborted');
  });

  it('answers at once without .sync, and through the AWS SDK integration', async () => {
    const plain = single({
      Type: 'Task',
      Resource: 'arn:aws:states:::sagemaker:createTrainingJob',
      Arguments: { TrainingJobName: 'plain' },
      End: true,
    });
    expect((await machines.run(plain)).output).toMatchObject({ TrainingJobArn: 'arn:job/plain' });
    const sdk = (name: string) =>
      single({
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:sagemaker:describeTrainingJob',
        Arguments: { TrainingJobName: name },
        End: true,
      });
    expect((await machines.run(sdk('plain'))).output).toMatchObject({ TrainingJobName: 'plain' });
    expect((await machines.run(sdk('nobody'))).error).toBe('SageMaker.SageMakerException');
  });
});
