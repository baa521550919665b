import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectGarbage, describeGc } from '../../../cli/commands/data/gc';
import type { ModelFacts } from '../../../lambdas/data-lake/history/lineage';
import { FixedClock } from '../../../lambdas/shared/clock';
import { csv, DATASET, LakeWorld, NO_MODELS } from './lake-world';

const clock = new FixedClock('2013-12-01T00:00:00Z');
const month = (number: number) => `2013-${String(number).padStart(2, '0')}-01T00:00:00.000Z`;

/** A year in which each month adds a file and every third month corrects the first one. */
async function aYear(months = 6): Promise<{ world: LakeWorld; ids: string[] }> {
  const world = new LakeWorld();
  const ids: string[] = [];
  for (let at = 1; at <= months; at += 1) {
    const files: Record<string, string> = { [`${at}.csv`]: csv(`UA,${at}`) };
    if (at % 3 === 0) files['1.csv'] = csv(`corrected,${at}`);
    ids.push(await world.version(files, month(at)));
  }
  return { world, ids };
}

const usedBy = (id: string, live = true): ModelFacts => ({
  ...NO_MODELS,
  modelVersions: [
    {
      ...{ model: 'delays', version: 1, dataset: DATASET, datasetVersion: id },
      ...{ createdAt: month(2), usable: !live },
    },
  ],
  champions: new Map(live ? [['delays', 1]] : []),
});

const idsIn = (world: LakeWorld): Promise<string[]> =>
  world.catalog.versions(DATASET).then((versions) => versions.map(({ id }) => id));

