import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DatasetVersion } from '../../lambdas/data-lake/entities';
import { createHandler } from '../../lambdas/training/stage-dataset/index';
import { copyRanges, copySource } from '../../lambdas/training/staging';
import type { StagingStore } from '../../lambdas/training/staging-store';

const GIB = 1024 ** 3;

describe('a copy source', () => {
  const copy = (sourceKey: string) => ({ sourceKey, versionId: 'v+1/=', key: 'k', size: 1 });

  it('names the version and encodes what a URL cannot hold, but not the slashes', () => {
    expect(copySource('lake', copy('raw/flights/a b+c/é%2B.csv'))).toBe(
      'lake/raw/flights/a%20b%2Bc/%C3%A9%252B.csv?versionId=v%2B1%2F%3D',
    );
  });

  it('decodes to the key again, whatever the key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
        const path = copySource('lake', copy(key)).slice('lake/'.length).split('?versionId=')[0]!;
        expect(decodeURIComponent(path)).toBe(key);
      }),
    );
  });
});

describe('the ranges of a copy in parts', () => {
  it('cover each byte once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 * GIB }), (size) => {
        let next = 0;
        for (const range of copyRanges(size)) {
          const [first, last] = range.replace('bytes=', '').split('-').map(Number) as [number, number];
          expect(first).toBe(next);
          expect(last - first).toBeLessThan(5 * GIB);
          next = last + 1;
        }
        expect(next).toBe(size);
      }),
    );
  });
});

describe('staging a dataset version', () => {
  const manifest = {
    dataset: 'flights',
    id: 'abc',
    objects: [
      { key: '2013/01.csv', versionId: 'v1', size: 10, checksum: 'sha256:1', rows: 1 },
      { key: '2013/02.csv', versionId: 'v2', size: 20, checksum: 'sha256:2', rows: 2 },
    ],
  };
  const request = { runId: 'run-1', dataset: 'flights', datasetVersion: 'abc' };

  const column = (name: string) => ({ name, type: 'number' as const, nullable: false });
  const version: DatasetVersion = {
    ...{
      dataset: 'flights',
      id: 'abc',
      status: 'accepted',
      manifestUri: 's3://lake/manifests/flights/abc.json',
    },
    ...{ objects: 2, rows: 3, bytes: 30 },
    ...{ createdAt: '2013-02-01T00:00:00.000Z', firstEventAt: '2013-02-01T00:00:00.000Z' },
    columns: [column('size'), column('late'), column('id')],
  };

  function lake(copied: (key: string, size: number) => number = (_, size) => size) {
    const objects = new Map<string, number>();
    const made: string[] = [];
    const written = new Map<string, unknown>();
    const store: StagingStore = {
      bucket: 'lake',
      sizes: async (prefix) => new Map([...objects].filter(([key]) => key.startsWith(prefix))),
      copy: async ({ sourceKey, versionId, key, size }) => {
        made.push(`${sourceKey}@${versionId} -> ${key}`);
        objects.set(key, copied(key, size));
      },
      writeJson: async (key, value) => void written.set(key, value),
    };
    const handler = createHandler({
      store,
      readManifest: async () => manifest,
      datasetVersion: async (_, id) => (id === version.id ? version : undefined),
    });
    return { objects, made, written, handler };
  }

  it('copies exactly the versions that the manifest names, and tells where they are', async () => {
    const { made, handler } = lake();
    expect(await handler(request)).toEqual({ uri: 's3://lake/staging/run-1/data/', objects: 2, bytes: 30 });
    expect(made).toEqual([
      'raw/flights/2013/01.csv@v1 -> staging/run-1/data/2013/01.csv',
      'raw/flights/2013/02.csv@v2 -> staging/run-1/data/2013/02.csv',
    ]);
  });

  it('goes on where it stopped', async () => {
    const { objects, made, handler } = lake();
    objects.set('staging/run-1/data/2013/01.csv', 10);
    objects.set('staging/run-1/data/2013/02.csv', 7);
    await handler(request);
    expect(made).toHaveLength(1);
  });

  it('does not go on with a copy of another size', async () => {
    const { handler } = lake((key, size) => (key.endsWith('02.csv') ? size - 1 : size));
    await expect(handler(request)).rejects.toThrow(
      '1 of 2 staged objects of dataset version abc are missing or have another size than the manifest says, e.g. raw/flights/2013/02.csv (version v2).',
    );
  });

  it('writes the order of the columns beside the data, so that it is no part of it', async () => {
    const { written, handler } = lake();
    await handler(request);
    expect([...written]).toEqual([['staging/run-1/columns.json', ['size', 'late', 'id']]]);
  });

  it('does not stage a version that the catalog does not know', async () => {
    const { made, handler } = lake();
    await expect(handler({ ...request, datasetVersion: 'abd' })).rejects.toThrow(
      'Dataset "flights" has no version abd.',
    );
    expect(made).toEqual([]);
  });

  it('names what is missing in the request', async () => {
    await expect(lake().handler({ runId: 'x' })).rejects.toThrow(/dataset[\s\S]*datasetVersion/);
  });
});
