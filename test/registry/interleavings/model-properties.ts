import fc from 'fast-check';
import { expect } from 'vitest';
import { stateOf } from '../../../lambdas/registry/audit/model-state';
import { replay } from '../../../lambdas/registry/audit/replay';
import { ConflictError, FencedError, registryStore } from '../../../lambdas/registry/registry-store';
import type { AliasRecord } from '../../../lambdas/registry/store/aliases';
import { readTrail } from '../../../lambdas/registry/store/audit';
import { readRecord } from '../../../lambdas/registry/store/model-changes';
import { queryItems, withoutKeys } from '../../../lambdas/registry/store/table';
import { readVersions } from '../../../lambdas/registry/store/version-records';
import { aVersion, MODEL } from '../samples';
import { backoff, chance, insist, type Property, World } from './harness';

const storeOf = (world: World) => registryStore(world.process(), 'registry', backoff);
const at = (second: number) => new Date(Date.UTC(2013, 1, 1) + second * 60_000).toISOString();

/** The model as it is stored equals the model that its trail tells of. */
async function expectTrueTrail(world: World): Promise<void> {
  const table = { client: world.table.client, name: 'registry', backoff };
  const [model, versions, aliases, trail] = await Promise.all([
    readRecord(table, MODEL),
    readVersions(table, MODEL),
    queryItems(table, `MODEL#${MODEL}`, 'ALIAS#'),
    readTrail(table, MODEL),
  ]);
  expect(model).toBeDefined();
  const records = aliases.map((item) => withoutKeys<AliasRecord>(item));
  expect(replay(trail)).toEqual(stateOf(model!, versions, records));
}

export const versionsWithoutGaps: Property = {
  claim: 'versions are numbered 1..n without gaps, and each token has one of them',
  check: (bug, options = {}) =>
    fc.asyncProperty(
      chance,
      fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 2, maxLength: 3 }),
      async (luck, tokens) => {
        const world = new World(luck, bug);
        const byToken = new Map<string, Set<number>>();
        await world.race(
          tokens.map((token, index) => async () => {
            const { version } = await insist((tries) => {
              const sent = options.withoutToken === true ? `${token}-${index}-${tries}` : token;
              const createdAt = at((index * 7) % 3);
              return storeOf(world).createModelVersion(aVersion({ createdAt }), sent);
            });
            byToken.set(token, (byToken.get(token) ?? new Set()).add(version));
          }),
        );
        const rows = world.table.partition(`MODEL#${MODEL}`, 'VERSION#').map(({ version }) => version);
        expect(rows).toEqual([...new Set(tokens)].map((_, index) => index + 1));
        for (const versions of byToken.values()) expect(versions.size).toBe(1);
      },
    ),
};

export const oneChampion: Property = {
  claim: 'there is one champion, moved once for each accepted move, and the trail replays to the state',
  check: (bug) =>
    fc.asyncProperty(chance, fc.integer({ min: 2, max: 3 }), async (luck, movers) => {
      const world = new World(luck, bug);
      await world.calmly(async () => {
        for (let made = 0; made < movers; made += 1) {
          await storeOf(world).createModelVersion(aVersion(), `token-${made}`);
        }
      });
      const accepted: number[] = [];
      await world.race(
        Array.from({ length: movers }, (_, index) => async () => {
          const seen = await insist(() => storeOf(world).getAlias(MODEL, 'champion'));
          try {
            const moved = await insist(() =>
              storeOf(world).moveAlias({
                model: MODEL,
                alias: 'champion',
                version: index + 1,
                expectedRevision: seen?.revision,
                deploymentId: `d${index}`,
                reason: 'healthy',
                at: at(index),
              }),
            );
            accepted.push(moved.revision);
          } catch (error) {
            if (!(error instanceof ConflictError)) throw error;
          }
        }),
      );
      const champions = world.table.partition(`MODEL#${MODEL}`, 'ALIAS#');
      expect(champions).toHaveLength(1);
      expect(new Set(accepted).size).toBe(accepted.length);
      expect(champions[0]!.revision).toBeGreaterThanOrEqual(accepted.length);
      await expectTrueTrail(world);
    }),
};

export const ownWritesAreRead: Property = {
  claim: 'a client reads the version that it registered and the champion that it moved',
  check: (bug) =>
    fc.asyncProperty(chance, fc.integer({ min: 1, max: 2 }), async (luck, clients) => {
      const world = new World(luck, bug);
      await world.race(
        Array.from({ length: clients }, (_, index) => async () => {
          const { version } = await insist(() =>
            storeOf(world).createModelVersion(aVersion(), `token-${index}`),
          );
          const read = await insist(() => storeOf(world).getModelVersion(MODEL, version));
          expect(read?.version).toBe(version);
          const seen = await insist(() => storeOf(world).getAlias(MODEL, 'champion'));
          const move = {
            model: MODEL,
            alias: 'champion',
            version,
            expectedRevision: seen?.revision,
            deploymentId: `d${index}`,
            reason: 'healthy',
            at: at(index),
          };
          const moved = await insist(() => storeOf(world).moveAlias(move)).catch((error: Error) => {
            if (!(error instanceof ConflictError)) throw error;
            return undefined;
          });
          if (moved === undefined) return;
          const champion = await insist(() => storeOf(world).getAlias(MODEL, 'champion'));
          expect(champion?.revision ?? 0).toBeGreaterThanOrEqual(moved.revision);
        }),
      );
    }),
};

export const fencedOff: Property = {
  claim: 'once a lease has passed on, its former holder registers nothing more',
  check: (bug) =>
    fc.asyncProperty(chance, fc.integer({ min: 2, max: 3 }), async (luck, owners) => {
      const world = new World(luck, bug);
      let granted = 0;
      await world.race(
        Array.from({ length: owners }, (_, index) => async () => {
          const owner = `run-${index}`;
          const now = new Date(Date.UTC(2013, 1, 1) + index * 100_000);
          const lease = await insist(() =>
            storeOf(world).acquireLease({ model: MODEL, name: 'training', owner, now, ttlSeconds: 10 }),
          );
          if (lease === undefined) return;
          granted = Math.max(granted, lease.token);
          for (let made = 0; made < 2; made += 1) {
            const before = granted;
            const fence = { lease: 'training', token: lease.token };
            const isRegistered = await insist(() =>
              storeOf(world).createModelVersion(aVersion(), `${owner}-${made}`, fence),
            ).then(
              () => true,
              (error: Error) => {
                if (!(error instanceof FencedError)) throw error;
                return false;
              },
            );
            if (isRegistered) expect(before).toBeLessThanOrEqual(lease.token);
          }
        }),
      );
    }),
};

export const modelProperties = [versionsWithoutGaps, oneChampion, ownWritesAreRead, fencedOff];
