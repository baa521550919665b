import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listInOrder, rangesOf } from '../../lambdas/data-lake/create-version/list-in-order';
import type { ShardRef } from '../../lambdas/data-lake/entities';
import { keyStates, type ListedVersion } from '../../lambdas/data-lake/listing';
import { FakeLake, FakeObjects } from './fakes';

const shard = (last: string, objects = 8_000): ShardRef => ({
  ...{ digest: last, first: last, last, objects, rows: 0, bytes: 0 },
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('a list in several ranges at once', () => {
  const name = fc.stringMatching(/^[a-z]{1,3}$/);

  test('is the list, in order, with what was added between and after the known keys', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(name, { maxLength: 40 }),
        fc.uniqueArray(name, { maxLength: 20 }),
        async (keys, bounds) => {
          const lake = new FakeLake(new FakeObjects());
          for (const key of keys) lake.put(key, 'x');
          const shards = bounds.sort().map((bound) => shard(bound));
          const listed = await collect(listInOrder(lake, 'flights', shards));
          expect(listed).toEqual(await collect(lake.list('flights')));
        },
      ),
    );
  });

  test('takes neighbouring small shards together, and leaves the last range open', () => {
    expect(rangesOf([shard('b', 5_000), shard('d', 5_000), shard('f'), shard('h')])).toEqual([
      { after: undefined, upTo: 'd' },
      { after: 'd', upTo: 'f' },
      { after: 'f' },
    ]);
    expect(rangesOf([])).toEqual([{ after: undefined }]);
  });

  test('fails when a range cannot be listed', async () => {
    const lake = {
      // biome-ignore lint/correctness/useYield: it fails before there is anything to yield
      list: async function* (): AsyncGenerator<ListedVersion> {
        throw new Error('S3 is away');
      },
    };
    await expect(collect(listInOrder(lake, 'flights', [shard('b'), shard('d')]))).rejects.toThrow(
      'S3 is away',
    );
  });
});

describe('what a key can be read from', () => {
  const version = (key: string, versionId: string, more: Partial<ListedVersion> = {}): ListedVersion => ({
    ...{ key, versionId, size: 10, deleted: false },
    ...more,
  });
  const deletion = { deleted: true, size: 0 };
  const chains = async (...listed: ListedVersion[]) => {
    const source = async function* () {
      yield* listed;
    };
    const states = await collect(keyStates(source()));
    return Object.fromEntries(states.map(({ key, chain }) => [key, chain.map(({ versionId }) => versionId)]));
  };

  test('are its versions, the newest first', async () => {
    expect(await chains(version('a', '2'), version('a', '1'), version('b', '9'))).toEqual({
      a: ['2', '1'],
      b: ['9'],
    });
  });

  test('is nothing once it is deleted', async () => {
    expect(await chains(version('a', '2', deletion), version('a', '1'))).toEqual({ a: [] });
  });

  test('is nothing from before a deletion when it was written again', async () => {
    expect(await chains(version('a', '3'), version('a', '2', deletion), version('a', '1'))).toEqual({
      a: ['3'],
    });
  });

  test('leaves out markers, folders and hidden objects, and keeps an empty file to be reported', async () => {
    expect(
      await chains(
        version('_SUCCESS', '1'),
        version('_tmp/a', '3'),
        version('empty.csv', '4', { size: 0 }),
        version('x/', '2', { size: 0 }),
      ),
    ).toEqual({ _SUCCESS: [], '_tmp/a': [], 'empty.csv': ['4'], 'x/': [] });
  });
});
