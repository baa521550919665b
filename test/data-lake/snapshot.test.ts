import { describe, expect, test } from 'vitest';
import { type ListedVersion, readableVersions } from '../../lambdas/data-lake/snapshot';

const version = (key: string, versionId: string, more: Partial<ListedVersion> = {}): ListedVersion => ({
  ...{ key, versionId, size: 10, deleted: false },
  ...more,
});

const ids = (listed: ListedVersion[]): Record<string, string[]> =>
  Object.fromEntries(
    [...readableVersions(listed)].map(([key, chain]) => [key, chain.map(({ versionId }) => versionId)]),
  );

describe('what a key can be read from', () => {
  test('are its versions, the newest first', () => {
    expect(ids([version('a', '2'), version('b', '9'), version('a', '1')])).toEqual({
      a: ['2', '1'],
      b: ['9'],
    });
  });

  test('is nothing once it is deleted', () => {
    expect(ids([version('a', '2', { deleted: true, size: 0 }), version('a', '1')])).toEqual({});
  });

  test('is nothing from before a deletion when it was written again', () => {
    const listed = [version('a', '3'), version('a', '2', { deleted: true, size: 0 }), version('a', '1')];
    expect(ids(listed)).toEqual({ a: ['3'] });
  });

  test('leaves out versions without content', () => {
    expect(ids([version('a', '2', { size: 0 }), version('a', '1')])).toEqual({ a: ['1'] });
  });

  test('leaves out markers, folders and hidden objects', () => {
    expect(ids([version('_SUCCESS', '1'), version('x/', '2', { size: 0 }), version('_tmp/a', '3')])).toEqual(
      {},
    );
  });
});
