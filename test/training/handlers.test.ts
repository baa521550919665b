import type { SQSEvent } from 'aws-lambda';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FencedError } from '../../lambdas/registry/registry-store';
import { createHandler as admitHandler } from '../../lambdas/training/admit/index';
import { createHandler as beginHandler } from '../../lambdas/training/begin-run/index';
import { createHandler as concludeHandler } from '../../lambdas/training/conclude/index';
import { createHandler as judgeHandler } from '../../lambdas/training/judge/index';
import { parseScores } from '../../lambdas/training/scores';
import { aRun, aVersion, MODEL } from '../registry/samples';
import { dataTrigger, GovernorWorld, version } from './governor-world';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});

let world: GovernorWorld;
beforeEach(() => {
  world = new GovernorWorld();
  world.newest = version('a');
});

const message = (body: object | string, messageId = 'm1') => ({
  messageId,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  attributes: { SentTimestamp: '1362139200000' },
});
const sqs = (...records: ReturnType<typeof message>[]) => ({ Records: records }) as unknown as SQSEvent;
const created = (name: string) => ({
  source: 'flywheel',
  'detail-type': 'Dataset Version Created',
  detail: { dataset: 'flights', datasetVersion: version(name) },
});

describe('admit', () => {
  const findings = async (alarm: string) =>
    alarm === `${MODEL}-drift` ? ['feature "temp" drifted: its distribution changed (PSI 0.42)'] : [];
  const admit = (event: SQSEvent) => admitHandler({ ...world.deps, findings })(event);

  it.each([
    [
      `${MODEL}-drift`,
      [/^feature "temp" drifted.*PSI 0\.42/, /^alarm ".*-drift" went into ALARM: 1 datapoint/],
    ],
    ['checkout-errors', [/^alarm "checkout-errors" went into ALARM: 1 datapoint/]],
  ])('says in the run what alarm %s found', async (alarmName, reasons) => {
    const state = { value: 'ALARM', reason: '1 datapoint', timestamp: '2013-03-01T12:00:00.000+0000' };
    const detail = { alarmName, state, previousState: { value: 'OK' } };
    await admit(
      sqs(message({ source: 'aws.cloudwatch', 'detail-type': 'CloudWatch Alarm State Change', detail })),
    );
    const [run] = await world.store.listRuns(MODEL, 10);
    expect(run?.reasons).toEqual(reasons.map((reason) => expect.stringMatching(reason)));
  });

  it('starts one run for the same event in two messages and reports no failure', async () => {
    const answer = await admit(sqs(message(created('a'), 'm1'), message(created('a'), 'm2')));
    expect(answer.batchItemFailures).toEqual([]);
    expect(world.executions.size).toBe(1);
  });

  it('gives back only the message that failed', async () => {
    const answer = await admit(sqs(message('garbage', 'bad'), message(created('a'), 'good')));
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'bad' }]);
    expect(world.executions.size).toBe(1);
  });

  it('asks again for what waits when it is told to', async () => {
    await world.store.putPendingTrigger(MODEL, dataTrigger('a'));
    await admit(sqs(message({ 'detail-type': 'flywheel.training.reexamine' })));
    expect(world.running()).toHaveLength(1);
  });
});

describe('begin-run', () => {
  const event = (leaseToken: number) => ({
    runId: aRun().runId,
    model: MODEL,
    leaseToken,
    executionArn: 'arn:execution',
    params: { 'max-iter': '100' },
    tags: { 'mlflow.source.git.commit': 'c0ffee' },
  });
  const begin = () => beginHandler({ ...world.deps, store: world.store, leaseSeconds: 1000 });
  const lease = (owner: string) =>
    world.store.acquireLease({
      model: MODEL,
      name: 'training',
      owner,
      now: world.clock.now(),
      ttlSeconds: 10,
    });

  beforeEach(async () => {
    await world.store.createRun(aRun());
  });

  it('renews the lease for the whole run and records what it is made with', async () => {
    await lease(aRun().runId);
    expect(await begin()(event(1))).toEqual({});
    expect(await world.store.getLease(MODEL, 'training')).toMatchObject({
      token: 1,
      expiresAt: '2013-03-01T00:16:40.000Z',
    });
    expect(await world.store.getRun(aRun().runId)).toMatchObject({
      executionArn: 'arn:execution',
      params: { 'max-iter': '100' },
      tags: { 'mlflow.source.git.commit': 'c0ffee' },
    });
    expect(world.mirrored).toEqual([aRun().runId]);
  });

  it('tells which champion the run is judged against', async () => {
    await lease(aRun().runId);
    await world.store.createModelVersion(aVersion(), 'a');
    await world.store.moveAlias({
      model: MODEL,
      alias: 'champion',
      version: 1,
      expectedRevision: undefined,
      reason: 'x',
      at: '2013-02-01T00:00:00.000Z',
    });
    expect(await begin()(event(1))).toEqual({
      champion: { version: 1, artifactUri: aVersion().artifactUri },
    });
    expect((await world.store.getRun(aRun().runId))?.championVersion).toBe(1);
  });

  it('stops a run whose lease has passed to another', async () => {
    await lease(aRun().runId);
    world.clock.advance(11);
    await lease('another');
    await expect(begin()(event(1))).rejects.toThrow(FencedError);
  });
});

