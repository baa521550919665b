import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { App, Stack } from 'aws-cdk-lib';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModelRegistry } from '../../lib/registry/model-registry';
import { RECORD_KEYS } from '../../lib/registry/tracking-contract';
import { awsEnvironment } from '../../local/runtime/aws-environment';
import { type Deployment, deploy } from '../../local/runtime/deploy';
import { compareDeployedWithSynth } from '../../local/runtime/deployed-equals-synth';
import { noServices, type TestRuntime, testRuntime } from '../local/support/runtime';

const STACK = 'Registry';
/** It takes well under a minute on a machine with nothing else to do. */
const DAY_LIMIT_MS = 420_000;

let runtime: TestRuntime;
let deployment: Deployment;
let uri: string;

beforeAll(async () => {
  runtime = await testRuntime({ services: noServices });
  const app = new App({ outdir: join(runtime.root, 'cdk.out') });
  const stack = new Stack(app, STACK);
  new ModelRegistry(stack, 'Registry');
  app.synth();
  deployment = await deploy({ endpointUrl: runtime.endpointUrl, app: app.outdir, workDir: runtime.root });
  // The host that the output names is AWS's; on the laptop the same API answers below the runtime's own address.
  const output = Object.values(deployment.outputs[STACK]!).find((value) => value.includes('.execute-api.'))!;
  const [, id, stage] = /^https:\/\/([^.]+)\.[^/]+\/(.+)$/.exec(output)!;
  uri = `${runtime.endpointUrl}/_aws/execute-api/${id}/${stage}`;
}, 180_000);
afterAll(() => runtime?.close(), 60_000);

const signer = new AwsClient({
  accessKeyId: 'test',
  secretAccessKey: 'test',
  service: 'execute-api',
  region: 'us-east-1',
  retries: 0,
});

