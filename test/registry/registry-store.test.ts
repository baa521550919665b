import { beforeEach, describe, expect, it } from 'vitest';
import {
  ConflictError,
  FencedError,
  NotFoundError,
  registryStore,
} from '../../lambdas/registry/registry-store';
import { aRun, aVersion, MODEL } from './samples';
import { TestTable } from './support/test-table';

let table: TestTable;
let store: ReturnType<typeof registryStore>;

beforeEach(() => {
  table = new TestTable();
  store = registryStore(table.client, 'registry', { sleep: async () => undefined, random: () => 0 });
});

describe('runs', () => {
  it('are created once and read back as they were written', async () => {
    expect(await store.createRun(aRun())).toBe(true);
    expect(await store.createRun(aRun({ reasons: ['someone else'] }))).toBe(false);
    expect(await store.getRun(aRun().runId)).toEqual(aRun());
  });

  it('gain params and metrics without losing those that are there', async () => {
    await store.createRun(aRun({ params: { depth: '3' }, metrics: { rocAuc: 0.9 } }));
    await store.updateRun(aRun().runId, { params: { 'learning-rate': '0.1' }, metrics: { 'log loss': 0.4 } });
    const run = await store.getRun(aRun().runId);
    expect(run?.params).toEqual({ depth: '3', 'learning-rate': '0.1' });
    expect(run?.metrics).toEqual({ rocAuc: 0.9, 'log loss': 0.4 });
  });

  it('keep the status in which they ended', async () => {
    await store.createRun(aRun());
    await store.updateRun(aRun().runId, { status: 'FAILED', failure: 'first' });
    await expect(store.updateRun(aRun().runId, { status: 'FINISHED' })).rejects.toThrow(
      new ConflictError('Run "data-aaaaaaaa-00000001" has ended as FAILED; it cannot become FINISHED.'),
    );
    await store.updateRun(aRun().runId, { status: 'FAILED' });
    expect((await store.getRun(aRun().runId))?.status).toBe('FAILED');
  });

  it('that do not exist cannot be updated', async () => {
    await expect(store.updateRun('ghost', { status: 'FAILED' })).rejects.toThrow(NotFoundError);
    expect(table.items).toHaveLength(0);
  });

  it('are listed newest first, up to the limit', async () => {
    for (const day of ['01', '03', '02']) {
      await store.createRun(aRun({ runId: `run-${day}`, startedAt: `2013-02-${day}T00:00:00.000Z` }));
    }
    expect((await store.listRuns(MODEL, 2)).map((run) => run.runId)).toEqual(['run-03', 'run-02']);
  });
});

describe('model versions', () => {
  it('are numbered from one and the same token answers the same version', async () => {
    const first = await store.createModelVersion(aVersion(), 'token-a');
    const again = await store.createModelVersion(aVersion({ threshold: 0.9 }), 'token-a');
    const second = await store.createModelVersion(aVersion(), 'token-b');
    expect([first.version, again, second.version]).toEqual([1, first, 2]);
  });

  it('leave one audit entry each', async () => {
    await store.createModelVersion(aVersion(), 'a');
    await store.createModelVersion(aVersion(), 'a');
    const audit = await store.listAudit(MODEL, 10);
    expect(audit.map((entry) => [entry.action, entry.version])).toEqual([['register-model-version', 1]]);
  });

  it('are refused to a run whose lease has passed to another', async () => {
    const at = (second: number) => new Date(second * 1000);
    const old = await store.acquireLease({
      model: MODEL,
      name: 'training',
      owner: 'a',
      now: at(0),
      ttlSeconds: 10,
    });
    await store.acquireLease({ model: MODEL, name: 'training', owner: 'b', now: at(11), ttlSeconds: 10 });
    const late = store.createModelVersion(aVersion(), 'a', { lease: 'training', token: old!.token });
    await expect(late).rejects.toThrow(FencedError);
    expect(await store.listModelVersions(MODEL)).toEqual([]);
  });
});

