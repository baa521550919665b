import type { DecodedArray, ParquetParsers, SchemaTree } from 'hyparquet';
import { readPage } from 'hyparquet/src/column.js';
import { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { isFlatColumn } from 'hyparquet/src/schema.js';
import type { Chunk } from './footer';
import { checkContent } from './page-content';
import { checkCost } from './page-cost';
import { readPageHeader, unpackedHeader } from './page-header';
import { ParquetError } from './parquet-error';
import type { TextBudget } from './text-budget';
import { unpackPage } from './unpack';

/** Bytes of a column of a row group, unpacked. */
export const MAX_CHUNK_BYTES = 64 * 1024 * 1024;

const DAY = 86_400_000;
const isoTime = (millis: number): string =>
  Number.isFinite(millis) && Math.abs(millis) <= 8.64e15 ? new Date(millis).toISOString() : String(millis);
const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();
const same = (bytes: Uint8Array) => bytes;

/** Days and times as text, like the other formats have them; what has a structure inside is left as it is. */
export const PARSERS = {
  ...DEFAULT_PARSERS,
  dateFromDays: (days: number) => isoTime(days * DAY).slice(0, 10),
  timestampFromMilliseconds: (millis: bigint) => isoTime(Number(millis)),
  timestampFromMicroseconds: (micros: bigint) => isoTime(Number(micros / 1000n)),
  timestampFromNanoseconds: (nanos: bigint) => isoTime(Number(nanos / 1_000_000n)),
  jsonFromBytes: text,
  geometryFromBytes: same,
  geographyFromBytes: same,
} as unknown as ParquetParsers;

/**
 * Reads the pages of a chunk, one after the other. Nothing of the file reaches the library that decodes values
 * before it is checked: what the library does is bounded by the bytes and the values that were announced.
 *
 * @param chunk as the description of the file has it
 * @param bytes of the chunk
 * @param budget of the text of a nested column, which becomes one text for each row
 * @returns the values page by page; of a nested column all in one
 * @throws ParquetError when the pages are not what they are said to be
 */
export function* columnPages(
  chunk: Chunk,
  bytes: Uint8Array,
  path: readonly SchemaTree[],
  budget?: TextBudget,
): Generator<DecodedArray> {
  const schemaPath = [...path];
  const element = schemaPath.at(-1)!.element;
  const decoder = {
    ...{ pathInSchema: schemaPath.at(-1)!.path, type: element.type!, element, schemaPath },
    ...({ codec: 'UNCOMPRESSED', parsers: PARSERS } as const),
  };
  const flat = isFlatColumn(schemaPath);
  let dictionary: DecodedArray | undefined;
  let last: DecodedArray | undefined;
  let room = MAX_CHUNK_BYTES;
  let held = 0;
  let at = 0;
  for (let left = chunk.values; left > 0; ) {
    if (at >= bytes.length) throw new ParquetError(`lacks ${left} values of column "${chunk.path}"`);
    const page = readPageHeader(bytes, at, left);
    room -= page.unpacked;
    if (room < 0) {
      const message = `unpacks to more than ${MAX_CHUNK_BYTES} bytes in column "${chunk.path}" of one row group`;
      throw new ParquetError(`${message}; write smaller row groups`, 'too-large');
    }
    held = checkCost(page, element, held);
    const content = unpackPage(chunk.codec, bytes.subarray(page.start, page.start + page.packed), page);
    checkContent(page, content, schemaPath, MAX_CHUNK_BYTES);
    at = page.start + page.packed;
    const reader = { view: new DataView(content.buffer, content.byteOffset, content.byteLength), offset: 0 };
    if (page.type === 'DICTIONARY_PAGE') {
      if (dictionary !== undefined) throw new ParquetError(`has two dictionaries of column "${chunk.path}"`);
      const { data } = readPage(reader, unpackedHeader(page), decoder, undefined, undefined, 0);
      dictionary = convert(data ?? [], decoder);
      continue;
    }
    if (dictionary === undefined && page.encoding.endsWith('_DICTIONARY')) {
      throw new ParquetError(`lacks the dictionary of column "${chunk.path}"`);
    }
    if (page.values === 0) continue;
    left -= page.values;
    const { data } = readPage(reader, unpackedHeader(page), decoder, dictionary, flat ? undefined : last, 0);
    if (data === undefined || data.length === 0) continue;
    if (!flat && last !== undefined && data !== last) last = [...last, ...data];
    else last = data;
    if (flat) yield data;
  }
  if (flat || last === undefined) return;
  if (budget !== undefined) spendAll(budget, last);
  yield last;
}

function spendAll(budget: TextBudget, values: DecodedArray): void {
  for (const value of values) {
    if (Array.isArray(value)) spendAll(budget, value);
    else budget.spend(value);
  }
}
