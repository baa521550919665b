import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTracking, type TrackingServer } from '../../../../local/tracking/start';
import { type Fault, type FaultyProxy, faultyProxy } from './faulty-proxy';
import { anomalies, type Done } from './history';
import { RetryingClient } from './retrying-client';
import { operate, prepare, readFinal } from './workload';

const CLIENTS = 8;
const OPERATIONS = 500;
const SHARE_OF_FAULTS = 0.2;
const SEED = 20_261_123;

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

let folder: string;
let server: TrackingServer;
let proxy: FaultyProxy;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flywheel-faults-'));
  server = await startTracking({ port: 0, defaultArtifactRoot: folder, data: join(folder, 'data') });
  const random = seeded(SEED);
  const draw = (): Fault => {
    const drawn = random();
    if (drawn >= SHARE_OF_FAULTS) return 'none';
    return drawn < SHARE_OF_FAULTS / 2 ? 'request lost' : 'reply lost';
  };
  proxy = await faultyProxy(Number(new URL(server.url).port), draw);
});
afterAll(async () => {
  await proxy?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe(`${CLIENTS} clients with ${OPERATIONS} operations each, and every fifth request or reply lost`, () => {
  it('are told nothing that the server does not keep', async () => {
    const direct = new RetryingClient(server.url);
    const shared = await prepare(direct, 'faults');
    const done: Done[] = [];
    await Promise.all(
      Array.from({ length: CLIENTS }, async (_, who) => {
        const client = new RetryingClient(proxy.uri);
        const random = seeded(SEED + who);
        for (let index = 0; index < OPERATIONS; index += 1) {
          done.push(...(await operate(client, shared, who, index, random)));
        }
        client.close();
      }),
    );
    const final = await readFinal(direct, shared);
    direct.close();
    expect(anomalies(done, final)).toEqual([]);
    const { none, ...faults } = proxy.played;
    const share =
      (faults['request lost'] + faults['reply lost']) /
      (none + faults['request lost'] + faults['reply lost']);
    expect(share).toBeGreaterThan(0.18);
    expect(new Set(done.map(({ kind }) => kind)).size).toBe(6);
  }, 180_000);
});
