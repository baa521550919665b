import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inspectFile } from '../../../lambdas/data-lake/formats/inspect-file';
import type { SchemaColumn } from '../../../lambdas/data-lake/validation/schema';
import { checksOf, inPieces, inspect, problemsOf } from './read';

const FLIGHTS: SchemaColumn[] = [
  { name: 'carrier', type: 'string', nullable: false, categories: ['AA', 'UA'] },
  { name: 'dep_delay', type: 'number', nullable: true, min: -20, max: 300 },
  { name: 'distance', type: 'integer', nullable: false, min: 80, max: 4983 },
  { name: 'late', type: 'boolean', nullable: true },
];
const GOOD = 'carrier,dep_delay,distance,late\nUA,2.5,1400,true\nAA,,229,\n';

describe('a sound file', () => {
  test('is described by its columns', async () => {
    const { problems, rows, header, columns } = await inspect(GOOD);
    expect({ problems, rows, header }).toEqual({
      problems: [],
      rows: 2,
      header: ['carrier', 'dep_delay', 'distance', 'late'],
    });
    expect(columns[1]).toMatchObject({
      counts: { missing: 1, integer: 0, number: 1, boolean: 0, string: 0 },
      min: 2.5,
      max: 2.5,
    });
  });

  test.each([
    ['gzip', gzipSync(GOOD)],
    ['a byte order mark', Buffer.from(`\ufeff${GOOD}`)],
    ['Windows line ends', Buffer.from(GOOD.replaceAll('\n', '\r\n'))],
    ['no line end at its end', Buffer.from(GOOD.trimEnd())],
  ])('with %s passes its schema', async (_, content) => {
    const { rows, header } = await inspect(content, { columns: FLIGHTS });
    const problems = await problemsOf(content, { columns: FLIGHTS });
    expect({ problems, rows, first: header[0] }).toEqual({ problems: [], rows: 2, first: 'carrier' });
  });

  test('reads the same in pieces of any size, compressed or not', async () => {
    const text = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.integer()), {
      minLength: 1,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 50 }), fc.boolean(), async (rows, size, packed) => {
        const quoted = (value: string) => `"${value.replaceAll('\0', '').replaceAll('"', '""')}"`;
        const csv = `name,n\n${rows.map(([name, n]) => `${quoted(name)},${n}`).join('\n')}\n`;
        const content = packed ? gzipSync(csv) : Buffer.from(csv);
        const whole = await inspect(content);
        expect(whole.rows).toBe(rows.length);
        expect(await inspect(content, { pieces: size })).toEqual(whole);
      }),
    );
  });
});

describe('the source', () => {
  test('is left open where reading stops early, so that its rest can be read', async () => {
    const content = Buffer.concat([Buffer.from('a,b\n1,2\n\0'), Buffer.alloc(500_000, 'x')]);
    const source = inPieces(content, 65_536);
    const iterator = { [Symbol.asyncIterator]: () => ({ next: () => source.next() }) };
    const { problems } = await inspectFile(iterator, { key: 'a.csv', size: content.length }, undefined);
    expect(problems.map(({ check }) => check)).toEqual(['not-text']);
    let rest = 0;
    for await (const chunk of source) rest += chunk.length;
    expect(rest).toBe(content.length - 65_536);
  });

  test('that breaks off is an error of the source, never a problem of the file', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield gzipSync('a,b\n1,2\n').subarray(0, 12);
      throw new Error('connection reset');
    }
    const file = { key: 'a.csv', size: 100 };
    await expect(inspectFile(broken(), file, undefined)).rejects.toThrow('connection reset');
    await expect(inspectFile(broken(), { ...file, key: 'a.csv.gz' }, undefined)).rejects.toThrow(
      'connection reset',
    );
  });
});

describe('a file that is no CSV', () => {
  test.each([
    ['Parquet', Buffer.from('PAR1\x15\x04'), 'not-text', 'it looks like Parquet'],
    ['a spreadsheet', Buffer.from('PK\x03\x04...'), 'not-text', 'ZIP'],
    ['UTF-16', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), 'not-text', 'UTF-16'],
    ['binary', Buffer.from('a,b\n1,\x00\n'), 'not-text', 'byte 6 is zero'],
    ['Latin-1', Buffer.from('name,n\nJosé,1\n', 'latin1'), 'not-text', 'save it as UTF-8'],
    ['a character cut in half', Buffer.from('name,n\né').subarray(0, 8), 'not-text', 'UTF-8'],
    ['half a gzip', gzipSync(GOOD).subarray(0, 30), 'broken-compression', 'not a complete gzip'],
    [
      'a gzip of nonsense',
      Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff]),
      'broken-compression',
      'gzip',
    ],
    ['an unclosed quote', Buffer.from('a,b\n"1,2\n3,4\n'), 'malformed', 'not well-formed CSV'],
    ['a stray quote', Buffer.from('a,b\n1,2\n"3"x,4\n'), 'malformed', 'in row 3 a quoted field'],
  ])('%s is refused and called so', async (_, content, check, words) => {
    expect(await problemsOf(content)).toMatchObject([
      { check, severity: 'error', message: expect.stringContaining(words) },
    ]);
  });

  test('is refused when it unpacks beyond reason, without unpacking it all', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, `${'a'.repeat(4000)},b\n`));
    expect(await checksOf(bomb)).toEqual(['broken-compression']);
  });

  test('is refused when one row never ends, without keeping it in memory', async () => {
    expect(await checksOf(`a,b\n"${'x'.repeat(3_000_000)}`)).toEqual(['malformed']);
  });
});

