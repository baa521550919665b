import { beforeEach, describe, expect, it } from 'vitest';
import { registryStore } from '../../../lambdas/registry/registry-store';
import { LiveModelReader } from '../../../lambdas/serving/predict/champion';
import { FixedClock } from '../../../lambdas/shared/clock';
import { aVersion, MODEL } from '../../registry/samples';
import { TestTable } from '../../registry/support/test-table';

let table: TestTable;
let store: ReturnType<typeof registryStore>;
let clock: FixedClock;
let reader: LiveModelReader;
let reads: number;

beforeEach(async () => {
  table = new TestTable();
  store = registryStore(table.client, 'registry', { sleep: async () => undefined, random: () => 0 });
  clock = new FixedClock('2013-02-01T00:00:00Z');
  reader = new LiveModelReader(store, MODEL, clock);
  await store.createModelVersion(aVersion(), 'run-1');
  await store.createModelVersion(aVersion({ threshold: 0.3 }), 'run-2');
  reads = 0;
  table.beforeCall = async () => {
    reads += 1;
  };
});

const promote = (version: number, expectedRevision: number | undefined) =>
  store.moveAlias({
    model: MODEL,
    alias: 'champion',
    version,
    expectedRevision,
    reason: 'better',
    at: clock.now().toISOString(),
  });

describe('the live model', () => {
  it('is none before the first deployment', async () => {
    expect(await reader.read()).toEqual({ champion: undefined, deploying: false });
  });

  it('is the version that the champion alias names, seen within five seconds', async () => {
    await promote(1, undefined);
    expect((await reader.read()).champion?.version).toBe(1);
    await promote(2, 1);
    clock.advance(4.9);
    reads = 0;
    expect((await reader.read()).champion?.version).toBe(1);
    expect(reads).toBe(0);
    clock.advance(0.1);
    expect((await reader.read()).champion).toMatchObject({ version: 2, threshold: 0.3 });
  });

  it('is being replaced while a deployment holds its lease', async () => {
    const lease = { model: MODEL, name: 'deployment', owner: 'deploy-1', now: clock.now(), ttlSeconds: 900 };
    await store.acquireLease(lease);
    expect((await reader.read()).deploying).toBe(true);
    clock.advance(900);
    expect((await reader.read()).deploying).toBe(false);
  });
});