const call = (method: string, path: string, body?: object): Promise<Response> =>
  signer.fetch(`${uri}${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });

// biome-ignore lint/suspicious/noExplicitAny: replies of many shapes, each looked into once
async function ok(method: string, path: string, body?: object): Promise<any> {
  const answer = await call(method, `/api/2.0/mlflow/${path}`, body);
  const text = await answer.text();
  expect([answer.status, text]).toEqual([200, text]);
  return JSON.parse(text);
}

describe('the deployed tracking API', () => {
  it('is byte for byte what was synthesised', async () => {
    const { differences } = await compareDeployedWithSynth({
      endpointUrl: runtime.endpointUrl,
      assembly: deployment.assembly,
      stack: STACK,
    });
    expect(differences).toEqual([]);
  });

  it("refuses who is not signed in, in MLflow's words", async () => {
    const answer = await fetch(`${uri}/api/2.0/mlflow/experiments/get?experiment_id=0`);
    expect([answer.status, await answer.json()]).toEqual([
      401,
      { error_code: 'UNAUTHENTICATED', message: 'Missing Authentication Token' },
    ]);
  });

  it('logs a run, finds it, and tells the history of its metric', async () => {
    const { experiment_id } = await ok('POST', 'experiments/create', { name: 'flights/été' });
    const { run } = await ok('POST', 'runs/create', { experiment_id, start_time: 1, run_name: 'first' });
    const { run_id } = run.info;
    await ok('POST', 'runs/log-batch', {
      run_id,
      params: [{ key: 'depth', value: '3' }],
      metrics: [1, 2, 3].map((step) => ({ key: 'loss', value: 1 / step, timestamp: step, step })),
      tags: [{ key: 'team', value: 'ops' }],
    });
    const found = await ok('POST', 'runs/search', {
      experiment_ids: [experiment_id],
      filter: "metrics.loss < 0.5 AND params.depth = '3' AND tags.team = 'ops'",
    });
    expect(found.runs.map((each: { info: { run_id: string } }) => each.info.run_id)).toEqual([run_id]);
    const history = await ok('GET', `metrics/get-history?run_id=${run_id}&metric_key=loss`);
    expect(history.metrics.map(({ step }: { step: number }) => step)).toEqual([1, 2, 3]);
    expect(run.info.artifact_uri).toMatch(/^s3:\/\/[^/]+\/experiments\//);
  });

  it('registers a version and moves its alias, by PATCH and DELETE with bodies too', async () => {
    await ok('POST', 'registered-models/create', { name: 'flights' });
    const { run } = await ok('POST', 'runs/create', { experiment_id: '0', start_time: 2 });
    const source = `${run.info.artifact_uri}/model`;
    const version = { name: 'flights', source, run_id: run.info.run_id };
    expect((await ok('POST', 'model-versions/create', version)).model_version).toMatchObject({
      version: '1',
    });
    await ok('POST', 'registered-models/alias', { name: 'flights', alias: 'best', version: '1' });
    await ok('PATCH', 'registered-models/update', { name: 'flights', description: 'delays' });
    const byAlias = await ok('GET', 'registered-models/alias?name=flights&alias=best');
    expect(byAlias.model_version).toMatchObject({ version: '1', run_id: run.info.run_id });
    await ok('DELETE', 'registered-models/alias', { name: 'flights', alias: 'best' });
    const { registered_model } = await ok('GET', 'registered-models/get?name=flights');
    expect(registered_model).toMatchObject({ name: 'flights', description: 'delays' });
    expect(registered_model.aliases ?? []).toEqual([]);
  });

  it('answers long filters and compressed replies', async () => {
    const filter = `run_id IN (${Array.from({ length: 180 }, (_, index) => `'${String(index).padStart(32, '0')}'`)})`;
    expect(await ok('GET', `model-versions/search?filter=${encodeURIComponent(filter)}`)).toEqual({});
    const answer = await call('GET', '/api/2.0/mlflow/experiments/search?max_results=10');
    expect(answer.status).toBe(200);
  });

  it("says what it does not know in MLflow's words", async () => {
    const unknown = await call('GET', '/api/2.0/mlflow/runs/get?run_id=nobody');
    expect([unknown.status, await unknown.json()]).toMatchObject([
      404,
      { error_code: 'RESOURCE_DOES_NOT_EXIST' },
    ]);
    const elsewhere = await call('POST', '/api/2.0/mlflow/registered-models//alias', {});
    expect([elsewhere.status, await elsewhere.json()]).toMatchObject([
      404,
      { error_code: 'ENDPOINT_NOT_FOUND' },
    ]);
  });
});

describe('the ordinary day of an unmodified client, signed with IAM credentials, artifacts straight to S3', () => {
  it.each(['3', '2'])(
    'with MLflow %s.x',
    async (client) => {
      const { code, output } = await run(process.execPath, ['test/mlflow/run.mjs', '--only', client, uri]);
      expect([code, output]).toEqual([0, output]);
    },
    420_000,
  );
});

describe('all of that', () => {
  it('writes no record but those that its role may write', async () => {
    const table = DynamoDBDocumentClient.from(new DynamoDBClient(runtime.client));
    const { Items = [] } = await table.send(new ScanCommand({ TableName: await tableName() }));
    expect(Items.length).toBeGreaterThan(10);
    const own = RECORD_KEYS.map((key) => new RegExp(`^${key.replace('*', '.*')}$`, 's'));
    const keys = Items.flatMap(({ PK, GSI1PK }) => [PK, GSI1PK]).filter((key) => key !== undefined);
    expect(keys.filter((key) => !own.some((pattern) => pattern.test(key)))).toEqual([]);
  });
});

/** Runs a tool against the runtime; what it printed, both ways. */
async function run(command: string, args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, args, {
    // A group of its own: what it starts ends with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...awsEnvironment(runtime.endpointUrl), MLFLOW_TRACKING_AWS_SIGV4: 'true' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const limit = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), DAY_LIMIT_MS);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(limit);
  return { code, output };
}

async function tableName(): Promise<string> {
  const { StackResources = [] } = await new CloudFormationClient(runtime.client).send(
    new DescribeStackResourcesCommand({ StackName: STACK }),
  );
  return StackResources.find(({ ResourceType }) => ResourceType === 'AWS::DynamoDB::Table')!
    .PhysicalResourceId!;
}