describe('the shape of a file', () => {
  test.each([
    ['', ['no-header']],
    ['\ufeff', ['no-header']],
    ['\n\n', ['no-header']],
    ['a,b\n', ['no-rows']],
    ['1,2\n3,4\n', ['no-header']],
    ['a,,c\n1,2,3\n', ['no-header']],
    ['a,b,a\n1,2,3\n', ['duplicate-column']],
    ['a;b\n1;2\n', []],
  ])('%j has the problems %j', async (content, expected) => {
    expect(await checksOf(content)).toEqual(expected);
  });

  test('of rows with too few or too many fields is told with their rows', async () => {
    const { problems, rows } = await inspect('a,b\n1,2\n3\n4,5\n6,7,8\n');
    expect(rows).toBe(4);
    expect(problems).toMatchObject([
      {
        check: 'column-count',
        count: 2,
        examples: [
          { row: 3, value: '1 field' },
          { row: 5, value: '3 fields' },
        ],
      },
    ]);
  });
});

describe('values against the schema', () => {
  const against = async (row: string) => {
    const problems = await problemsOf(`carrier,dep_delay,distance,late\n${row}\n`, { columns: FLIGHTS });
    return problems.map(({ check, severity, column, examples }) => [
      check,
      severity,
      column,
      examples[0]?.value,
    ]);
  };

  test.each([
    ['UA,abc,1400,true', ['type', 'error', 'dep_delay', 'abc']],
    ['UA,inf,1400,true', ['type', 'error', 'dep_delay', 'inf']],
    ['UA,1,far,true', ['type', 'error', 'distance', 'far']],
    ['UA,1,1400,1', ['type', 'error', 'late', '1']],
    ['UA,1,1400.5,true', ['not-integer', 'warning', 'distance', '1400.5']],
    ['UA,900,1400,true', ['out-of-range', 'warning', 'dep_delay', '900']],
    ['UA,-21,1400,true', ['out-of-range', 'warning', 'dep_delay', '-21']],
    ['B6,1,1400,true', ['new-category', 'warning', 'carrier', 'B6']],
    ['UA,1,,true', ['missing-values', 'warning', 'distance', '']],
  ])('%s', async (row, expected) => {
    expect(await against(row)).toEqual([expected]);
  });

  test.each(['UA,,1400,', 'UA,NA,1400.0,False', 'UA,1e1,1.4e3,TRUE', 'UA, 5 ,1400,true'])(
    '%s is sound',
    async (row) => {
      expect(await against(row)).toEqual([]);
    },
  );

  test('are told with their rows as a spreadsheet counts them, the first five of all', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => `UA,${index % 3 === 0 ? 'bad' : 1},100,true`);
    const problems = await problemsOf(`carrier,dep_delay,distance,late\n${rows.join('\n')}\n`, {
      columns: FLIGHTS,
    });
    expect(problems.map(({ check }) => check)).toEqual(['type', 'duplicate-rows']);
    expect(problems[0]).toMatchObject({ count: 10, message: '10 values are not numbers' });
    expect(problems[0]?.examples.map(({ row }) => row)).toEqual([2, 5, 8, 11, 14]);
  });

  test('that are long are shortened', async () => {
    const problems = await problemsOf(`carrier,dep_delay,distance,late\nUA,${'x'.repeat(5000)},100,true\n`, {
      columns: FLIGHTS,
    });
    expect(problems[0]?.examples[0]?.value).toHaveLength(63);
  });

  test('that are all gone from a column are an error, but not in a file of a few rows', async () => {
    const header = 'carrier,dep_delay,distance,late\n';
    const rowsWithout = (count: number) =>
      Array.from({ length: count }, (_, i) => `UA,${i},,true\n`).join('');
    expect(await checksOf(header + rowsWithout(20), { columns: FLIGHTS })).toEqual(['empty-column']);
    expect(await checksOf(header + rowsWithout(19), { columns: FLIGHTS })).toEqual(['missing-values']);
  });
});
