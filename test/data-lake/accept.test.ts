import { describe, expect, test } from 'vitest';
import { World } from './world';

const JANUARY = 'carrier,delay\nUA,1\nAA,2.5\n';
const CORRUPT = 'carrier,delay\nUA,abc\nAA,def\n';
const LITTLE = { changes: 2, bytes: 2 ** 40 };

async function withQuarantine(limit?: ConstructorParameters<typeof World>[0]) {
  const world = new World(limit);
  await world.drop({ '2013-01.csv': JANUARY });
  const [event] = await world.drop({ '2013-02.csv': CORRUPT });
  return { world, quarantined: event?.detail.datasetVersion as string };
}

describe('accepting a quarantined version', () => {
  test.each([[undefined], [LITTLE]])(
    'lets its content through, says who and why, and stays',
    async (limit) => {
      const { world, quarantined } = await withQuarantine(limit);
      const published = await world.accept(quarantined, 'the sensor was off');
      expect(published).toMatchObject([
        {
          detailType: 'Dataset Version Created',
          detail: { datasetVersion: quarantined, trigger: 'accept', objects: 2 },
        },
      ]);
      expect(world.catalog.versions.get(quarantined)).toMatchObject({
        ...{ status: 'accepted', trigger: 'accept', by: 'ann' },
        acceptance: { datasetVersion: quarantined, reason: 'the sensor was off', by: 'ann' },
      });
      expect(await world.keys()).toEqual(['2013-01.csv', '2013-02.csv']);
      expect(await world.drop({})).toEqual([]);
    },
  );

  test('twice changes nothing the second time, and the first reason stays', async () => {
    const { world, quarantined } = await withQuarantine();
    await world.accept(quarantined, 'first');
    const [again] = await world.accept(quarantined, 'second');
    expect(again?.detailType).toBe('Dataset Unchanged');
    expect(world.catalog.accepted).toMatchObject([{ reason: 'first' }]);
    expect(world.catalog.moves).toHaveLength(2);
  });

  test('when other files landed meanwhile lets the content through in another version', async () => {
    const { world, quarantined } = await withQuarantine();
    await world.drop({ '2013-03.csv': JANUARY });
    const [event] = await world.accept(quarantined);
    expect(event).toMatchObject({ detailType: 'Dataset Version Created', detail: { objects: 3 } });
    const version = world.catalog.versions.get(event?.detail.datasetVersion);
    expect(version?.acceptance?.datasetVersion).toBe(quarantined);
  });

  test('while a drop is open waits for it, so that the drop is not torn apart', async () => {
    const { world, quarantined } = await withQuarantine();
    world.lake.put('2013-03.csv', JANUARY);
    const closing = await world.landed();
    expect(await world.accept(quarantined)).toEqual([]);
    const { createVersion } = await import('../../lambdas/data-lake/create-version/create-version');
    await createVersion(world.deps, closing);
    expect(await world.keys()).toEqual(['2013-01.csv', '2013-02.csv', '2013-03.csv']);
    expect(world.catalog.moves).toHaveLength(2);
  });

  test('whose content was replaced since says that nothing is left of it', async () => {
    const { world, quarantined } = await withQuarantine();
    await world.drop({ '2013-02.csv': JANUARY });
    const [event] = await world.accept(quarantined);
    expect(event?.detailType).toBe('Dataset Unchanged');
    expect(event?.detail.reasons).toEqual([expect.stringContaining('nothing is left of it to let through')]);
  });

  test('that does not exist, or was never kept out, is refused', async () => {
    const { world } = await withQuarantine();
    await expect(world.accept('nonsense')).rejects.toThrow('has no version nonsense that could be accepted');
    const current = world.catalog.pointer!.version;
    await expect(world.accept(current)).rejects.toThrow('is accepted already; nothing keeps it out');
  });

  test('that is cut off anywhere and comes again comes to the same end', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let step = 1, killed = true; killed; step += 1) {
        const { world, quarantined } = await withQuarantine();
        killed = await world.accept(quarantined, 'known', world.killedAt(step, when)).then(
          () => false,
          () => true,
        );
        await world.accept(quarantined, 'known');
        expect(world.catalog.pointer?.version, `${when} call ${step}`).toBe(quarantined);
        expect(world.catalog.accepted).toHaveLength(1);
        expect(world.catalog.moves).toHaveLength(2);
        expect(
          world.types().filter((type) => type === 'Dataset Version Created').length,
        ).toBeGreaterThanOrEqual(2);
      }
    }
  });
});
