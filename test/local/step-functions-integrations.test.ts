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
import { callTo, FLAKY_FUNCTION, single } from './support/flaky-function';
import { createFunction } from './support/functions';
import { type TestRuntime, testRuntime } from './support/runtime';
import { StateMachines } from './support/state-machine';

const SPEED = 20;

let runtime: TestRuntime;
let machines: StateMachines;
let functionArn: string;

const sageMaker = new FakeSageMaker();

beforeAll(async () => {
  runtime = await testRuntime({ speed: SPEED, services: async () => ({ sageMaker, close: async () => {} }) });
  machines = new StateMachines(runtime);
  functionArn = await createFunction(runtime, 'flaky', FLAKY_FUNCTION);
});
afterAll(() => runtime?.close());

const call = (payload: object, more: object = {}) => callTo(functionArn, payload, more);

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

  it('stops the job when the task times out, although the execution goes on', async () => {
    const arn = await machines.start(
      await machines.create({
        StartAt: 'Train',
        States: {
          Train: {
            Type: 'Task',
            Resource: 'arn:aws:states:::sagemaker:createTrainingJob.sync',
            Arguments: { TrainingJobName: 'forever-1' },
            TimeoutSeconds: 1,
            Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'GoOn' }],
            End: true,
          },
          GoOn: { Type: 'Wait', Seconds: 9_999, End: true },
        },
      }),
    );
    for (const end = Date.now() + 8_000; !sageMaker.calls.includes('Stop forever-1'); await wait(20)) {
      expect(Date.now()).toBeLessThan(end);
    }
    expect((await machines.describe(arn)).status).toBe('RUNNING');
    await machines.sfn.send(new StopExecutionCommand({ executionArn: arn }));
  });

  it('stops the job when the execution is stopped, which stays ABORTED', async () => {
    const arn = await machines.start(await machines.create(job('forever-2')));
    for (const operation of ['Describe', 'Stop']) {
      for (
        const end = Date.now() + 8_000;
        !sageMaker.calls.includes(`${operation} forever-2`);
        await wait(20)
      ) {
        expect(Date.now()).toBeLessThan(end);
      }
      await machines.sfn.send(new StopExecutionCommand({ executionArn: arn }));
    }
    await wait(300);
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
