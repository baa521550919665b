import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  ListEndpointConfigsCommand,
  ListModelsCommand,
  ListTagsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { metricWriter } from '../../lambdas/monitoring/metrics';
import { registryStore } from '../../lambdas/registry/registry-store';
import { readAlarms, readEndpoint } from '../../lambdas/serving/endpoint-reader';
import { cleanUp } from '../../lambdas/serving/finish-deployment/clean-up';
import { publishEvent } from '../../lambdas/shared/events';
import { executions } from '../../lambdas/training/executions';
import { ENV_EVENT_BUS } from '../../lib/events-contract';
import { RegistryEnv } from '../../lib/registry/contract';
import { Tag } from '../../lib/serving/contract';
import { aVersion, MODEL } from '../registry/samples';
import { TestTable } from '../registry/support/test-table';
import { type AwsRequest, ROOT, validateRequests } from './python';

/** Clients whose every request is recorded and checked, by the package that they come from. */
const MOCKS = {
  '@aws-sdk/client-sagemaker': { service: 'sagemaker', mock: mockClient(SageMakerClient) },
  '@aws-sdk/client-sagemaker-runtime': {
    service: 'sagemaker-runtime',
    mock: mockClient(SageMakerRuntimeClient),
  },
  '@aws-sdk/client-cloudwatch': { service: 'cloudwatch', mock: mockClient(CloudWatchClient) },
  '@aws-sdk/client-eventbridge': { service: 'events', mock: mockClient(EventBridgeClient) },
  '@aws-sdk/client-sfn': { service: 'stepfunctions', mock: mockClient(SFNClient) },
};

const AT = '2026-11-23T12:00:00.000Z';
const STATE_MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:training';

/** The registry in memory, with a champion, behind the client that handlers make for themselves. */
async function registryWithChampion(): Promise<void> {
  const table = new TestTable();
  const store = registryStore(table.client, 'registry');
  const { version } = await store.createModelVersion(aVersion(), 'token');
  await store.moveAlias({
    model: MODEL,
    alias: 'champion',
    version,
    expectedRevision: undefined,
    reason: 'first',
    deploymentId: 'd-1',
    at: AT,
  });
  mockClient(DynamoDBDocumentClient)
    .on(GetCommand)
    .callsFake((input) => table.client.send(new GetCommand(input)))
    .on(QueryCommand)
    .callsFake((input) => table.client.send(new QueryCommand(input)));
}

/** Names that a handler's deployments leave behind, oldest last. */
const deployed = (version: number) => `${MODEL}-v${version}-0000000${version}`;

async function exerciseSageMaker(): Promise<void> {
  const { mock } = MOCKS['@aws-sdk/client-sagemaker'];
  const versions = [5, 4, 3, 2, 1];
  mock.onAnyCommand().resolves({});
  mock
    .on(ListEndpointConfigsCommand)
    .resolves({
      EndpointConfigs: versions.map((version) => ({
        EndpointConfigName: deployed(version),
        EndpointConfigArn: `arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/${deployed(version)}`,
        CreationTime: new Date(Date.UTC(2026, 0, version)),
      })),
    })
    .on(ListModelsCommand)
    .resolves({
      Models: versions.map((version) => ({
        ModelName: deployed(version),
        ModelArn: `arn:aws:sagemaker:us-east-1:123456789012:model/${deployed(version)}`,
        CreationTime: new Date(Date.UTC(2026, 0, version)),
      })),
    })
    .on(ListTagsCommand)
    .resolves({ Tags: [{ Key: Tag.MODEL, Value: MODEL }] });
  const client = new SageMakerClient({});
  await readEndpoint(client, MODEL);
  await cleanUp(client, MODEL, MODEL);
}

async function exercisePrediction(): Promise<void> {
  Object.assign(process.env, { AWS_REGION: 'us-east-1', MODEL_NAME: MODEL, [RegistryEnv.TABLE]: 'registry' });
  MOCKS['@aws-sdk/client-sagemaker-runtime'].mock
    .onAnyCommand()
    .resolves({ Body: Buffer.from('0.25\n') as never });
  const { handler } = await import('../../lambdas/serving/predict');
  const answer = await handler({ body: '{"instances":[{"dep_delay":3}]}', isBase64Encoded: false });
  expect(answer).toMatchObject({ statusCode: 200 });
}

async function exerciseTheRest(): Promise<void> {
  MOCKS['@aws-sdk/client-cloudwatch'].mock.onAnyCommand().resolves({});
  MOCKS['@aws-sdk/client-eventbridge'].mock.onAnyCommand().resolves({});
  MOCKS['@aws-sdk/client-sfn'].mock.onAnyCommand().resolves({});
  process.env[ENV_EVENT_BUS] = 'default';
  await publishEvent('Champion Changed', { model: MODEL, version: 2 });
  await metricWriter(
    new CloudWatchClient({}),
    MODEL,
  )([{ name: 'DriftedFeatures', value: 1, at: new Date(AT) }]);
  await readAlarms(new CloudWatchClient({}), [`${MODEL}-latency`]);
  const pipeline = executions(new SFNClient({}), STATE_MACHINE);
  await pipeline.start({ runId: 'data-aaaaaaaa-00000001' } as never);
  await pipeline.describe('data-aaaaaaaa-00000001');
}

/** Times and bytes, as the check knows them. */
const encoded = (parameters: unknown): unknown =>
  JSON.parse(
    JSON.stringify(parameters, function (this: Record<string, unknown>, key, value) {
      const raw = this[key];
      if (raw instanceof Date) return { $time: raw.toISOString() };
      if (raw instanceof Uint8Array) return { $bytes: raw.length };
      return value;
    }),
  );

const recorded = (): AwsRequest[] =>
  Object.values(MOCKS).flatMap(({ service, mock }) =>
    mock.calls().map(({ args: [command] }) => ({
      service,
      operation: command.constructor.name.replace(/Command$/, ''),
      parameters: encoded(command.input),
      where: command.constructor.name,
    })),
  );

/** Operations that the handlers' sources ask a package for: `XCommand`, or `paginateX` for all pages of X. */
function operationsInSources(packageName: string): string[] {
  const files = readdirSync(join(ROOT, 'lambdas'), { recursive: true, encoding: 'utf8' });
  const imports = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(ROOT, 'lambdas', file), 'utf8'))
    .flatMap((source) => [...source.matchAll(/import \{([^}]*)\} from '([^']+)'/g)])
    .filter(([, , from]) => from === packageName)
    .flatMap(([, names]) => names!.split(','));
  return imports.flatMap((name) => {
    const [, command, paged] = /^\s*(?:(\w+)Command|paginate(\w+))\s*$/.exec(name) ?? [];
    return command ?? paged ?? [];
  });
}

describe('the requests that handlers make', () => {
  beforeAll(async () => {
    await registryWithChampion();
    await exerciseSageMaker();
    await exercisePrediction();
    await exerciseTheRest();
  });

  afterAll(() => {
    for (const { mock } of Object.values(MOCKS)) mock.restore();
  });

  test.each(Object.entries(MOCKS))('to %s are all recorded here', (packageName, { service }) => {
    const operations = new Set(
      recorded()
        .filter((r) => r.service === service)
        .map((r) => r.operation),
    );
    const named = operationsInSources(packageName);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((operation) => !operations.has(operation))).toEqual([]);
  });

  test("are ones that AWS's service models know", () => {
    expect(validateRequests(recorded())).toEqual([]);
  });
});
