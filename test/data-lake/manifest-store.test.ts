import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ManifestObject } from '../../lambdas/data-lake/entities';
import { compareKeys } from '../../lambdas/data-lake/key-order';
import { versionId } from '../../lambdas/data-lake/manifest';
import { manifestsIn } from '../../lambdas/data-lake/manifest-store';
import { mergeJoin } from '../../lambdas/data-lake/merge-join';
import { shardKey } from '../../lib/data-lake/contract';
import { FakeObjects } from './fakes';

const SIZES = { min: 4, average: 8, max: 32 };

const object = (key: string, checksum = 'sha256:00'): ManifestObject => ({
  ...{ key, versionId: 'v', size: 3, checksum, rows: 2 },
});
const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => object(`${String(index).padStart(6, '0')}.csv`));

/** Writes a manifest of small shards; more than eight objects are too many for one. */
async function write(objects: FakeObjects, contents: readonly ManifestObject[], parent?: string) {
  const manifests = manifestsIn(objects);
  const known = parent === undefined ? undefined : (await manifests.head('flights', parent)).shards;
  const writer = manifests.writer({ dataset: 'flights', parent, known, sizes: SIZES, maxWhole: 8 });
  for (const item of contents) await writer.add(item);
  return writer.finish();
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const keys = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), { maxLength: 80 });
const contents = keys.map((all) => all.sort(compareKeys).map((key) => object(key)));

describe('a manifest of any size', () => {
  test('comes back as it was written, and is named by its objects', async () => {
    await fc.assert(
      fc.asyncProperty(contents, async (list) => {
        const objects = new FakeObjects();
        const head = await write(objects, list);
        const manifests = manifestsIn(objects);
        expect(head.id).toBe(versionId(list));
        expect(await collect(manifests.objects('flights', head.id))).toEqual(list);
        expect((await manifests.read('flights', head.id)).objects).toEqual(list);
        expect(await manifests.head('flights', head.id)).toMatchObject({
          ...{ objects: list.length, rows: 2 * list.length, bytes: 3 * list.length },
        });
      }),
    );
  });

  test('can be read from any key on, and for one key', async () => {
    await fc.assert(
      fc.asyncProperty(contents, fc.string({ unit: 'grapheme' }), async (list, key) => {
        const objects = new FakeObjects();
        const { id } = await write(objects, list);
        const manifests = manifestsIn(objects);
        const after = list.filter((item) => compareKeys(item.key, key) > 0);
        expect(await collect(manifests.objects('flights', id, key))).toEqual(after);
        for (const item of list) expect(await manifests.find('flights', id, item.key)).toEqual(item);
        expect(await manifests.find('flights', id, key)).toEqual(list.find((item) => item.key === key));
      }),
    );
  });

  test('is refused when its objects do not come in order', async () => {
    const writing = write(new FakeObjects(), [object('b'), object('a')]);
    await expect(writing).rejects.toThrow('Objects of a manifest come in order, but "a" follows "b".');
  });

  test('that is gone is named with the place where it should be', async () => {
    const reading = manifestsIn(new FakeObjects()).head('flights', 'gone');
    await expect(reading).rejects.toThrow('The manifest s3://lake/manifests/flights/gone.json.gz is gone');
  });

  test('with a shard that holds other bytes is refused', async () => {
    const objects = new FakeObjects();
    const { id, shards = [] } = await write(objects, numbered(100));
    const [first, second] = shards;
    objects.held.set(
      shardKey('flights', first!.digest),
      objects.held.get(shardKey('flights', second!.digest))!,
    );
    const reading = collect(manifestsIn(objects).objects('flights', id));
    await expect(reading).rejects.toThrow(`The shard ${first!.digest} of a manifest is damaged`);
  });
});

describe('the next version of a large dataset', () => {
  const before = numbered(1000);
  const changes: [string, ManifestObject[]][] = [
    ['a changed file', before.map((item, at) => (at === 500 ? object(item.key, 'sha256:01') : item))],
    ['a new file in the middle', [...before.slice(0, 500), object('000499x.csv'), ...before.slice(500)]],
    ['a file less', before.filter((_, at) => at !== 500)],
  ];

  test.each(changes)('with %s writes only the shards that it touches', async (_, after) => {
    const objects = new FakeObjects();
    const first = await write(objects, before);
    expect(first.shards!.length).toBeGreaterThan(50);
    objects.written.length = 0;
    const second = await write(objects, after, first.id);
    const shards = objects.written.filter((key) => key.includes('/shards/'));
    expect(shards.length).toBeGreaterThan(0);
    expect(shards.length).toBeLessThanOrEqual(5);
    expect(await collect(manifestsIn(objects).objects('flights', second.id))).toEqual(after);
  });
});

describe('the order of keys', () => {
  test('is that of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});

describe('a merge join', () => {
  const source = async function* (...all: string[]) {
    for (const key of all) yield { key };
  };

  test('gives for every key what each source has', async () => {
    const joined = await collect(mergeJoin(source('a', 'b', 'b'), source('b', 'c')));
    expect(joined.map(({ key, items }) => [key, ...items.map((list) => list.length)])).toEqual([
      ['a', 1, 0],
      ['b', 2, 1],
      ['c', 0, 1],
    ]);
  });

  test('refuses a source that is not sorted', async () => {
    await expect(collect(mergeJoin(source('b', 'a')))).rejects.toThrow('"a" follows "b"');
  });
});
