import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postPredictions } from '../../cli/prediction-client';
import { DetailType } from '../../lib/events-contract';
import { drop, governorDecision, lakeVerdict, runToEnd } from '../../local/loop/drops';
import { departures, makeFlightData, monthFile } from '../../local/loop/flights';
import { Narrator } from '../../local/loop/narrator';
import { openWorld } from '../../local/loop/open-world';
import { predict } from '../../local/loop/predictions';
import { requestTraining } from '../../local/loop/steps/deferred';
import type { World } from '../../local/loop/world';
import { type Deployment, deployApp } from '../../local/runtime/deploy';
import { compareDeployedWithSynth } from '../../local/runtime/deployed-equals-synth';
import { freePort } from '../../local/runtime/ports';
import { projectPython } from '../../local/runtime/python';
import { type Runtime, startRuntime } from '../../local/runtime/runtime';

const STACK = 'FlightDelays';
const ROWS = 3000;

let root: string;
let runtime: Runtime;
let deployment: Deployment;
let world: World;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'flywheel-loop-'));
  const data = join('.flywheel', 'data');
  await makeFlightData(projectPython(), data);
  runtime = await startRuntime({ port: await freePort(), speed: 60, root });
  deployment = await deployApp(runtime, { stack: STACK });
  world = await openWorld({
    runtime,
    narrator: new Narrator(() => undefined),
    stack: STACK,
    data,
    scratch: root,
    timeline: join(root, 'timeline.json'),
  });
}, 180_000);

afterAll(async () => {
  await world?.events.close();
  await runtime?.close();
  rmSync(root, { recursive: true, force: true });
}, 60_000);

/** The first rows of a month as files of their own, so that training takes a moment. */
function pieces(month: number, count: number): string[] {
  const [header, ...lines] = readFileSync(monthFile(world.data, month), 'utf8').trimEnd().split('\n');
  return Array.from({ length: count }, (_, index) => {
    const file = join(root, `month-${month}-part-${index}.csv`);
    const part = lines.slice((index * ROWS) / count, ((index + 1) * ROWS) / count);
    writeFileSync(file, `${[header, ...part].join('\n')}\n`);
    return file;
  });
}

async function executions(): Promise<{ name: string; status: string; start: number; stop: number }[]> {
  const { executions: found } = await world.context.stepFunctions.send(
    new ListExecutionsCommand({ stateMachineArn: world.outputs.trainingPipeline }),
  );
  return (found ?? []).map(({ name, status, startDate, stopDate }) => ({
    name: name ?? '',
    status: status ?? '',
    start: startDate?.getTime() ?? 0,
    stop: stopDate?.getTime() ?? Number.POSITIVE_INFINITY,
  }));
}

describe('what is deployed on the laptop', () => {
  it('is byte for byte the synthesised template and the bundles', async () => {
    const compared = await compareDeployedWithSynth({
      endpointUrl: runtime.endpointUrl,
      assembly: deployment.assembly,
      stack: STACK,
    });
    expect(compared.differences).toEqual([]);
    expect(Object.keys(compared.functions).length).toBeGreaterThan(10);
  });
});

describe('before a model is live', () => {
  it('the prediction API says so', async () => {
    const answer = await ask(JSON.stringify({ instances: [{}] }));
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body).error.code).toBe('NoLiveModel');
  });
});

describe('a drop of several files', () => {
  it('whose events come twice and out of order starts one run, and its model goes live', async () => {
    const startedAt = world.now().toISOString();
    const files = pieces(1, 3);
    await drop(world, files);
    await repeatEvents(files.map((file) => file.split('/').at(-1) ?? ''));
    const closed = await lakeVerdict(world);
    expect(closed.detailType).toBe(DetailType.DATASET_VERSION_CREATED);
    expect(closed.detail).toMatchObject({ objects: 3, rows: ROWS });
    const decided = await governorDecision(world, 'data');
    const turn = await runToEnd(world, decided.detail.runId, startedAt);
    expect(turn).toMatchObject({ deployment: 'live', modelVersion: 1 });
    expect(await executions()).toHaveLength(1);
  }, 240_000);
});