describe('the champion', () => {
  const move = (version: number, expectedRevision: number | undefined, deploymentId: string) =>
    store.moveAlias({
      model: MODEL,
      alias: 'champion',
      version,
      expectedRevision,
      deploymentId,
      reason: 'canary was healthy',
      at: '2013-02-01T01:00:00.000Z',
    });

  beforeEach(async () => {
    await store.createModelVersion(aVersion(), 'a');
    await store.createModelVersion(aVersion(), 'b');
  });

  it('remembers who was champion before', async () => {
    await move(1, undefined, 'd1');
    expect(await move(2, 1, 'd2')).toMatchObject({ version: 2, previous: 1, revision: 2 });
  });

  it('does not move for someone who read an older revision', async () => {
    await move(1, undefined, 'd1');
    await expect(move(2, undefined, 'd2')).rejects.toThrow(
      'Alias "champion" of model "flights" was expected at revision none, but it is at revision 1 (version 1)',
    );
  });

  it('answers the same when the same move is repeated', async () => {
    const moved = await move(1, undefined, 'd1');
    expect(await move(1, undefined, 'd1')).toEqual(moved);
    expect(await store.listAudit(MODEL, 10)).toHaveLength(3);
  });

  it('cannot be a version that does not exist', async () => {
    await expect(move(9, undefined, 'd1')).rejects.toThrow('Model "flights" has no version 9');
    expect(await store.getAlias(MODEL, 'champion')).toBeUndefined();
  });
});

describe('leases', () => {
  const at = (second: number) => new Date(Date.parse('2013-02-01T00:00:00Z') + second * 1000);
  const acquire = (owner: string, second: number) =>
    store.acquireLease({ model: MODEL, name: 'training', owner, now: at(second), ttlSeconds: 60 });

  it('are held by one owner, who may take them again with the same token', async () => {
    const grant = await acquire('a', 0);
    expect(grant).toEqual({ name: 'training', owner: 'a', token: 1, expiresAt: at(60).toISOString() });
    expect(await acquire('b', 59)).toBeUndefined();
    expect(await acquire('a', 30)).toMatchObject({ token: 1, expiresAt: at(90).toISOString() });
  });

  it('pass to the next owner with a greater token after release or expiry', async () => {
    const first = await acquire('a', 0);
    await store.releaseLease({ model: MODEL, name: 'training', owner: 'a', token: first!.token });
    expect(await store.getLease(MODEL, 'training')).toBeUndefined();
    expect((await acquire('b', 1))?.token).toBe(2);
    expect((await acquire('c', 62))?.token).toBe(3);
  });

  it('are not released by a former holder', async () => {
    const first = await acquire('a', 0);
    await acquire('b', 61);
    await store.releaseLease({ model: MODEL, name: 'training', owner: 'a', token: first!.token });
    expect(await store.getLease(MODEL, 'training')).toMatchObject({ owner: 'b', token: 2 });
  });
});

describe('triggers', () => {
  const trigger = {
    key: 'data:aaaa',
    trigger: 'data' as const,
    reasons: ['dataset version aaaa was accepted'],
    datasetVersion: 'aaaa',
    requestedAt: '2013-02-01T00:00:00.000Z',
  };
  const settled = {
    key: trigger.key,
    decision: 'start' as const,
    runId: 'run-1',
    reasons: ['started'],
    at: '2013-02-01T00:00:00.000Z',
  };

  it('wait once, however often they arrive', async () => {
    expect(await store.putPendingTrigger(MODEL, trigger)).toBe('pending');
    expect(await store.putPendingTrigger(MODEL, trigger)).toBe('pending');
    expect(await store.listPendingTriggers(MODEL)).toEqual([trigger]);
  });

  it('do not come back after they were settled', async () => {
    await store.putPendingTrigger(MODEL, trigger);
    await store.settleTrigger(MODEL, settled);
    await store.settleTrigger(MODEL, { ...settled, runId: 'run-2' });
    expect(await store.putPendingTrigger(MODEL, trigger)).toEqual(settled);
    expect(await store.listPendingTriggers(MODEL)).toEqual([]);
  });
});

describe('deployments', () => {
  const deployment = {
    deploymentId: 'd1',
    model: MODEL,
    version: 1,
    trigger: 'data' as const,
    status: 'in-progress' as const,
    endpointName: MODEL,
    endpointConfigName: 'flights-v1-d1',
    reasons: [],
    startedAt: '2013-02-01T00:00:00.000Z',
  };

  it('are recorded once and end with a status', async () => {
    expect(await store.putDeployment(deployment)).toBe(true);
    expect(await store.putDeployment(deployment)).toBe(false);
    await store.updateDeployment(MODEL, 'd1', { status: 'live', endedAt: '2013-02-01T00:10:00.000Z' });
    expect(await store.getDeployment(MODEL, 'd1')).toMatchObject({ status: 'live' });
    expect(await store.listDeployments(MODEL, 5)).toHaveLength(1);
    await expect(store.updateDeployment(MODEL, 'd9', { status: 'failed' })).rejects.toThrow(NotFoundError);
  });
});
