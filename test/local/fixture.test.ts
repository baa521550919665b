import { appendFileSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
} from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Deployment, deploy } from '../../local/runtime/deploy';
import { compareDeployedWithSynth } from '../../local/runtime/deployed-equals-synth';
import { FixtureStack } from './fixture/stack';
import { type TestRuntime, testRuntime } from './support/runtime';
import { StateMachines } from './support/state-machine';

const SPEED = 60;

let runtime: TestRuntime;
let deployment: Deployment;
let outputs: Record<string, string>;
let sqs: SQSClient;
let table: DynamoDBDocumentClient;

beforeAll(async () => {
  runtime = await testRuntime({ speed: SPEED });
  const app = new App({ outdir: join(runtime.root, 'cdk.out') });
  new FixtureStack(app, 'Fixture');
  app.synth();
  deployment = await deploy({ endpointUrl: runtime.endpointUrl, app: app.outdir, workDir: runtime.root });
  outputs = deployment.outputs.Fixture!;
  sqs = new SQSClient(runtime.client);
  table = DynamoDBDocumentClient.from(new DynamoDBClient(runtime.client));
});
afterAll(() => runtime?.close());

interface Note {
  readonly body: string;
  readonly at: string;
}

/** What the function took down from the queue, once it is `enough`. */
async function notes(enough: (notes: Note[]) => boolean): Promise<Note[]> {
  for (const end = Date.now() + 15_000; Date.now() < end; await wait(50)) {
    const { Items = [] } = await table.send(
      new QueryCommand({
        TableName: outputs.TableName,
        KeyConditionExpression: 'PK = :pk',
        ExpressionAttributeValues: { ':pk': 'MESSAGE' },
      }),
    );
    if (enough(Items as Note[])) {
      return Items as Note[];
    }
  }
  throw new Error('The function did not take down enough within 15 s');
}

const send = (body: object, delay = 0) =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl: outputs.QueueUrl,
      MessageBody: JSON.stringify(body),
      DelaySeconds: delay,
    }),
  );

describe('what is deployed', () => {
  it('is the synthesised template and code, byte for byte', async () => {
    const compared = await compareDeployedWithSynth({
      ...runtime,
      assembly: deployment.assembly,
      stack: 'Fixture',
    });
    expect(compared.differences).toEqual([]);
    expect(Object.values(compared.functions)).toEqual([1]);
    expect(compared.templateBytes).toBeGreaterThan(10_000);
  });

  it('is told apart from a template and a bundle that differ by a byte', async () => {
    const assembly = join(runtime.root, 'other.out');
    cpSync(deployment.assembly, assembly, { recursive: true });
    appendFileSync(join(assembly, 'Fixture.template.json'), '\n');
    const asset = readdirSync(assembly).find((name) => name.startsWith('asset.'))!;
    appendFileSync(join(assembly, asset, 'index.js'), '\n');
    const { differences } = await compareDeployedWithSynth({ ...runtime, assembly, stack: 'Fixture' });
    expect(differences).toEqual([
      expect.stringMatching(/^the template differs/),
      expect.stringMatching(/^Handler\w+: index\.js differs/),
    ]);
  });
});

