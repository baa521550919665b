import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyProblems } from '../../lambdas/data-lake/key-problems';
import { decodeObjectEvent } from '../../lambdas/data-lake/object-event';
import { objectRole, parseRawKey } from '../../lambdas/data-lake/object-key';

describe('the dataset of a key', () => {
  test.each([
    ['raw/flights/2013-01.csv', '2013-01.csv'],
    ['raw/flights/2013/01/a b.csv', '2013/01/a b.csv'],
    ['raw/flights/a+b.csv', 'a+b.csv'],
    ['raw/flights/a%2Bb.csv', 'a%2Bb.csv'],
    ['raw/flights//double.csv', '/double.csv'],
    ['raw/flights/../escape.csv', '../escape.csv'],
    ['raw/flights/étude-🛫.csv', 'étude-🛫.csv'],
    ['raw/flights/', ''],
  ])('%s is taken as it stands', (key, relativeKey) => {
    expect(parseRawKey(key)).toEqual({ dataset: 'flights', relativeKey });
  });

  test('any key below a dataset comes back whole', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/),
        fc.string({ unit: 'grapheme' }),
        (dataset, rest) => {
          expect(parseRawKey(`raw/${dataset}/${rest}`)).toEqual({ dataset, relativeKey: rest });
        },
      ),
    );
  });

  test('an object beside the datasets is refused, with the place where it belongs', () => {
    expect(() => parseRawKey('raw/january.csv')).toThrow(
      'Object "raw/january.csv" belongs to no dataset: drop it under raw/<dataset>/, for example raw/my-dataset/january.csv.',
    );
  });

  test.each(['raw/my data/a.csv', 'raw/_hidden/a.csv', 'raw//a.csv', `raw/${'x'.repeat(64)}/a.csv`])(
    '%s is refused for the name of its dataset',
    (key) => {
      expect(() => parseRawKey(key)).toThrow('names the dataset');
    },
  );

  test('a key outside raw/ is refused', () => {
    expect(() => parseRawKey('staging/x.csv')).toThrow('Object "staging/x.csv" is not under raw/');
  });
});

describe('the role of an object', () => {
  test.each([
    ['2013-01.csv', 10, 'data'],
    ['deep/er/2013-01.csv', 10, 'data'],
    ['_SUCCESS', 0, 'marker'],
    ['2013/_SUCCESS', 3, 'marker'],
    ['', 0, 'ignored'],
    ['folder/', 0, 'ignored'],
    ['2013_$folder$', 0, 'ignored'],
    ['empty.csv', 0, 'data'],
    ['folder/', 3, 'data'],
    ['../escape.csv', 3, 'data'],
    ['.DS_Store', 10, 'ignored'],
    ['_temporary/part-0.csv', 10, 'ignored'],
    ['_committed', 10, 'ignored'],
  ])('%s of %i bytes is %s', (key, size, role) => {
    expect(objectRole(key, size)).toBe(role);
  });
});

describe('an event "Object Created"', () => {
  const event = (object: object, bucket = 'lake', time = '2013-02-01T00:00:00Z') =>
    JSON.stringify({
      'detail-type': 'Object Created',
      time,
      detail: { bucket: { name: bucket }, object, requester: '111122223333' },
    });

  test('is read', () => {
    expect(decodeObjectEvent(event({ key: 'raw/flights/a b.csv', size: 5 }), 'lake')).toEqual({
      dataset: 'flights',
      relativeKey: 'a b.csv',
      role: 'data',
      deleted: false,
      at: '2013-02-01T00:00:00.000Z',
      by: '111122223333',
    });
  });

  test('"Object Deleted" is read, with no size', () => {
    const deleted = event({ key: 'raw/flights/a b.csv' }).replace('Object Created', 'Object Deleted');
    expect(decodeObjectEvent(deleted, 'lake')).toMatchObject({ role: 'data', deleted: true });
  });

  test('of a folder that the console made under raw/ is ignored', () => {
    expect(decodeObjectEvent(event({ key: 'raw/', size: 0 }), 'lake').role).toBe('ignored');
  });

  test('without a size is refused and the field is named', () => {
    expect(() => decodeObjectEvent(event({ key: 'raw/flights/a.csv' }), 'lake')).toThrow(
      'detail.object.size',
    );
  });

  test('that is no JSON is refused and called so', () => {
    expect(() => decodeObjectEvent('oops', 'lake')).toThrow(
      'The message is no S3 event "Object Created" or "Object Deleted"',
    );
  });

  test('of another bucket is refused', () => {
    expect(() => decodeObjectEvent(event({ key: 'raw/f/a.csv', size: 1 }, 'other'), 'lake')).toThrow(
      'The event is about bucket "other", but this data lake is "lake".',
    );
  });
});

describe('a key that training could not have as a file', () => {
  test.each([
    ['a\tb.csv', 'has control characters'],
    ['../escape.csv', 'has a part ".."'],
    ['a/./b.csv', 'has a part "."'],
    ['a//b.csv', 'has an empty part'],
    ['/a.csv', 'has an empty part'],
    ['folder/', 'ends in a slash'],
    [`${'é'.repeat(130)}.csv`, 'has a part of 264 bytes'],
  ])('%j is refused with the reason', (key, reason) => {
    expect(keyProblems(key)).toMatchObject([{ severity: 'error', message: expect.stringContaining(reason) }]);
  });
});

describe('a key that is unusual and usable', () => {
  const longest = `${`${'d'.repeat(250)}/`.repeat(4)}${'f'.repeat(8)}`;
  test.each([
    'a b.csv',
    'a+b.csv',
    'a%2Bb.csv',
    'é.csv',
    'é'.normalize('NFD'),
    '🛫.csv',
    '..a',
    'a..b',
    longest,
  ])('%s is taken as it stands', (key) => {
    expect(keyProblems(key)).toEqual([]);
  });

  test('is at most as long as S3 allows', () => {
    expect(Buffer.byteLength(`raw/flights/${longest}`)).toBe(1024);
  });
});
