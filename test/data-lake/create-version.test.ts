import { describe, expect, test } from 'vitest';
import { createVersion } from '../../lambdas/data-lake/create-version/create-version';
import { versionId } from '../../lambdas/data-lake/manifest';
import { checksumOf } from './fakes';
import { type Published, World } from './world';

const JANUARY = 'carrier,delay\nUA,1\nAA,2.5\n';
const FEBRUARY = 'carrier,delay\nUA,3\n';
const CORRUPT = 'carrier,delay\nUA,abc\nAA,def\n';
const CREATED = 'Dataset Version Created';
const QUARANTINED = 'Drop Quarantined';
const UNCHANGED = 'Dataset Unchanged';

const types = (published: Published[]) => published.map(({ detailType }) => detailType);
const inJanuary = async () => {
  const world = new World();
  await world.drop({ '2013-01.csv': JANUARY });
  return world;
};

describe('the first drop', () => {
  test('becomes the current version, is announced and has its evidence', async () => {
    const world = new World();
    const published = await world.drop({ '2013-01.csv': JANUARY });
    const id = versionId([
      { key: '2013-01.csv', versionId: '', size: JANUARY.length, checksum: checksumOf(JANUARY), rows: 2 },
    ]);
    expect(published).toEqual([
      {
        detailType: CREATED,
        detail: {
          dataset: 'flights',
          datasetVersion: id,
          manifestUri: `s3://lake/manifests/flights/${id}.json.gz`,
          objects: 1,
          rows: 2,
          bytes: JANUARY.length,
          createdAt: '2013-02-01T00:01:00.000Z',
          trigger: 'quiet',
        },
      },
    ]);
    expect(world.catalog.pointer).toEqual({ version: id, revision: 1 });
    expect(world.catalog.versions.get(id)).toMatchObject({
      status: 'accepted',
      firstEventAt: '2013-02-01T00:01:00.000Z',
      columns: [
        { name: 'carrier', type: 'string', nullable: false },
        { name: 'delay', type: 'number', nullable: false },
      ],
    });
    expect(world.lake.reports.get(id)?.files).toMatchObject([{ key: '2013-01.csv', verdict: 'accepted' }]);
    expect(world.lake.schema?.columns.map(({ name }) => name)).toEqual(['carrier', 'delay']);
  });

  test('of bad files alone is quarantined and no version is current', async () => {
    const world = new World();
    const published = await world.drop({ 'a.csv': 'a,b\n' });
    expect(types(published)).toEqual([QUARANTINED]);
    expect(published[0]?.detail.problems).toEqual(['a.csv: has a header but no row of data']);
    expect(world.catalog.pointer).toBeUndefined();
    expect(world.lake.schema).toBeUndefined();
    expect(types(await world.drop({ 'a.csv': 'a,b\n' }))).toEqual([UNCHANGED]);
    expect(types(await world.drop({ 'b.csv': JANUARY }))).toContain(CREATED);
    expect(await world.keys()).toEqual(['b.csv']);
  });
});

describe('a further drop', () => {
  test('becomes a version with its parent, and only what is new is read', async () => {
    const world = await inJanuary();
    const parent = world.catalog.pointer?.version;
    const published = await world.drop({ '2013-02.csv': FEBRUARY });
    expect(published).toMatchObject([{ detailType: CREATED, detail: { parent, objects: 2, rows: 3 } }]);
    expect(world.lake.opened).toEqual(['2013-01.csv', '2013-02.csv']);
  });

  test('of a changed file reads the new bytes', async () => {
    const world = await inJanuary();
    await world.drop({ '2013-01.csv': FEBRUARY });
    expect(await world.contents()).toMatchObject([{ versionId: 'v2', checksum: checksumOf(FEBRUARY) }]);
  });

  test('with values beyond what was learnt is accepted with a warning', async () => {
    const world = await inJanuary();
    const published = await world.drop({ '2013-02.csv': 'carrier,delay\nB6,900\n' });
    expect(types(published)).toEqual([CREATED]);
    expect(world.catalog.versions.get(published[0]?.detail.datasetVersion)?.problems).toEqual([
      '2013-02.csv: column "carrier": 1 value is none of those known (row 2 "B6")',
      '2013-02.csv: column "delay": 1 value is outside 1 to 2.5 (row 2 "900")',
    ]);
  });

  test('without a file that was deleted leaves it out', async () => {
    const world = await inJanuary();
    await world.drop({ '2013-02.csv': FEBRUARY, '2013-01.csv': undefined });
    expect(await world.keys()).toEqual(['2013-02.csv']);
  });

  test('that brings an earlier state back makes that version current and announces it again', async () => {
    const world = await inJanuary();
    const first = world.catalog.pointer?.version;
    await world.drop({ '2013-02.csv': FEBRUARY });
    const published = await world.drop({ '2013-02.csv': undefined });
    expect(published).toMatchObject([{ detailType: CREATED, detail: { datasetVersion: first } }]);
    expect(world.catalog.pointer).toEqual({ version: first, revision: 3 });
  });
});

