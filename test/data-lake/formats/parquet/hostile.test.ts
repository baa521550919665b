import { gzipSync } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TextBudget } from '../../../../lambdas/data-lake/formats/parquet/text-budget';
import { ProcessReader } from './process-reader';

type Options = Parameters<typeof parquetWriteBuffer>[0];
type Column = Options['columnData'][number];

const ROWS = 1000;
const of = <T>(value: (row: number) => T) => Array.from({ length: ROWS }, (_, row) => value(row));
const written = (column: Omit<Column, 'name'>, options: Partial<Options> = {}) =>
  Buffer.from(
    parquetWriteBuffer({ codec: 'UNCOMPRESSED', ...options, columnData: [{ name: 'a', ...column }] }),
  );
const texts = { data: of((row) => `text ${row}`), type: 'STRING' } as const;
const numbers = { data: of((row) => row * 3), type: 'INT32', nullable: false, encoding: 'PLAIN' } as const;

/** The file with other bytes where its first page starts. */
function withPage(content: Buffer, page: readonly number[]): Buffer {
  const [chunk] = parquetMetadata(Uint8Array.from(content)).row_groups[0]!.columns;
  const copy = Buffer.from(content);
  copy.set(page, Number(chunk!.meta_data!.dictionary_page_offset ?? chunk!.meta_data!.data_page_offset));
  return copy;
}

/** The file with its third row group where its second one is. */
function withSharedBytes(content: Buffer): Buffer {
  const [, second, third] = parquetMetadata(Uint8Array.from(content)).row_groups.map(({ columns }) =>
    Buffer.from(zigzag(Number(columns[0]!.meta_data!.data_page_offset))),
  );
  const copy = Buffer.from(content);
  const description = copy.length - 8 - copy.readUInt32LE(copy.length - 8);
  for (let at = copy.indexOf(third!, description); at !== -1; at = copy.indexOf(third!, at))
    copy.set(second!, at);
  return copy;
}

/** A number as page headers have it. */
function zigzag(value: number): number[] {
  const bytes: number[] = [];
  let left = value * 2;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return [...bytes, left];
}

/** A header of a data page: PLAIN is 0, DELTA_BINARY_PACKED 5, RLE_DICTIONARY 8. */
const dataPage = (unpacked: number, packed: number, values: number, encoding = 0) => [
  ...[0x15, ...zigzag(0), 0x15, ...zigzag(unpacked), 0x15, ...zigzag(packed), 0x2c],
  ...[0x15, ...zigzag(values), 0x15, ...zigzag(encoding), 0x15, ...zigzag(3), 0x15, ...zigzag(3), 0, 0],
];

// Fields 8, 1 (a data page) and 5 (of -5 values), and none that says how long the page is.
const UNSIZED = [0x85, 0, 0x05, 0x02, 0, 0x4c, 0x15, 0x09, 0x15, 0, 0, 0];
const LONG_RUN = [5, 0, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x08];
// Blocks of 128 in minus six parts, after which the reader would be where the block began.
const BACKWARDS = [
  0x80,
  0x01,
  0xfa,
  0xff,
  0xff,
  0xff,
  0x0f,
  0xe8,
  0x07,
  0,
  ...Array.from({ length: 20 }, () => 0x80),
  0,
];

let reader: ProcessReader;
beforeAll(async () => {
  reader = await ProcessReader.start(3000);
});
afterAll(() => reader.stop());

describe('a hostile Parquet file is told in time and in 160 MB of heap, with', () => {
  test.each<[string, string, () => Buffer]>([
    ['a page header that lacks its size', 'malformed', () => withPage(written(texts), UNSIZED)],
    [
      'a page that announces a gigabyte',
      'too-large',
      () => withPage(written(texts), dataPage(2 ** 30, 64, ROWS)),
    ],
    [
      'a page of more values than the column has',
      'malformed',
      () => withPage(written(texts), dataPage(64, 64, 2 ** 30)),
    ],
    [
      'a run of a billion values',
      'malformed',
      () => {
        const column = {
          data: of((row) => (row % 2 === 0 ? row : null)),
          type: 'INT32',
          nullable: true,
        } as const;
        return withPage(written(column), [...dataPage(640, 640, ROWS), ...LONG_RUN]);
      },
    ],
    [
      'differences that lead backwards',
      'malformed',
      () => withPage(written(numbers), [...dataPage(640, 640, ROWS, 5), ...BACKWARDS]),
    ],
    [
      'a page of which gzip makes 300 times as much as it announces',
      'malformed',
      () =>
        written(texts, { codec: 'GZIP', compressors: { GZIP: () => gzipSync(Buffer.alloc(300_000_000)) } }),
    ],
    [
      'a page of texts that repeat the one before and so are 80 MB',
      'too-large',
      () =>
        written(
          {
            data: of((row) => 'x'.repeat(80_000) + row),
            type: 'STRING',
            encoding: 'DELTA_BYTE_ARRAY',
          },
          { pageSize: 10 ** 9 },
        ),
    ],
    [
      'row groups that share their bytes',
      'malformed',
      () => withSharedBytes(written(numbers, { rowGroupSize: 250 })),
    ],
    ['one text of 20 MB', 'too-large', () => written({ data: ['x'.repeat(20_000_000)], type: 'STRING' })],
    [
      'a block of LZ4 that leads backwards',
      'malformed',
      () =>
        written(texts, {
          codec: 'LZ4',
          compressors: { LZ4: () => Buffer.from('00000000fffffff8000000000000000000', 'hex') },
        }),
    ],
  ])('%s', async (_, check, content) => {
    const { problems } = await reader.read(content());
    expect(problems.map((problem) => problem.check)).toEqual([check]);
  });
});

test('text of a Parquet file is counted wherever it stands, and ends where all of it is too much', () => {
  const budget = new TextBudget(1100);
  for (let i = 0; i < 9; i += 1) budget.spend('x'.repeat(100));
  expect(() => budget.spend('x'.repeat(100))).toThrow('split it into smaller files');
});
