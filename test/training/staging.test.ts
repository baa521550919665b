import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumAgrees } from '../../lambdas/training/copy-checksum';
import { copyOf, copyParts, copySource, stagedName } from '../../lambdas/training/staging';

const GIB = 1024 ** 3;

describe('a copy source', () => {
  const copy = (sourceKey: string) => ({ sourceKey, versionId: 'v+1/=' });

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

describe('the parts of a copy', () => {
  it('cover each byte once and are at most 10,000, up to the largest object', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 * 1024 * GIB }), (size) => {
        const parts = copyParts(size);
        let next = 0;
        for (const [index, { number, range }] of parts.entries()) {
          expect(number).toBe(index + 1);
          const [first, last] = range.replace('bytes=', '').split('-').map(Number) as [number, number];
          expect(first).toBe(next);
          expect(last - first).toBeLessThan(5 * GIB);
          next = last + 1;
        }
        expect(next).toBe(size);
        expect(parts.length).toBeLessThanOrEqual(10_000);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the name of a staged object', () => {
  it.each(['2013/01.csv', 'a b+c%2B.csv', 'é.csv', 'é.csv', 'x'.repeat(255)])('is its key: %s', (key) => {
    expect(stagedName(key)).toBe(key);
  });

  it.each(['../secrets.csv', 'a//b.csv', 'folder/', './a.csv', 'x'.repeat(256)])(
    'is made of a digest where a job could not write a file of that name: %s',
    (key) => expect(stagedName(key)).toMatch(/^renamed\/[0-9a-f]{64}$/),
  );

  it('is never longer than S3 takes, nor the same for two keys', () => {
    const prefix = 'staging/data-aaaaaaaa-00000001/data/';
    const staged = (key: string) =>
      copyOf('flights', { key, versionId: 'v', size: 1, checksum: 'sha256:00', rows: 1 }, prefix).key;
    const key = fc
      .array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 20 })
      .map((parts) => parts.join('/'))
      .filter((one) => Buffer.byteLength(one) <= 1012);
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 2, maxLength: 5 }), (keys) => {
        const names = keys.map(staged);
        expect(new Set(names).size).toBe(keys.length);
        for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(1024);
      }),
    );
  });
});

describe('a checksum that S3 tells of a copy', () => {
  const hex = 'ab'.repeat(32);
  const base64 = Buffer.from(hex, 'hex').toString('base64');

  it('agrees or not with that of the manifest', () => {
    expect(checksumAgrees(`sha256:${hex}`, { ChecksumSHA256: base64 })).toBe(true);
    expect(checksumAgrees(`sha256:${'cd'.repeat(32)}`, { ChecksumSHA256: base64 })).toBe(false);
  });

  it('says nothing when it is of another kind, or one over the checksums of parts', () => {
    expect(checksumAgrees(`sha256:${hex}`, { ChecksumCRC64NVME: 'AAAAAAAAAAA=' })).toBeUndefined();
    expect(
      checksumAgrees(`sha256:${hex}`, { ChecksumSHA256: base64, ChecksumType: 'COMPOSITE' }),
    ).toBeUndefined();
    expect(checksumAgrees(`sha256:${hex}`, {})).toBeUndefined();
  });
});
