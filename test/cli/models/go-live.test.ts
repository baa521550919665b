import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../cli/errors';
import { describeWentLive, goLive, outcome } from '../../../cli/registry/go-live';
import type { Registry } from '../../../cli/registry/registry';
import { modelWorld } from '../../registry/models/world';
import { aVersion, MODEL } from '../../registry/samples';

const PIPELINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:deployment';
const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:deployment:promote-v2';
const sfn = mockClient(SFNClient);

let world: ReturnType<typeof modelWorld>;

beforeEach(async () => {
  sfn.reset();
  sfn.on(StartExecutionCommand).resolves({ executionArn: EXECUTION });
  world = modelWorld();
  await world.pipeline.createModelVersion(aVersion(), 'a');
  await world.pipeline.createModelVersion(aVersion(), 'b');
});

function registry(overrides: Partial<Registry> = {}): Registry {
  return {
    context: { stack: 'FlightDelays', stepFunctions: new SFNClient({}) } as Registry['context'],
    model: MODEL,
    store: world.pipeline,
    tracking: world.tracking,
    models: world.store,
    datasetVersion: async () => undefined,
    change: async (reason) => ({ by: 'arn:aws:iam::123456789012:user/ada', at: new Date(0), reason }),
    ...overrides,
  };
}

const go = (version: number, overrides: Partial<Registry> = {}, verb: 'promote' | 'rollback' = 'promote') =>
  goLive({
    registry: registry(overrides),
    model: MODEL,
    version,
    verb,
    reason: 'why not',
    wait: true,
    json: true,
  });

async function firstDeployment(): Promise<void> {
  await world.pipeline.putDeployment({
    deploymentId: 'd1',
    model: MODEL,
    version: 1,
    trigger: 'data',
    status: 'live',
    endpointName: MODEL,
    endpointConfigName: 'flights-v1-d1',
    reasons: [],
    startedAt: '2013-02-01T00:00:00.000Z',
  });
}

const ended = (status: string, reasons: string[]) =>
  sfn
    .on(DescribeExecutionCommand)
    .resolves({ status: 'SUCCEEDED', output: JSON.stringify({ status, reasons }) });

describe('promoting a version of a model without an endpoint', () => {
  it('moves the alias, and says so again when asked again', async () => {
    expect(await go(2)).toMatchObject({ version: 2, status: 'live', previous: undefined });
    expect(await go(1)).toMatchObject({ version: 1, status: 'live', previous: 2 });
    expect(await go(1)).toMatchObject({ version: 1, status: 'unchanged' });
    expect(await world.store.getAlias(MODEL, 'champion')).toMatchObject({ version: 1, revision: 2 });
    const last = (await world.store.history(MODEL)).at(-1);
    expect(last).toMatchObject({ by: 'arn:aws:iam::123456789012:user/ada', reason: 'why not' });
    expect(sfn.calls()).toHaveLength(0);
  });

  it('and rolling back moves it to exactly the version before', async () => {
    await go(1);
    await go(2);
    expect(await go(1, {}, 'rollback')).toMatchObject({ version: 1, previous: 2, status: 'live' });
  });

  it('is refused when another stack deploys the model, and the refusal names the option', async () => {
    await firstDeployment();
    await expect(go(2)).rejects.toThrow(/name that stack with --stack/);
  });
});

describe('promoting a version of a deployed model', () => {
  const deployed = { deploymentPipeline: PIPELINE };

  it('starts its deployment, with who asked and why, and tells how it ended', async () => {
    await firstDeployment();
    ended('live', ['The canary was healthy.']);
    expect(await go(2, deployed)).toEqual({
      model: MODEL,
      version: 2,
      previous: undefined,
      executionArn: EXECUTION,
      status: 'live',
      reasons: ['The canary was healthy.'],
    });
    const { stateMachineArn, input } = sfn.commandCalls(StartExecutionCommand)[0]!.args[0].input;
    expect(stateMachineArn).toBe(PIPELINE);
    expect(JSON.parse(input ?? '')).toEqual({
      model: MODEL,
      version: 2,
      trigger: 'manual',
      reasons: ['why not'],
      requestedBy: 'arn:aws:iam::123456789012:user/ada',
    });
  });

  it('tells of a rollback as one', async () => {
    ended('rolled-back', ['The alarm went off.']);
    const went = await go(2, deployed);
    expect(describeWentLive({ ...went, previous: 1 })).toBe(
      'flights: version 2 was rolled back, before: version 1, which is still live\n  The alarm went off.',
    );
  });

  it('does not start what the deployment would refuse', async () => {
    await world.store.requestApproval(MODEL, 2, {}, { by: 'ada', at: new Date(0) });
    await expect(go(2, deployed)).rejects.toThrow(
      'Version 2 of model "flights" waits for approval since 1970-01-01T00:00:00.000Z: approve it first (flywheel models approve 2).',
    );
    await expect(go(9, deployed)).rejects.toThrow(UserError);
    await world.store.createVersion({ name: MODEL, source: 's3://a' }, { by: 'ada', at: new Date(0) });
    await expect(go(3, deployed)).rejects.toThrow('Version 3 of model "flights" cannot be served');
    expect(sfn.commandCalls(StartExecutionCommand)).toHaveLength(0);
  });

  it('says why the execution itself failed', () => {
    expect(outcome('TIMED_OUT', undefined, 'took too long')).toEqual({
      status: 'failed',
      reasons: ['The execution ended TIMED_OUT: took too long'],
    });
  });
});