describe('the same file again', () => {
  test('with good bytes changes nothing, says so once and is not read again', async () => {
    const world = await inJanuary();
    const before = world.catalog.pointer;
    const published = await world.drop({ '2013-01.csv': JANUARY });
    expect(published).toEqual([
      {
        detailType: UNCHANGED,
        detail: {
          dataset: 'flights',
          datasetVersion: before?.version,
          reasons: [`2013-01.csv has the same bytes as in version ${before?.version.slice(0, 8)}`],
        },
      },
    ]);
    expect(world.catalog.pointer).toEqual(before);
    expect(await world.drop({})).toEqual([]);
    expect(world.lake.opened).toHaveLength(1);
    expect(world.lake.asked).toHaveLength(2);
  });

  test('in a drop of thousands of files names the first ones, so that the event is not too large', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 2500 }, (_, at) => [
        `${'k'.repeat(100)}-${String(at).padStart(4, '0')}.csv`,
        JANUARY,
      ]),
    );
    const world = new World();
    await world.drop(files);
    const [event] = await world.drop(files);
    expect(event?.detailType).toBe(UNCHANGED);
    const { reasons } = event!.detail;
    expect(reasons).toHaveLength(21);
    expect(reasons.at(-1)).toBe('and 2480 more');
    expect(JSON.stringify(event).length).toBeLessThan(256 * 1024);
  });

  test('with quarantined bytes changes nothing, says so once and is not read again', async () => {
    const world = await inJanuary();
    const before = world.catalog.pointer;
    const first = await world.drop({ '2013-02.csv': CORRUPT });
    expect(types(first)).toEqual([QUARANTINED]);
    const again = await world.drop({ '2013-02.csv': CORRUPT });
    expect(types(again)).toEqual([UNCHANGED]);
    expect(again[0]?.detail).toMatchObject({
      datasetVersion: before?.version,
      reasons: [expect.stringContaining(`report ${first[0]?.detail.reportUri}`)],
    });
    expect(world.catalog.pointer).toEqual(before);
    expect(await world.drop({})).toEqual([]);
    expect(world.lake.opened.filter((key) => key === '2013-02.csv')).toHaveLength(1);
  });
});

describe('the same bad file again over a good one', () => {
  test('leaves the good bytes in the version', async () => {
    const world = new World();
    await world.drop({ '2013-01.csv': JANUARY, '2013-02.csv': FEBRUARY });
    const before = world.catalog.pointer;
    await world.drop({ '2013-01.csv': CORRUPT });
    expect(types(await world.drop({ '2013-01.csv': CORRUPT }))).toEqual([UNCHANGED]);
    expect(world.catalog.pointer).toEqual(before);
  });
});