describe('events', () => {
  it('carry version id, size, etag and sequencer of an object, and reach the function through rule and queue', async () => {
    const bus = new EventBridgeClient(runtime.client);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'seen' }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    await bus.send(
      new PutRuleCommand({ Name: 'seen', EventPattern: JSON.stringify({ source: ['aws.s3'] }) }),
    );
    await bus.send(
      new PutTargetsCommand({ Rule: 'seen', Targets: [{ Id: 'seen', Arn: Attributes!.QueueArn }] }),
    );

    const s3 = new S3Client({ ...runtime.client, forcePathStyle: true });
    const put = await s3.send(
      new PutObjectCommand({ Bucket: outputs.BucketName, Key: 'raw/a b=c.csv', Body: 'x,y\n1,2\n' }),
    );
    const seen = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    expect(JSON.parse(seen.Messages![0]!.Body!).detail).toMatchObject({
      bucket: { name: outputs.BucketName },
      object: {
        key: 'raw/a b=c.csv',
        size: 8,
        etag: JSON.parse(put.ETag!),
        'version-id': put.VersionId,
        sequencer: expect.stringMatching(/^[0-9A-F]{16,}$/),
      },
      reason: 'PutObject',
    });
    await notes((all) => all.some(({ body }) => body.includes('raw/a b=c.csv')));
  });

  it('of a schedule name the time that was due, a minute apart', async () => {
    const ticks = (all: Note[]) => all.filter(({ body }) => body.includes('"tick"'));
    const taken = ticks(await notes((all) => ticks(all).length >= 3));
    const due = taken.map(({ body }) => Date.parse(JSON.parse(body).tick)).sort();
    expect(due[1]! - due[0]!).toBe(60_000);
    expect(due[2]! - due[1]!).toBe(60_000);
    // A virtual minute is one real second; the function gets the message within five.
    const lag = Math.min(...taken.map(({ body, at }) => Date.parse(at) - Date.parse(JSON.parse(body).tick)));
    expect(lag).toBeGreaterThanOrEqual(0);
    expect(lag).toBeLessThan(5 * SPEED * 1000);
  });
});

describe('queues', () => {
  it('deliver a delayed message when the virtual delay is over', async () => {
    const sent = runtime.clock.now();
    await send({ delayed: true }, 120);
    const taken = await notes((all) => all.some(({ body }) => body.includes('delayed')));
    const at = Date.parse(taken.find(({ body }) => body.includes('delayed'))!.at);
    expect(at - sent.getTime()).toBeGreaterThanOrEqual(120_000);
    expect(at - sent.getTime()).toBeLessThan(120_000 + 5 * SPEED * 1000);
  });

  it('deliver a message once although the function works on it longer than the visibility timeout', async () => {
    await send({ sleepMs: 3_000, slow: true });
    const slow = (all: Note[]) => all.filter(({ body }) => body.includes('slow'));
    await notes((all) => slow(all).length >= 1);
    await wait(1_500);
    expect(slow(await notes(() => true))).toHaveLength(1);
  });

  it('have their visible messages counted once a virtual minute', async () => {
    await sqs.send(new SendMessageCommand({ QueueUrl: outputs.DeadLettersUrl, MessageBody: 'lost' }));
    const cloudWatch = new CloudWatchClient(runtime.client);
    const { MetricAlarms } = await cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [outputs.AlarmName!] }),
    );
    await wait(2_500);
    const { Datapoints } = await cloudWatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: MetricAlarms![0]!.Dimensions,
        StartTime: new Date(runtime.clock.now().getTime() - 60_000),
        EndTime: runtime.clock.now(),
        Period: 60,
        Statistics: ['Maximum'],
      }),
    );
    expect(Datapoints!.map(({ Maximum }) => Maximum)).toContain(1);
  });
});

describe('functions', () => {
  it('see the virtual time, and have their real time left', async () => {
    const machines = new StateMachines(runtime);
    const { output } = await machines.ended(await machines.start(outputs.MachineArn!, { hello: 'wheel' }));
    expect(output.event).toEqual({ hello: 'wheel' });
    expect(Math.abs(Date.parse(output.now) - runtime.clock.now().getTime())).toBeLessThan(3 * SPEED * 1000);
    expect(output.remainingMs).toBeGreaterThan(8_000);
    expect(output.remainingMs).toBeLessThanOrEqual(10_000);
  });

  it('fail with the name of their error', async () => {
    const machines = new StateMachines(runtime);
    const ended = await machines.ended(await machines.start(outputs.MachineArn!, { fail: 'no such model' }));
    expect(ended.error).toBe('Refused');
    expect(JSON.parse(ended.cause!)).toMatchObject({ errorType: 'Refused', errorMessage: 'no such model' });
  });

  it('answer HTTP API calls of up to 10 MB, and larger ones are refused', async () => {
    const url = `${runtime.endpointUrl}/_aws/execute-api/${outputs.ApiId}/$default/echo`;
    const answered = await fetch(url, { method: 'POST', body: '{"instances":[]}' });
    expect([answered.status, await answered.text()]).toEqual([200, '{"instances":[]}']);
    const refused = await fetch(url, { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1, 'x') });
    expect([refused.status, await refused.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
  });
});
