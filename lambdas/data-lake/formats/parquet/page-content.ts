import type { SchemaTree } from 'hyparquet';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from 'hyparquet/src/schema.js';
import { endOfDeltas } from './deltas';
import type { Page } from './page-header';
import { ParquetError } from './parquet-error';
import { countInRuns } from './runs';

/** The longest decimal number, in bytes: 256 bits. */
const MAX_DECIMAL_BYTES = 32;
const WIDTHS: Readonly<Record<string, number>> = { INT32: 4, FLOAT: 4, INT64: 8, DOUBLE: 8, INT96: 12 };

/**
 * Checks an unpacked page, so that reading its values takes time and memory of the order of its bytes and of the
 * values that its header announces.
 *
 * @param maxBytes how many bytes its values may take
 * @throws ParquetError when it cannot be read so
 */
export function checkContent(
  page: Page,
  bytes: Uint8Array,
  path: readonly SchemaTree[],
  maxBytes: number,
): void {
  const { type, values, v2 } = page;
  if (type === 'DICTIONARY_PAGE') {
    checkPlain(bytes, values, path.at(-1)!.element);
    return;
  }
  const repetition = getMaxRepetitionLevel([...path]);
  const definition = getMaxDefinitionLevel([...path]);
  let at = 0;
  let nulls = 0;
  for (const [max, length] of [
    [repetition, v2?.repetitionBytes],
    [definition, v2?.definitionBytes],
  ] as const) {
    if (max > 0) {
      const level = length ?? prefixed(bytes, at);
      const start = length === undefined ? at + 4 : at;
      const full = countInRuns(bytes.subarray(start, start + level), bitsOf(max), values, max);
      if (max === definition) nulls = values - full;
      at = start + level;
    } else if (length !== undefined && length > 0)
      throw new ParquetError('has a page with levels that its column lacks');
  }
  if (v2 !== undefined) {
    if (v2.nulls !== nulls) {
      throw new ParquetError(`has a page with ${nulls} nulls where ${v2.nulls} are announced`);
    }
  }
  checkValues(page, bytes.subarray(at), values - nulls, path.at(-1)!.element, maxBytes);
}

const bitsOf = (max: number) => 32 - Math.clz32(max);

function prefixed(bytes: Uint8Array, at: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = at + 4 <= bytes.length ? view.getUint32(at, true) : Number.POSITIVE_INFINITY;
  if (length > bytes.length - at - 4) throw new ParquetError('has a page whose levels are cut off');
  return length;
}

function checkValues(
  { encoding, v2 }: Page,
  bytes: Uint8Array,
  count: number,
  element: SchemaTree['element'],
  maxBytes: number,
): void {
  const { type } = element;
  const wrong = new ParquetError(`has a page of ${type} values in the encoding ${encoding}`);
  const isText = type === 'BYTE_ARRAY' || type === 'FIXED_LEN_BYTE_ARRAY';
  switch (encoding) {
    case 'PLAIN':
      checkPlain(bytes, count, element);
      return;
    case 'RLE':
      if (type !== 'BOOLEAN') throw wrong;
      if (count > 0) countInRuns(bytes.subarray(4, 4 + prefixed(bytes, 0)), 1, count, -1);
      return;
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY':
      if (type === 'BOOLEAN' || (bytes.length === 0 && count > 0)) throw wrong;
      // Without V2, values of no bits are no runs: all of them are the first of the dictionary.
      if (count > 0 && (v2 !== undefined || bytes[0] !== 0))
        countInRuns(bytes.subarray(1), bytes[0]!, count, -1);
      return;
    case 'BYTE_STREAM_SPLIT':
      if (type === 'BYTE_ARRAY') throw wrong;
      checkPlain(bytes, count, element);
      return;
    case 'DELTA_BINARY_PACKED':
      if (type !== 'INT32' && type !== 'INT64') throw wrong;
      endOfDeltas(bytes, 0, count);
      return;
    case 'DELTA_LENGTH_BYTE_ARRAY':
    case 'DELTA_BYTE_ARRAY':
      if (!isText || element.converted_type === 'DECIMAL') throw wrong;
      checkDeltaText(encoding, bytes, count, maxBytes);
      return;
    default:
      throw wrong;
  }
}

function checkPlain(bytes: Uint8Array, count: number, element: SchemaTree['element']): void {
  const { type, type_length: fixed = 0, converted_type: converted } = element;
  const isDecimal = converted === 'DECIMAL';
  if (type === 'FIXED_LEN_BYTE_ARRAY' && (!(fixed > 0) || (isDecimal && fixed > MAX_DECIMAL_BYTES))) {
    throw new ParquetError(`has values of ${fixed} bytes`);
  }
  if (type === 'BYTE_ARRAY') {
    checkTexts(bytes, count, isDecimal ? MAX_DECIMAL_BYTES : bytes.length);
    return;
  }
  const needed = type === 'BOOLEAN' ? count / 8 : count * (WIDTHS[type ?? ''] ?? fixed);
  if (needed > bytes.length) {
    throw new ParquetError(`has a page of ${count} values of type ${type} in ${bytes.length} bytes`);
  }
}

function checkTexts(bytes: Uint8Array, count: number, longest: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    const length = at + 4 <= bytes.length ? view.getUint32(at, true) : Number.POSITIVE_INFINITY;
    at += 4 + length;
    if (at > bytes.length || length > longest) {
      throw new ParquetError(`has a page of texts of which number ${i + 1} is cut off or too long`);
    }
  }
}

/** Texts that begin like the one before can be many times as long as the page. */
function checkDeltaText(
  encoding: 'DELTA_LENGTH_BYTE_ARRAY' | 'DELTA_BYTE_ARRAY',
  bytes: Uint8Array,
  count: number,
  maxBytes: number,
): void {
  let at = 0;
  let total = 0;
  for (let lists = encoding === 'DELTA_BYTE_ARRAY' ? 2 : 1; lists > 0; lists -= 1) {
    const end = endOfDeltas(bytes, at, count);
    const lengths = new Int32Array(count);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    deltaBinaryUnpack({ view, offset: at }, count, lengths);
    let sum = 0;
    for (const length of lengths) {
      if (length < 0) throw new ParquetError(`has a text of ${length} bytes`);
      sum += length;
    }
    total += sum;
    if (total > maxBytes) throw new ParquetError(`has a page of ${total} bytes of text`, 'too-large');
    if (lists === 1 && sum > bytes.length - end)
      throw new ParquetError('has a page of texts that are cut off');
    at = end;
  }
}