describe('judge', () => {
  const rules = { metric: 'rocAuc', floor: 0.5, tolerance: 0.01, level: 0.95, threshold: 0.5, minRows: 4 };
  const table = ['1,0.9,0.6', '0,0.1,0.5', '1,0.8,0.7', '0,0.3,0.65'];
  const rows = Array.from({ length: 10 }, () => table).flat();
  const scores = ['label,candidate,champion', ...rows, ''].join('\n');
  const files: Record<string, string> = {};
  const handler = () =>
    judgeHandler({ ...world.deps, store: world.store, readText: async (key) => files[key]! });

  beforeEach(async () => {
    await world.store.createRun(aRun());
    files[`runs/${aRun().runId}/evaluation/scores.csv`] = scores;
    files[`runs/${aRun().runId}/evaluation/summary.json`] = JSON.stringify({ rows: 40, candidateSeconds: 1 });
  });

  it('records verdict and metrics with the run', async () => {
    const trainingMetrics = [{ MetricName: 'train:roc-auc', Value: 0.97 }];
    const answer = await handler()({ runId: aRun().runId, championVersion: 1, rules, trainingMetrics });
    expect(answer.accepted).toBe(true);
    const run = await world.store.getRun(aRun().runId);
    expect(run?.verdict).toMatchObject({
      accepted: true,
      candidate: { rocAuc: 1 },
      champion: { rocAuc: 0.75 },
    });
    expect(run?.metrics).toMatchObject({ rocAuc: 1, 'train:roc-auc': 0.97, holdoutRows: 40 });
    expect(world.mirrored).toEqual([aRun().runId]);
  });

  it('keeps the time of the first verdict when it is repeated', async () => {
    await handler()({ runId: aRun().runId, rules });
    world.clock.advance(60);
    await handler()({ runId: aRun().runId, rules });
    expect((await world.store.getRun(aRun().runId))?.judgedAt).toBe('2013-03-01T00:00:00.000Z');
  });

  it('does not judge a table that is incomplete', async () => {
    files[`runs/${aRun().runId}/evaluation/summary.json`] = JSON.stringify({ rows: 41 });
    await expect(handler()({ runId: aRun().runId, rules })).rejects.toThrow(
      'scored 41 rows, but its table has 40',
    );
  });

  it('does not judge without the champion that it was told of', async () => {
    files[`runs/${aRun().runId}/evaluation/scores.csv`] = scores.replace(/,0\.\d+$/gm, ',');
    await expect(handler()({ runId: aRun().runId, championVersion: 7, rules })).rejects.toThrow(
      'has no scores of the champion, version 7',
    );
  });

  it('names line and column of a score that is no number', () => {
    expect(() => parseScores('label,candidate,champion\n1,nan,\n')).toThrow(
      'Line 2 of the hold-out scores: candidate "nan" is not a number.',
    );
    expect(() => parseScores('label,candidate,champion\n2,0.5,\n')).toThrow(
      'Line 2 of the hold-out scores: label 2',
    );
    expect(() => parseScores('y,p\n1,0.5\n')).toThrow('have the columns "y,p"');
  });
});

describe('conclude', () => {
  it('ends the run, frees the lease, tells the world and wakes the governor, as often as it is called', async () => {
    await world.deliver(dataTrigger('a'));
    const runId = world.running()[0]!;
    let woken = 0;
    const conclude = concludeHandler({
      ...world.deps,
      reexamine: async () => {
        woken += 1;
      },
    });
    const event = {
      runId,
      model: MODEL,
      leaseToken: 1,
      verdict: { accepted: true, reasons: ['good'] },
      registered: { version: 1 },
      deployed: { status: 'live', reasons: ['healthy'], deploymentId: 'd1' },
    };
    await conclude(event);
    await conclude(event);
    expect(await world.store.getRun(runId)).toMatchObject({
      status: 'FINISHED',
      deployment: 'live',
      modelVersion: 1,
      endedAt: '2013-03-01T00:00:00.000Z',
    });
    expect(await world.store.getLease(MODEL, 'training')).toBeUndefined();
    expect(woken).toBe(2);
    expect(world.published.at(-1)).toMatchObject({
      type: 'Training Run Completed',
      detail: { runId, status: 'FINISHED', deployment: 'live', modelVersion: 1 },
    });
  });

  it('fails last of all when the end could not be shown to MLflow, with the run ended and the lease free', async () => {
    await world.deliver(dataTrigger('a'));
    const runId = world.running()[0]!;
    let woken = 0;
    const conclude = concludeHandler({
      ...world.deps,
      mirror: async () => {
        throw new Error('the table is throttled');
      },
      reexamine: async () => {
        woken += 1;
      },
    });
    await expect(conclude({ runId, model: MODEL, leaseToken: 1 })).rejects.toThrow('the table is throttled');
    expect((await world.store.getRun(runId))?.status).toBe('FINISHED');
    expect(await world.store.getLease(MODEL, 'training')).toBeUndefined();
    expect(woken).toBe(1);
  });

  it('records in words why a run failed', async () => {
    await world.deliver(dataTrigger('a'));
    const runId = world.running()[0]!;
    const error = {
      Error: 'States.TaskFailed',
      Cause: JSON.stringify({ TrainingJobName: 't', FailureReason: 'boom' }),
    };
    await concludeHandler({ ...world.deps, reexamine: async () => undefined })({
      runId,
      model: MODEL,
      leaseToken: 1,
      error,
    });
    expect(await world.store.getRun(runId)).toMatchObject({
      status: 'FAILED',
      failure: 'training job t ended as Failed: boom',
    });
  });
});