describe('a bad drop', () => {
  test('is quarantined with a report that names the rows, and the current version stays', async () => {
    const world = await inJanuary();
    const before = world.catalog.pointer;
    const [event] = await world.drop({ '2013-02.csv': CORRUPT });
    expect(event?.detail.problems).toEqual([
      '2013-02.csv: column "delay": 2 values are not numbers (row 2 "abc", row 3 "def")',
    ]);
    const report = world.lake.reports.get(event?.detail.datasetVersion);
    expect(report).toMatchObject({
      status: 'quarantined',
      files: [
        {
          key: '2013-02.csv',
          verdict: 'quarantined',
          problems: [{ check: 'type', column: 'delay', count: 2, examples: [{ row: 2, value: 'abc' }, {}] }],
        },
      ],
    });
    expect(world.catalog.versions.get(event?.detail.datasetVersion)?.status).toBe('quarantined');
    expect(world.catalog.pointer).toEqual(before);
    expect(await world.keys()).toEqual(['2013-01.csv']);
  });

  test('keeps out only its bad files', async () => {
    const world = await inJanuary();
    const published = await world.drop({ '2013-02.csv': CORRUPT, '2013-03.csv': FEBRUARY });
    expect(types(published)).toEqual([CREATED, QUARANTINED]);
    expect(await world.keys()).toEqual(['2013-01.csv', '2013-03.csv']);
    const [created, quarantined] = published.map(({ detail }) => detail.datasetVersion);
    expect(created).not.toBe(quarantined);
    expect(published[1]?.detail.problems).toEqual([expect.stringContaining('2013-02.csv')]);
  });

  test('over a good file leaves the good bytes in the version', async () => {
    const world = await inJanuary();
    const before = world.catalog.pointer;
    expect(types(await world.drop({ '2013-01.csv': CORRUPT }))).toEqual([QUARANTINED]);
    expect(world.catalog.pointer).toEqual(before);
    await world.drop({ '2013-02.csv': FEBRUARY });
    expect((await world.contents())[0]).toMatchObject({ key: '2013-01.csv', versionId: 'v1' });
  });

  test('over a good file leaves the good bytes in the version however often it comes', async () => {
    const world = await inJanuary();
    await world.drop({ '2013-02.csv': FEBRUARY });
    const current = world.catalog.pointer;
    for (let count = 0; count <= 100; count += 1) {
      expect(types(await world.drop({ '2013-02.csv': `${CORRUPT}UA,${count}x\n` }))).toEqual([QUARANTINED]);
    }
    expect(world.catalog.pointer).toEqual(current);
  });

  test('over a good file that was never part of a version still brings the good bytes in', async () => {
    const world = await inJanuary();
    world.lake.put('2013-02.csv', FEBRUARY);
    const published = await world.drop({ '2013-02.csv': CORRUPT });
    expect(types(published)).toEqual([CREATED, QUARANTINED]);
    expect(await world.keys()).toEqual(['2013-01.csv', '2013-02.csv']);
  });

  test('is looked at again once the schema has been corrected', async () => {
    const world = await inJanuary();
    await world.drop({ '2013-02.csv': CORRUPT });
    const columns = world.lake.schema!.columns.map((column) => ({ ...column, type: 'string' as const }));
    world.lake.schema = { dataset: 'flights', columns };
    expect(types(await world.drop({}))).toEqual([CREATED]);
    expect(await world.keys()).toEqual(['2013-01.csv', '2013-02.csv']);
  });

  test('with a key that tools would cut is quarantined whatever it holds', async () => {
    const world = await inJanuary();
    const [event] = await world.drop({ 'a\tb.csv': FEBRUARY });
    expect(event?.detail.problems[0]).toContain('control characters');
    expect(await world.keys()).toEqual(['2013-01.csv']);
  });

  test('after everything else was deleted leaves the last version standing', async () => {
    const world = await inJanuary();
    const before = world.catalog.pointer;
    expect(types(await world.drop({ '2013-01.csv': undefined }))).toEqual([UNCHANGED]);
    expect(world.catalog.pointer).toEqual(before);
  });
});

describe('a closing', () => {
  test('that a newer one has overtaken looks at nothing', async () => {
    const world = new World();
    const overtaken = await world.land({ 'a.csv': JANUARY });
    await world.landed();
    expect(await createVersion(world.deps, overtaken)).toEqual({ superseded: true });
    expect(world.lake.opened).toEqual([]);
  });

  test('that comes again after it was done is a no-op', async () => {
    const world = new World();
    const closing = await world.land({ 'a.csv': JANUARY });
    await createVersion(world.deps, closing);
    const published = [...world.published];
    await createVersion(world.deps, closing);
    expect(world.published).toEqual(published);
    expect(world.catalog.moves).toHaveLength(1);
    expect(world.lake.opened).toEqual(['a.csv']);
  });
});

