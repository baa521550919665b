import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { formatOfKey } from '../../../lambdas/data-lake/formats/format-of-key';
import { checksOf, inspect, problemsOf } from './read';

const parquetOf = (
  columnData: Parameters<typeof parquetWriteBuffer>[0]['columnData'],
  rowGroupSize = 1000,
): Buffer => Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize }));

describe('what a file is', () => {
  test.each([
    ['a.csv', 'a,b\n1,2\n', 'csv', ','],
    ['a.txt', 'a;b\n1;2\n', 'csv', ';'],
    ['a.tsv', 'a\tb\n1\t2\n', 'csv', '\t'],
    ['a.csv', 'a|b\n1|2\n', 'csv', '|'],
    ['a.csv', 'a;b\n"1,5";2,5\n3,0;4\n', 'csv', ';'],
    ['a.csv', 'name\n1\n', 'csv', ','],
    ['part-0000', 'a,b\n1,2\n', 'csv', ','],
    ['part-0000', '{"a":1}\n{"a":2}\n', 'json-lines', undefined],
    ['a.ndjson', '{"a":1}\n', 'json-lines', undefined],
    ['notes', 'just words\nand more, of them\n', 'opaque', undefined],
    ['README.md', 'a,b\n1,2\n', 'opaque', undefined],
    ['settings.json', '{\n "a": 1\n}\n', 'opaque', undefined],
    ['cat.jpg', '\u{ff}\u{d8}\u{ff}', 'opaque', undefined],
  ])('%s with %j is %s', async (key, content, format, delimiter) => {
    const found = await inspect(content, { key });
    expect([found.format, found.delimiter]).toEqual([format, delimiter]);
    const packed = await inspect(gzipSync(content), { key: `${key}.gz` });
    expect([packed.format, packed.compression, packed.rows]).toEqual([format, 'gzip', found.rows]);
  });

  test('is told by the name alone, where the name is enough', () => {
    expect(['x.csv.gz', 'x.JPG', 'x.parquet', 'x.jsonl', 'part-0'].map(formatOfKey)).toEqual([
      ...['csv', 'opaque', 'parquet', 'json-lines'],
      undefined,
    ]);
  });

  test.each([
    ['a.csv', 'PAR1xxxxPAR1', 'Parquet'],
    ['a.parquet', 'a,b\n1,2\n', 'something else'],
    ['a.json', '[{"a":1}]', 'one JSON array'],
  ])('%s that holds something else is refused and called so', async (key, content, words) => {
    expect(await problemsOf(content, { key })).toMatchObject([
      { check: 'not-text', message: expect.stringContaining(words) },
    ]);
  });

  test('is nothing to check when it is opaque, but an error where tables are expected', async () => {
    const columns = [{ name: 'a', type: 'integer', nullable: false }] as const;
    const image = { key: 'cat.png' };
    expect(await checksOf('\u{89}PNG', image)).toEqual([]);
    expect(await checksOf('\u{89}PNG', { ...image, columns })).toEqual(['not-tabular']);
  });
});

describe('JSON Lines', () => {
  test('are rows of the fields that any of them has', async () => {
    const lines = [
      '{"n":1,"s":"x","b":true}',
      '',
      '{"s":"NA","n":2.5}',
      '{"n":null,"s":"","extra":[1,{"a":2}]}',
    ];
    const { header, rows, columns, problems } = await inspect(lines.join('\r\n'), { key: 'a.jsonl' });
    expect({ header, rows, problems }).toEqual({ header: ['n', 's', 'b', 'extra'], rows: 3, problems: [] });
    expect(columns.map(({ counts }) => counts)).toMatchObject([
      { integer: 1, number: 1, missing: 1 },
      { string: 2, missing: 1 },
      { boolean: 1, missing: 2 },
      { string: 1, missing: 2 },
    ]);
  });

  test('keep text apart from the number that it looks like', async () => {
    const { columns } = await inspect('{"a":"5"}\n{"a":5}\n{"a":"true"}\n', { key: 'a.jsonl' });
    expect(columns[0]?.counts).toEqual({ missing: 0, integer: 1, number: 0, boolean: 0, string: 2 });
  });

  test('that are broken are told by their line, and the others are read', async () => {
    const { problems, rows } = await inspect('{"a":1}\n{"a":\n[1]\n{"a":2}\n', { key: 'a.jsonl' });
    expect(rows).toBe(2);
    expect(problems).toMatchObject([{ check: 'malformed', count: 2, examples: [{ row: 2 }, { row: 3 }] }]);
  });

  test('say what the same rows say as CSV', async () => {
    const row = fc.record({
      n: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
      t: fc.constantFrom('x', 'y', 'zoë'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 150 }), fc.nat(40), async (rows, pieces) => {
        const json = rows.map((one) => JSON.stringify(one)).join('\n');
        const csv = `n,t\n${rows.map(({ n, t }) => `${Object.is(n, -0) ? 0 : n},${t}`).join('\n')}\n`;
        const [a, b] = [await inspect(json, { key: 'a.jsonl', pieces: pieces + 1 }), await inspect(csv)];
        const facts = ({ columns, duplicates }: typeof a) => ({
          columns: columns.map(({ places: _, ...column }) => column),
          repeated: duplicates?.count,
        });
        expect(facts(a)).toEqual(facts(b));
      }),
      { numRuns: 60 },
    );
  });
});

