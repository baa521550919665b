import type { PageHeader } from 'hyparquet';
import { Encodings, PageTypes } from 'hyparquet/src/constants.js';
import { CompactReader, TRUE } from './compact-reader';
import { ParquetError } from './parquet-error';

/** Fields of a page header with the statistics that some writers add. */
const MAX_HEADER_ITEMS = 64;

/** Values of a dictionary: it can be larger than what a row group uses of it. */
const MAX_DICTIONARY = 2_097_152;

/** What a page is, every part of it present and plausible. */
export interface Page {
  readonly type: 'DATA_PAGE' | 'DATA_PAGE_V2' | 'DICTIONARY_PAGE';
  readonly encoding: (typeof Encodings)[number];
  readonly values: number;
  /** Bytes as stored and when unpacked. */
  readonly packed: number;
  readonly unpacked: number;
  /** Only of DATA_PAGE_V2. */
  readonly v2?: { readonly nulls: number; readonly rows: number } & Levels & { readonly isPacked: boolean };
  /** Where its content starts in the chunk. */
  readonly start: number;
}

interface Levels {
  readonly definitionBytes: number;
  readonly repetitionBytes: number;
}

const PARTS: Readonly<Record<number, Page['type']>> = {
  5: 'DATA_PAGE',
  7: 'DICTIONARY_PAGE',
  8: 'DATA_PAGE_V2',
};

/**
 * Reads a page header.
 *
 * @param maxDataValues how many values are still to come
 * @throws ParquetError when the page cannot be what the header says
 */
export function readPageHeader(chunk: Uint8Array, offset: number, maxDataValues: number): Page {
  const reader = new CompactReader(chunk, offset, MAX_HEADER_ITEMS);
  const own: Record<number, number> = {};
  const parts = new Map<string, Record<number, number | boolean>>();
  reader.fields((id, type) => {
    const part = PARTS[id];
    if (id >= 1 && id <= 3) own[id] = reader.int(type);
    else if (part !== undefined) {
      const found: Record<number, number | boolean> = {};
      reader.struct(type, (field, fieldType) => {
        if (fieldType === TRUE || fieldType === TRUE + 1) {
          found[field] = fieldType === TRUE;
          return false;
        }
        if (fieldType !== 5) return false;
        found[field] = reader.int(fieldType);
        return true;
      });
      parts.set(part, found);
    } else return false;
    return true;
  });
  const { 1: typeNumber = -1, 2: unpacked = -1, 3: packed = -1 } = own;
  const type = PageTypes[typeNumber];
  const part = type === undefined ? undefined : parts.get(type);
  if (type === undefined || type === 'INDEX_PAGE' || part === undefined) {
    throw new ParquetError(`has a page of type ${type ?? typeNumber} that cannot be read`);
  }
  const number = (id: number) => (typeof part[id] === 'number' ? (part[id] as number) : -1);
  const values = number(1);
  const isV2 = type === 'DATA_PAGE_V2';
  const encoding = Encodings[number(isV2 ? 4 : 2)];
  if (encoding === undefined) throw new ParquetError('has a page of an unknown encoding');
  const maxValues = type === 'DICTIONARY_PAGE' ? MAX_DICTIONARY : maxDataValues;
  if (!(values >= 0 && values <= maxValues)) {
    throw new ParquetError(`has a page of ${values} values where ${maxValues} can be`);
  }
  const left = chunk.length - reader.offset;
  if (!(packed >= 0 && packed <= left) || !(unpacked >= 0)) {
    throw new ParquetError(
      `has a page of ${packed} bytes, ${unpacked} unpacked, where ${left} bytes are left`,
    );
  }
  const page = { type, encoding, values, packed, unpacked, start: reader.offset };
  if (!isV2) return page;
  const v2 = { nulls: number(2), rows: number(3), definitionBytes: number(5), repetitionBytes: number(6) };
  const levels = v2.definitionBytes + v2.repetitionBytes;
  const isPlausible =
    Math.min(...Object.values(v2)) >= 0 &&
    levels <= Math.min(packed, unpacked) &&
    v2.nulls <= values &&
    v2.rows <= values;
  if (!isPlausible)
    throw new ParquetError(`has a page of ${values} values, ${v2.nulls} of them null, that is none`);
  return { ...page, v2: { ...v2, isPacked: part[7] !== false } };
}

/** The header of the same page when it is unpacked. */
export function unpackedHeader({ type, encoding, values, unpacked, v2 }: Page): PageHeader {
  const sizes = { type, compressed_page_size: unpacked, uncompressed_page_size: unpacked };
  if (type === 'DICTIONARY_PAGE')
    return { ...sizes, dictionary_page_header: { num_values: values, encoding } };
  if (v2 === undefined) {
    const levels = { definition_level_encoding: 'RLE', repetition_level_encoding: 'RLE' } as const;
    return { ...sizes, data_page_header: { num_values: values, encoding, ...levels } };
  }
  return {
    ...sizes,
    data_page_header_v2: {
      num_values: values,
      num_nulls: v2.nulls,
      num_rows: v2.rows,
      encoding,
      definition_levels_byte_length: v2.definitionBytes,
      repetition_levels_byte_length: v2.repetitionBytes,
      is_compressed: false,
    },
  };
}