describe('two closings at once', () => {
  test('of the same state make one version, whichever call of one the other runs at', async () => {
    let step = 0;
    for (let met = true; met; ) {
      step += 1;
      const world = new World();
      const closing = await world.land({ '2013-01.csv': JANUARY, '2013-02.csv': FEBRUARY });
      met = await interleaved(world, step, () => createVersion(world.deps, closing), closing);
      expect(world.catalog.moves, `step ${step}`).toHaveLength(1);
      expect(await world.keys()).toEqual(['2013-01.csv', '2013-02.csv']);
      expect(new Set(world.types())).toEqual(new Set([CREATED]));
    }
    expect(step).toBeGreaterThan(10);
  });

  test('with a file that lands between them lose neither, and the newer state is current', async () => {
    let step = 0;
    for (let met = true; met; ) {
      step += 1;
      const world = await inJanuary();
      const closing = await world.land({ '2013-02.csv': FEBRUARY });
      const late = async () =>
        createVersion(world.deps, await world.land({ '2013-03.csv': `${FEBRUARY}AA,4\n` }));
      met = await interleaved(world, step, late, closing);
      if (!met) break;
      expect(await world.keys(), `step ${step}`).toEqual(['2013-01.csv', '2013-02.csv', '2013-03.csv']);
      const announced = world.published.map(({ detail }) => detail.datasetVersion);
      expect(announced).toContain(world.catalog.pointer?.version);
      expect(world.catalog.pointer?.revision).toBe(world.catalog.moves.length);
    }
    expect(step).toBeGreaterThan(10);
  });
});

/**
 * Runs a closing, and in the middle, before its `step`-th call to the outside, something else to its end.
 *
 * @returns whether there was such a call
 */
async function interleaved(
  world: World,
  step: number,
  other: () => Promise<unknown>,
  closing: Parameters<typeof createVersion>[1],
): Promise<boolean> {
  let calls = 0;
  const paused = world.watched(async (call) => {
    calls += 1;
    if (calls === step) await other();
    return call();
  });
  await createVersion(paused, closing);
  return calls >= step;
}

describe('killed at any call and delivered again', () => {
  const drops: [string, Record<string, string>, string[]][] = [
    ['a good drop', { '2013-02.csv': FEBRUARY }, [CREATED]],
    ['a bad drop', { '2013-02.csv': CORRUPT }, [QUARANTINED]],
    ['a mixed drop', { '2013-02.csv': FEBRUARY, '2013-03.csv': CORRUPT }, [CREATED, QUARANTINED]],
    ['the same file', { '2013-01.csv': JANUARY }, [UNCHANGED]],
  ];

  /** All that lasts, apart from when it was written. */
  const state = async (world: World) => ({
    current: world.catalog.pointer?.version,
    keys: await world.keys(),
    moves: world.catalog.moves,
    announced: [...world.catalog.versions.values()].filter((v) => v.status === 'accepted' && !v.announcedAt),
    quarantined: [...world.catalog.contents.keys()],
    seen: world.seen.facts.map(({ key, versionId }) => [key, versionId]),
  });

  test.each(drops)(
    '%s comes to the same end, and its events are never missing',
    async (_, files, expected) => {
      const calm = await inJanuary();
      await calm.drop(files);
      for (const when of ['before', 'after'] as const) {
        let killed = true;
        for (let step = 1; killed; step += 1) {
          const world = await inJanuary();
          const closing = await world.land(files);
          killed = await createVersion(world.killedAt(step, when), closing).then(
            () => false,
            () => true,
          );
          await createVersion(world.deps, closing);
          expect(await state(world), `${when} call ${step}`).toEqual(await state(calm));
          expect(new Set(world.types().slice(1)), `${when} call ${step}`).toEqual(new Set(expected));
          expect(world.types().length).toBeLessThanOrEqual(1 + 2 * expected.length);
          expect(await world.drop({})).toEqual([]);
        }
      }
    },
  );

  test('a first drop as well', async () => {
    for (let step = 1, killed = true; killed; step += 1) {
      const world = new World();
      const closing = await world.land({ 'a.csv': JANUARY, 'b.csv': CORRUPT.replace('def', '"') });
      killed = await createVersion(world.killedAt(step, 'after'), closing).then(
        () => false,
        () => true,
      );
      await createVersion(world.deps, closing);
      expect(await world.keys()).toEqual(['a.csv']);
      expect(new Set(world.types())).toEqual(new Set([CREATED, QUARANTINED]));
    }
  });
});