describe('Parquet', () => {
  const content = parquetOf(
    [
      { name: 'id', data: Array.from({ length: 2500 }, (_, i) => BigInt(i)), type: 'INT64' },
      {
        name: 'x',
        data: Array.from({ length: 2500 }, (_, i) => (i % 10 === 0 ? null : i / 8)),
        type: 'DOUBLE',
        nullable: true,
      },
      { name: 's', data: Array.from({ length: 2500 }, (_, i) => ['a', 'b', '7'][i % 3]!), type: 'STRING' },
      { name: 'late', data: Array.from({ length: 2500 }, (_, i) => i % 2 === 0), type: 'BOOLEAN' },
      {
        name: 'day',
        data: Array.from({ length: 2500 }, (_, i) => new Date(Date.UTC(2013, 0, 1 + (i % 28)))),
        type: 'TIMESTAMP',
      },
    ],
    1000,
  );

  test('is read over all of its row groups', async () => {
    const { format, rows, header, columns, problems, duplicates } = await inspect(content, {
      key: 'a.parquet',
    });
    expect({ format, rows, header, problems }).toEqual({
      format: 'parquet',
      rows: 2500,
      header: ['id', 'x', 's', 'late', 'day'],
      problems: [],
    });
    expect(columns.map(({ type, counts }) => [type, counts.missing])).toEqual([
      ['integer', 0],
      ['number', 250],
      ['string', 0],
      ['boolean', 0],
      ['string', 0],
    ]);
    expect(columns[0]).toMatchObject({ min: 0, max: 2499, repeated: { count: 0, exact: true } });
    expect(columns[2]?.counts.string).toBe(2500);
    expect(columns[4]?.format).toBe('date-time');
    expect(duplicates?.count).toBe(0);
  });

  test('is read in parts where parts can be read', async () => {
    const asked: number[] = [];
    const range = async (start: number, end: number) => {
      asked.push(end - start);
      return content.subarray(start, end);
    };
    const whole = await inspect(content, { key: 'a.parquet' });
    expect(await inspect(content, { key: 'a.parquet', range })).toEqual(whole);
    expect(asked.length).toBeGreaterThan(5);
  });

  test('whose parts cannot be read is an error of the source', async () => {
    const range = () => Promise.reject(new Error('SlowDown'));
    await expect(inspect(content, { key: 'a.parquet', range })).rejects.toThrow('SlowDown');
  });

  test.each([
    ['cut off', content.subarray(0, content.length - 20)],
    [
      'with nonsense inside',
      Buffer.concat([content.subarray(0, 400), Buffer.alloc(300, 7), content.subarray(700)]),
    ],
    ['of its name only', Buffer.from('PAR1')],
    [
      'with a description of no sense',
      Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(64, 0xff), Buffer.from('@\0\0\0PAR1')]),
    ],
  ])('%s is a problem and no exception', async (_, bytes) => {
    const { problems } = await inspect(bytes, { key: 'a.parquet' });
    expect(problems.map(({ check }) => check)).toEqual(['malformed']);
  });
});

describe('a file of any bytes', () => {
  test('is described or refused, and never throws', async () => {
    const key = fc.constantFrom('a.csv', 'a.jsonl', 'a.parquet', 'a', 'a.csv.gz', 'a.json');
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: 'binary', maxLength: 100 }).map((text) => new Uint8Array(Buffer.from(text))),
      fc.uint8Array({ maxLength: 100 }).map((inside) => new Uint8Array(gzipSync(inside))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, key, fc.integer({ min: 1, max: 50 }), async (content, name, pieces) => {
        const found = await inspect(Buffer.from(content), { key: name, pieces });
        expect(JSON.parse(JSON.stringify(found))).toEqual(JSON.parse(JSON.stringify(found)));
        expect(found.format === 'opaque' || found.rows > 0 || found.problems.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('is not read when it is larger than the limit, and says what to do', async () => {
    expect(await problemsOf('a,b\n1,2\n', { maxBytes: 4 })).toMatchObject([
      {
        check: 'too-large',
        message: 'has 8 bytes, more than the 4 that are read; split it into smaller files',
      },
    ]);
    const packed = gzipSync('a,b\n'.repeat(10_000));
    expect(await problemsOf(packed, { key: 'a.csv.gz', maxInflatedBytes: 1000 })).toMatchObject([
      { check: 'too-large', message: expect.stringContaining('unpacks to more than 1000 bytes') },
    ]);
  });
});
