import fc from 'fast-check';
import { parquetMetadata } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProcessReader } from './process-reader';

const ROWS = 600;
const of = <T>(value: (row: number) => T) => Array.from({ length: ROWS }, (_, row) => value(row));
type Columns = Parameters<typeof parquetWriteBuffer>[0]['columnData'];

const written = (columnData: Columns, codec: 'SNAPPY' | 'UNCOMPRESSED') =>
  Buffer.from(parquetWriteBuffer({ columnData, codec, rowGroupSize: 250, pageSize: 700 }));

/** Small files that between them have each type, encoding and way of packing that the writer knows. */
const FILES = (['SNAPPY', 'UNCOMPRESSED'] as const).flatMap((codec) => [
  written(
    [
      { name: 'id', data: of(BigInt), type: 'INT64', encoding: 'DELTA_BINARY_PACKED' },
      { name: 'x', data: of((row) => (row % 10 === 0 ? null : row / 8)), type: 'DOUBLE', nullable: true },
      { name: 's', data: of((row) => ['a', 'b', '7'][row % 3]!), type: 'STRING' },
      { name: 'late', data: of((row) => row % 2 === 0), type: 'BOOLEAN', encoding: 'RLE' },
    ],
    codec,
  ),
  written(
    [
      { name: 'n', data: of((row) => row % 17), type: 'INT32', encoding: 'DELTA_BINARY_PACKED' },
      { name: 'f', data: of((row) => row * 0.5), type: 'DOUBLE', encoding: 'BYTE_STREAM_SPLIT' },
      { name: 't', data: of((row) => `text ${row}`), type: 'STRING', encoding: 'DELTA_BYTE_ARRAY' },
      { name: 'u', data: of((row) => `other ${row}`), type: 'STRING', encoding: 'DELTA_LENGTH_BYTE_ARRAY' },
      { name: 'day', data: of((row) => new Date(row * 86_400_000)), type: 'TIMESTAMP' },
      { name: 'json', data: of((row) => ({ row })), type: 'JSON' },
    ],
    codec,
  ),
]);

/** Where the chunks of columns start, and so the headers of their first pages. */
const headersOf = (content: Buffer): number[] =>
  parquetMetadata(Uint8Array.from(content)).row_groups.flatMap(({ columns }) =>
    columns.map(({ meta_data: chunk }) => Number(chunk!.dictionary_page_offset ?? chunk!.data_page_offset)),
  );

const HEADERS = FILES.map(headersOf);

/** A part of the file: anywhere in it, in its description, or in the header of a page and what follows. */
const place = fc.oneof(
  fc.record({ within: fc.constant('file' as const), at: fc.nat(1_000_000) }),
  fc.record({ within: fc.constant('description' as const), at: fc.nat(1_000_000) }),
  fc.record({ within: fc.constant('header' as const), at: fc.nat(1_000_000), byte: fc.nat(24) }),
);
type Place = typeof place extends fc.Arbitrary<infer T> ? T : never;

function offsetOf(place: Place, content: Buffer, headers: readonly number[]): number {
  const end = content.length - 8;
  const description = content.readUInt32LE(end);
  if (place.within === 'file') return place.at % end;
  if (place.within === 'description')
    return Math.max(0, end - description) + (place.at % Math.max(1, Math.min(end, description)));
  return Math.min(end - 1, headers[place.at % headers.length]! + place.byte);
}

const byte = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff));
const change = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), place, bits: fc.integer({ min: 1, max: 255 }) }),
  fc.record({
    kind: fc.constant('write' as const),
    place,
    bytes: fc.array(byte, { minLength: 1, maxLength: 8 }),
  }),
  fc.record({
    kind: fc.constant('insert' as const),
    place,
    bytes: fc.array(byte, { minLength: 1, maxLength: 8 }),
  }),
  fc.record({ kind: fc.constant('cut' as const), place, length: fc.integer({ min: 1, max: 64 }) }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(content: Buffer, change: Change, headers: readonly number[]): Buffer {
  // The last 8 bytes say that it is Parquet and where the description is: without them nothing else is read.
  const body = content.subarray(0, -8);
  const at = offsetOf(change.place, content, headers);
  const [before, after] = [body.subarray(0, at), body.subarray(at)];
  const footer = Buffer.from(content.subarray(-8));
  const grow = (by: number) => {
    const length = footer.readUInt32LE(0);
    if (at >= body.length - length) footer.writeUInt32LE(Math.max(0, length + by), 0);
  };
  if (change.kind === 'flip') {
    const copy = Buffer.from(content);
    copy[at]! ^= change.bits;
    return copy;
  }
  if (change.kind === 'write') {
    return Buffer.concat([before, Buffer.from(change.bytes), after.subarray(change.bytes.length), footer]);
  }
  if (change.kind === 'insert') {
    grow(change.bytes.length);
    return Buffer.concat([before, Buffer.from(change.bytes), after, footer]);
  }
  grow(-Math.min(change.length, after.length));
  return Buffer.concat([before, after.subarray(change.length), footer]);
}

/** A few seconds' worth; PARQUET_FUZZ_RUNS asks for more by hand. */
const RUNS = Number(process.env.PARQUET_FUZZ_RUNS ?? 1500);
/** Most take a few milliseconds, the first one half a second. */
const LIMIT_MS = 3000;
let reader: ProcessReader;
beforeAll(async () => {
  reader = await ProcessReader.start(LIMIT_MS);
});
afterAll(() => reader.stop());

describe('a Parquet file', () => {
  test('of each encoding is read as it was written', async () => {
    for (const content of FILES) {
      const { rows, problems } = await reader.read(content);
      expect({ rows, problems }).toEqual({ rows: ROWS, problems: [] });
    }
  });

  test('that is changed anywhere ends with a result, soon', { timeout: 60_000 + RUNS * 20 }, async () => {
    const file = fc.nat(FILES.length - 1);
    const changes = fc.array(change, { minLength: 1, maxLength: 3 });
    let readable = 0;
    await fc.assert(
      fc.asyncProperty(file, changes, async (which, list) => {
        const content = list.reduce<Buffer>(
          (before, one) => changed(before, one, HEADERS[which]!),
          FILES[which]!,
        );
        const { rows, problems } = await reader.read(content);
        expect(rows > 0 || problems.length > 0).toBe(true);
        readable += problems.length === 0 ? 1 : 0;
      }),
      { numRuns: RUNS },
    );
    expect(readable).toBeGreaterThan(0);
  });
});
