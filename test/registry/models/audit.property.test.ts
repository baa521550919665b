import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stateOf } from '../../../lambdas/registry/audit/model-state';
import { replay } from '../../../lambdas/registry/audit/replay';
import type { ModelRecord } from '../../../lambdas/registry/models/model-record';
import type { ModelStore } from '../../../lambdas/registry/models/model-store';
import type { AliasRecord } from '../../../lambdas/registry/store/aliases';
import { readTrail } from '../../../lambdas/registry/store/audit';
import { readRecord } from '../../../lambdas/registry/store/model-changes';
import { queryItems, type RegistryTable, withoutKeys } from '../../../lambdas/registry/store/table';
import { readVersions } from '../../../lambdas/registry/store/version-records';
import { aVersion } from '../samples';
import { by, modelWorld } from './world';

type World = ReturnType<typeof modelWorld>;
type Operation = (world: World) => Promise<unknown>;

const NAME = 'flights';
const alias = fc.constantFrom('champion', 'best', '__proto__');
const version = fc.integer({ min: 1, max: 4 });
const key = fc.constantFrom('a', '__proto__');
const text = fc.oneof(fc.string({ maxLength: 5 }), fc.constant('long '.repeat(500)));
const stage = fc.constantFrom('None', 'Staging', 'Production', 'Archived');

const on = <A extends unknown[]>(
  name: string,
  args: fc.Arbitrary<A>,
  run: (store: ModelStore, args: A, world: World) => Promise<unknown>,
): fc.Arbitrary<Operation> =>
  args.map((chosen) => {
    const operation: Operation = (world) => run(world.store, chosen, world);
    return Object.assign(operation, { toString: () => `${name}(${JSON.stringify(chosen)})` });
  });

const operations = fc.oneof(
  on('createModel', fc.tuple(text), (store, [description]) =>
    store.createModel({ name: NAME, description, tags: new Map([['__proto__', 'x']]) }, by('ada')),
  ),
  on('createVersion', fc.tuple(fc.option(fc.constantFrom('t', 'u'), { nil: undefined })), (store, [token]) =>
    store.createVersion({ name: NAME, source: 's3://a', clientToken: token }, by('ada')),
  ),
  on('register', fc.tuple(fc.constantFrom('r', 's')), (_store, [token], { pipeline }) =>
    pipeline.createModelVersion(aVersion(), token),
  ),
  on('deploy', fc.tuple(version), async (_store, [number], { pipeline }) => {
    const seen = await pipeline.getAlias(NAME, 'champion');
    await pipeline.putDeployment({
      deploymentId: `d${number}`,
      model: NAME,
      version: number,
      trigger: 'data',
      status: 'in-progress',
      endpointName: NAME,
      endpointConfigName: 'c',
      reasons: [],
      startedAt: '2013-02-01T00:00:00.000Z',
    });
    await pipeline.moveAlias({
      model: NAME,
      alias: 'champion',
      version: number,
      expectedRevision: seen?.revision,
      reason: 'healthy',
      deploymentId: `d${number}`,
      at: '2013-02-01T00:00:00.000Z',
    });
  }),
  on('setAlias', fc.tuple(alias, version), (store, [name, number]) =>
    store.setAlias({ name: NAME, alias: name, version: number }, by('ada')),
  ),
  on('rollbackAlias', fc.tuple(alias), (store, [name]) =>
    store.rollbackAlias(NAME, name, undefined, by('ada')),
  ),
  on('deleteAlias', fc.tuple(alias), (store, [name]) => store.deleteAlias(NAME, name, by('ada'))),
  on('transitionStage', fc.tuple(version, stage, fc.boolean()), (store, [number, to, archive]) =>
    store.transitionStage(NAME, number, to, archive, by('ada')),
  ),
  on('setModelTag', fc.tuple(key, text), (store, [name, value]) =>
    store.setModelTag(NAME, name, value, by('ada')),
  ),
  on('deleteModelTag', fc.tuple(key), (store, [name]) => store.deleteModelTag(NAME, name, by('ada'))),
  on('setVersionTag', fc.tuple(version, key, text), (store, [number, name, value]) =>
    store.setVersionTag(NAME, number, name, value, by('ada')),
  ),
  on('deleteVersionTag', fc.tuple(version, key), (store, [number, name]) =>
    store.deleteVersionTag(NAME, number, name, by('ada')),
  ),
  on('updateModel', fc.tuple(text), (store, [description]) =>
    store.updateModel(NAME, { description }, by('ada')),
  ),
  on('updateVersion', fc.tuple(version, text), (store, [number, description]) =>
    store.updateVersion(NAME, number, { description }, by('ada')),
  ),
  on('requestApproval', fc.tuple(version), (store, [number]) =>
    store.requestApproval(NAME, number, {}, by('ada')),
  ),
  on(
    'decideApproval',
    fc.tuple(version, fc.constantFrom('APPROVED' as const, 'REJECTED' as const)),
    (store, [number, decision]) => store.decideApproval(NAME, number, decision, by('ada')),
  ),
  on('deleteVersion', fc.tuple(version), (store, [number]) => store.deleteVersion(NAME, number, by('ada'))),
  on('renameModel', fc.constant([]), (store) => store.renameModel(NAME, 'planes', by('ada'))),
  on('renameBack', fc.constant([]), (store) => store.renameModel('planes', NAME, by('ada'))),
  on('deleteModel', fc.constant([]), (store) => store.deleteModel(NAME, by('ada'))),
);