describe('flywheel data gc', () => {
  it('says what it would remove, and touches nothing', async () => {
    const { world, ids } = await aYear();
    const before = [...world.bucket.versions];
    const result = await collectGarbage(world.lake, NO_MODELS, { last: 2 }, false, clock);
    expect(result.collect).toEqual(ids.slice(0, 4));
    // The first file before each of its two corrections; the second correction is current.
    expect(result.removed).toEqual({ versions: 4, objects: 1, bytes: csv('UA,1').length });
    expect(world.bucket.versions).toEqual(before);
    expect(await idsIn(world)).toEqual(ids);
    const text = describeGc(result);
    expect(text).toContain(
      'Would remove 4 versions of dataset flights with 1 S3 object version that no other version names: 19 bytes. Add --delete to do it.',
    );
    expect(text).toContain('is current; is one of the last 2');
  });

  it('removes what nothing needs, and leaves every byte of the versions that stay', async () => {
    const { world, ids } = await aYear();
    const kept = ids.slice(4);
    const bytes = await Promise.all(kept.map((id) => world.bytesOf(id)));
    const result = await collectGarbage(world.lake, NO_MODELS, { last: 2 }, true, clock);
    expect(result.deleted).toBe(true);
    expect(await idsIn(world)).toEqual(kept);
    expect(await Promise.all(kept.map((id) => world.bytesOf(id)))).toEqual(bytes);
    expect(world.bucket.versions.some(({ versionId }) => versionId === 'v1')).toBe(false);
    const left = world.bucket.versions.map(({ key }) => key).filter((key) => key.startsWith('manifests/'));
    for (const id of ids.slice(0, 4)) expect(left.join()).not.toContain(id);
  });

  it('keeps what the live model was made of, and what an approved one was', async () => {
    for (const live of [true, false]) {
      const { world, ids } = await aYear();
      const facts = live ? usedBy(ids[0]!) : { ...usedBy(ids[0]!, false) };
      const before = await world.bytesOf(ids[0]!);
      const result = await collectGarbage(world.lake, facts, { last: 1 }, true, clock);
      expect(await idsIn(world)).toEqual([ids[0], ids[5]]);
      expect(await world.bytesOf(ids[0]!)).toEqual(before);
      expect(result.keep.find(({ id }) => id === ids[0])?.reasons).toEqual([
        live ? 'made live model delays:1' : 'made model delays:1',
      ]);
    }
  });

  it('keeps no version for a model that was rejected, nor for one of another dataset', async () => {
    const { world, ids } = await aYear();
    const [used] = usedBy(ids[0]!).modelVersions;
    const facts: ModelFacts = {
      ...NO_MODELS,
      modelVersions: [
        { ...used!, usable: false },
        { ...used!, version: 2, usable: true, dataset: 'weather' },
      ],
    };
    const result = await collectGarbage(world.lake, facts, { last: 1 }, false, clock);
    expect(result.collect).toEqual(ids.slice(0, 5));
  });

  it('keeps what a run learns from now', async () => {
    const { world, ids } = await aYear();
    const run = { runId: 'data-1', model: 'delays', status: 'RUNNING', trigger: 'data', dataset: DATASET };
    const facts = { ...NO_MODELS, runs: [{ ...run, datasetVersion: ids[1]!, startedAt: month(2) }] };
    const result = await collectGarbage(world.lake, facts, { last: 1 }, false, clock);
    expect(result.keep.map(({ id }) => id)).toEqual([ids[1], ids[5]]);
  });

  it('keeps what was current on a date or later, also a version that was made before it', async () => {
    const { world, ids } = await aYear();
    const since = new Date('2013-03-15T00:00:00Z');
    const result = await collectGarbage(world.lake, NO_MODELS, { last: 1, since }, false, clock);
    expect(result.collect).toEqual(ids.slice(0, 2));
  });

  it('counts the newest by when they were current, whatever the clock of this machine says', async () => {
    const { world, ids } = await aYear(3);
    world.makeCurrent(ids[0]!, '2099-01-01T00:00:00.000Z');
    const result = await collectGarbage(world.lake, NO_MODELS, { last: 2 }, false, clock);
    expect(result.collect).toEqual([ids[1]]);
  });

  it('removes what was kept out only when nothing as old stays', async () => {
    const { world, ids } = await aYear(2);
    const status = 'quarantined' as const;
    const bad = await world.version({ 'bad.csv': csv('UA,soon') }, month(3), { status });
    const later = await world.version({ 'later.csv': csv('UA,4') }, month(4));
    const first = await collectGarbage(world.lake, NO_MODELS, { last: 2 }, false, clock);
    expect(first.collect).toEqual([ids[0]]);
    const second = await collectGarbage(world.lake, NO_MODELS, { last: 1 }, true, clock);
    expect(second.collect).toEqual([...ids, bad]);
    expect(await idsIn(world)).toEqual([later]);
    expect(world.bucket.keys('raw/flights/')).toEqual([
      'raw/flights/1.csv',
      'raw/flights/2.csv',
      'raw/flights/bad.csv',
      'raw/flights/later.csv',
    ]);
  });

  it('leaves the newest version of a key, which a drop under way may name, and takes it once it is overwritten', async () => {
    for (const overwritten of [false, true]) {
      const { world } = await aYear(1);
      await world.version({ 'bad.csv': csv('UA,soon') }, month(2), { status: 'quarantined' });
      const [bad] = world.bucket.versions.filter(({ key }) => key.endsWith('bad.csv'));
      if (overwritten) world.drop({ 'bad.csv': csv('UA,3') });
      await world.version({ '3.csv': csv('UA,3') }, month(3));
      await collectGarbage(world.lake, NO_MODELS, { last: 1 }, true, clock);
      expect(world.bucket.versions.includes(bad!)).toBe(!overwritten);
    }
  });

  it('leaves objects alone that no manifest ever named', async () => {
    const { world } = await aYear();
    world.bucket.put('raw/flights/just-landed.csv', 'x');
    await collectGarbage(world.lake, NO_MODELS, { last: 1 }, true, clock);
    expect(world.bucket.keys('raw/flights/')).toContain('raw/flights/just-landed.csv');
  });

  it('does not remove a version that becomes current in this moment', async () => {
    const { world, ids } = await aYear();
    const bytes = await world.bytesOf(ids[0]!);
    world.table.beforeCall = async (name) => {
      if (name !== 'TransactWriteCommand') return;
      world.table.beforeCall = async () => undefined;
      world.makeCurrent(ids[0]!, month(7));
    };
    await expect(collectGarbage(world.lake, NO_MODELS, { last: 1 }, true, clock)).rejects.toThrow(
      /became current in this moment: nothing of it was removed. Run gc again/,
    );
    expect(await world.bytesOf(ids[0]!)).toEqual(bytes);
  });

  it('keeps the bytes of a version that is made while it works', async () => {
    const world = new LakeWorld();
    await world.version({ '1.csv': csv('UA,1') }, month(1));
    const [first] = world.bucket.versions;
    await world.version({ '1.csv': csv('UA,2') }, month(2));
    const made: string[] = [];
    world.bucket.before = async (name) => {
      if (name !== 'ListObjectVersions' || made.length > 0) return;
      made.push('being made');
      world.restore('1.csv', first!);
      made[0] = await world.version({ '3.csv': csv('UA,3') }, month(3));
    };
    await collectGarbage(world.lake, NO_MODELS, { last: 1 }, true, clock);
    expect(Object.values(await world.bytesOf(made[0]!))).not.toContain('GONE');
  });

  it('ends in the same state, wherever it is cut off and run again', async () => {
    const clean = await aYear();
    await collectGarbage(clean.world.lake, NO_MODELS, { last: 2 }, true, clock);
    const expected = clean.world.bucket.versions.map(({ key, versionId }) => `${key} ${versionId}`);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 25 }), { minLength: 1, maxLength: 4 }),
        async (cuts) => {
          const { world, ids } = await aYear();
          for (const cut of cuts) {
            let calls = 0;
            const count = () => {
              calls += 1;
              if (calls > cut) throw new Error('cut off');
            };
            world.bucket.before = count;
            world.table.beforeCall = async () => count();
            await collectGarbage(world.lake, NO_MODELS, { last: 2 }, true, clock).catch((error: Error) => {
              expect(error.message).toBe('cut off');
            });
            world.bucket.before = () => {};
            world.table.beforeCall = async () => undefined;
            for (const id of ids.slice(4))
              expect(Object.values(await world.bytesOf(id))).not.toContain('GONE');
          }
          await collectGarbage(world.lake, NO_MODELS, { last: 2 }, true, clock);
          expect(await idsIn(world)).toEqual(ids.slice(4));
          expect(world.bucket.versions.map(({ key, versionId }) => `${key} ${versionId}`)).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });
});
