import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ManifestObject } from '../../lambdas/data-lake/entities';
import { versionId } from '../../lambdas/data-lake/manifest';

const objectOf = fc.record({
  key: fc.string({ unit: 'grapheme', minLength: 1 }),
  versionId: fc.string(),
  size: fc.nat(),
  checksum: fc.stringMatching(/^sha256:[0-9a-f]{64}$/),
  rows: fc.nat(),
});
const objects = fc.uniqueArray(objectOf, { selector: ({ key }) => key, minLength: 1, maxLength: 20 });

/** Objects, and the same objects in another order. */
const shuffled = objects.chain((list) =>
  fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
);

describe('the id of a version', () => {
  test('is the digest of one line for each object', () => {
    const object = { key: 'a.csv', versionId: 'v', size: 3, checksum: 'sha256:00', rows: 1 };
    const expected = createHash('sha256').update('a.csv\t3\tsha256:00\n').digest('hex');
    expect(versionId([object])).toBe(expected);
  });

  test('does not depend on the order of the objects', () => {
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        expect(versionId(other)).toBe(versionId(list));
      }),
    );
  });

  test('does not depend on which S3 versions hold the bytes', () => {
    fc.assert(
      fc.property(objects, fc.string(), (list, version) => {
        expect(versionId(list.map((object) => ({ ...object, versionId: version })))).toBe(versionId(list));
      }),
    );
  });

  const changes: [string, (object: ManifestObject) => ManifestObject][] = [
    ['key', (object) => ({ ...object, key: `${object.key}~` })],
    ['size', (object) => ({ ...object, size: object.size + 1 })],
    ['checksum', (object) => ({ ...object, checksum: `${object.checksum}0` })],
  ];
  test.each(changes)('changes with the %s of any object', (_, change) => {
    fc.assert(
      fc.property(objects, fc.nat(), (list, pick) => {
        const at = pick % list.length;
        const other = list.map((object, index) => (index === at ? change(object) : object));
        expect(versionId(other)).not.toBe(versionId(list));
      }),
    );
  });

  test('orders keys by their UTF-8 bytes, as other languages do', () => {
    // U+FF5E comes before U+1F6EB in UTF-8, but after its surrogates in UTF-16.
    const [first, second] = ['\uff5e', '\u{1f6eb}'].map((key) => ({
      ...{ key, versionId: 'v', size: 1, checksum: 'c', rows: 1 },
    }));
    const lines = '\uff5e\t1\tc\n\u{1f6eb}\t1\tc\n';
    expect(versionId([second!, first!])).toBe(createHash('sha256').update(lines).digest('hex'));
  });
});