describe('bad input to the prediction API', () => {
  const valid = (): Record<string, unknown> => ({ ...departures(world.data, 2, 1)[0]?.instance });

  it('of a wrong type is answered with the field', async () => {
    const answer = await ask(JSON.stringify({ instances: [valid(), { ...valid(), dep_delay: 'abc' }] }));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body).error).toMatchObject({ field: 'instances[1].dep_delay' });
  });

  it('without a column is answered with the column', async () => {
    const { carrier: _carrier, ...rest } = valid();
    const answer = await ask(JSON.stringify({ instances: [rest] }));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body).error).toMatchObject({ field: 'instances[0].carrier' });
  });

  it('of more than ten megabytes is refused as too large', async () => {
    const answer = await ask(JSON.stringify({ instances: [{ note: 'x'.repeat(10 * 1024 * 1024) }] }));
    expect(answer.status).toBe(413);
  });

  it('that is not JSON is told so', async () => {
    const answer = await ask('{"instances": [');
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body).error.message).toMatch(/JSON/);
  });
});

describe('two drops, one upon the other', () => {
  it('are trained on one after the other, and the trigger that had to wait is not lost', async () => {
    await drop(world, pieces(2, 1));
    const first = await lakeVerdict(world);
    await drop(world, pieces(3, 1));
    const second = await lakeVerdict(world);
    expect(second.detail.datasetVersion).not.toBe(first.detail.datasetVersion);
    await requestTraining(world, 'do not wait for tomorrow');
    await until(async () => {
      const runs = await world.store.listRuns(world.outputs.model, 10);
      return runs.some(
        (run) => run.datasetVersion === second.detail.datasetVersion && run.endedAt !== undefined,
      );
    }, 200_000);
    const all = (await executions()).sort((a, b) => a.start - b.start);
    expect(all).toHaveLength(3);
    for (const [index, run] of all.entries()) {
      expect(run.start).toBeGreaterThanOrEqual(all[index - 1]?.stop ?? 0);
    }
    expect(await world.store.listPendingTriggers(world.outputs.model)).toEqual([]);
    expect(await predict(world, departures(world.data, 4, 5))).toHaveLength(5);
  }, 240_000);
});

function ask(body: string): ReturnType<typeof postPredictions> {
  return postPredictions(world.context, world.outputs.predictionUrl, body);
}

async function until(done: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  for (const end = Date.now() + timeoutMs; !(await done()); await wait(250)) {
    expect(Date.now(), 'time is up').toBeLessThan(end);
  }
}

/** Hands the events of these objects to the lake's queue once more, the last first, as EventBridge may. */
async function repeatEvents(names: readonly string[]): Promise<void> {
  const sqs = new SQSClient({
    region: world.context.region,
    endpoint: runtime.endpointUrl,
    credentials: world.context.credentials,
  });
  const QueueUrl = await dropsQueue(sqs);
  for (const name of [...names].reverse()) {
    const detail = {
      version: '0',
      bucket: { name: world.outputs.lakeBucket },
      object: {
        key: `raw/${world.outputs.dataset}/${name}`,
        size: 1,
        etag: 'repeated',
        'version-id': 'repeated',
        sequencer: '0001',
      },
      reason: 'PutObject',
    };
    const event = {
      version: '0',
      id: `repeated-${name}`,
      'detail-type': 'Object Created',
      source: 'aws.s3',
      account: '000000000000',
      time: world.now().toISOString(),
      region: 'us-east-1',
      resources: [`arn:aws:s3:::${world.outputs.lakeBucket}`],
      detail,
    };
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }));
  }
}

async function dropsQueue(sqs: SQSClient): Promise<string> {
  const { QueueUrls } = await sqs.send(new ListQueuesCommand({}));
  const found = QueueUrls?.find((url) => url.includes('LandingsQueue'));
  expect(found, 'the queue of what landed').toBeDefined();
  return found ?? '';
}