const REFUSALS = new Set([
  'AlreadyExistsError',
  'ConflictError',
  'DoesNotExistError',
  'InvalidParameterError',
  'NotFoundError',
  'NotServableError',
  'TrackingError',
]);

/** Refusals are answers; anything else is a mistake of the store. */
async function perform(operation: Operation, world: World): Promise<void> {
  try {
    await operation(world);
  } catch (error) {
    if (!REFUSALS.has((error as Error).name)) throw error;
  }
}

/** Every model on the table, as it is stored and as its trail tells it. */
async function histories({ table }: World) {
  const registry: RegistryTable = {
    client: table.client,
    name: 'registry',
    backoff: { sleep: async () => undefined, random: () => 0 },
  };
  const keys = table.items.filter(({ entity }) => entity === 'model').map((item) => String(item.key));
  return Promise.all(
    keys.map(async (modelKey) => {
      const [model, versions, aliases, trail] = await Promise.all([
        readRecord(registry, modelKey) as Promise<ModelRecord>,
        readVersions(registry, modelKey),
        queryItems(registry, `MODEL#${modelKey}`, 'ALIAS#').then((items) =>
          items.map((item) => withoutKeys<AliasRecord>(item)),
        ),
        readTrail(registry, modelKey),
      ]);
      return { model, versions, aliases, trail, stored: stateOf(model, versions, aliases) };
    }),
  );
}

async function expectTrueTrails(world: World): Promise<void> {
  for (const { model, versions, trail, stored } of await histories(world)) {
    expect(replay(trail)).toEqual(stored);
    expect(trail).toHaveLength(model.revision);
    expect(versions.map((record) => record.version)).toEqual(versions.map((_, index) => index + 1));
    const standing = [...stored.aliases].filter(([, state]) => state.version !== undefined);
    expect(new Map(model.aliases)).toEqual(new Map(standing.map(([name, state]) => [name, state.version])));
    for (const [, state] of standing) {
      expect(stored.versions.get(state.version ?? 0)?.deleted).toBe(false);
    }
    const newest = new Map<string, number>();
    for (const [number, record] of stored.versions) if (!record.deleted) newest.set(record.stage, number);
    expect(new Map(model.stages)).toEqual(newest);
  }
}

describe('whatever is done to a model', () => {
  it('its audit trail replays to what is stored', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operations, { maxLength: 40 }), async (sequence) => {
        const world = modelWorld();
        for (const operation of sequence) await perform(operation, world);
        await expectTrueTrails(world);
      }),
      { numRuns: 300 },
    );
  });

  it('by several at once, with requests and replies lost, the trail still replays to what is stored', async () => {
    const faults = fc.infiniteStream(
      fc.oneof(
        { weight: 8, arbitrary: fc.constant('none' as const) },
        { weight: 1, arbitrary: fc.constantFrom('request-lost' as const, 'reply-lost' as const) },
      ),
    );
    const clients = fc.array(fc.array(operations, { minLength: 1, maxLength: 6 }), {
      minLength: 2,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), faults, clients, async (scheduler, stream, sequences) => {
        const world = modelWorld();
        await world.store.createModel({ name: NAME }, by('ada'));
        world.table.beforeCall = (name) => scheduler.schedule(Promise.resolve(), name);
        world.table.faultOf = () => stream.next().value;
        const all = Promise.all(
          sequences.map(async (sequence) => {
            for (const operation of sequence) {
              await perform(operation, world).catch((error: Error) => {
                if (error.name !== 'TimeoutError') throw error;
              });
            }
          }),
        );
        await scheduler.waitFor(all);
        world.table.beforeCall = async () => undefined;
        world.table.faultOf = () => 'none';
        await expectTrueTrails(world);
      }),
      { numRuns: 300 },
    );
  });

  it('a rollback leads to exactly the version before, and another one back again', async () => {
    const moves = fc.array(fc.oneof(version, fc.constant('rollback' as const)), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(moves, async (sequence) => {
        const { store } = modelWorld();
        await store.createModel({ name: NAME }, by('ada'));
        for (let made = 0; made < 4; made += 1) {
          await store.createVersion({ name: NAME, source: 's3://a' }, by('ada'));
        }
        let at: { now?: number; before?: number; revision: number } = { revision: 0 };
        for (const move of sequence) {
          const to = move === 'rollback' ? at.before : move;
          const change = by('ada');
          const moved =
            move === 'rollback'
              ? store.rollbackAlias(NAME, 'champion', at.revision, change)
              : store.setAlias(
                  { name: NAME, alias: 'champion', version: move, expectedRevision: at.revision },
                  change,
                );
          if (to === undefined) {
            await expect(moved).rejects.toThrow(/no alias|no version before/);
            continue;
          }
          if (to !== at.now) at = { now: to, before: at.now, revision: at.revision + 1 };
          expect(await moved).toEqual({
            alias: 'champion',
            version: at.now,
            previous: at.before,
            revision: at.revision,
          });
        }
      }),
      { numRuns: 200 },
    );
  });
});
