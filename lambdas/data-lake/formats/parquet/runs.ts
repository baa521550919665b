import { ParquetError } from './parquet-error';

const MAX_VARINT_BYTES = 5;

/** Reads an unsigned integer of at most 31 bits. @returns the value and where it ends */
function varint(bytes: Uint8Array, start: number): [value: number, end: number] {
  let value = 0;
  for (let i = 0; i < MAX_VARINT_BYTES && start + i < bytes.length; i += 1) {
    const byte = bytes[start + i]!;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) {
      if (value > 0x7fffffff) break;
      return [value, start + i + 1];
    }
  }
  throw new ParquetError('has a page with a run that is cut off or too long');
}

/**
 * Walks through values in runs (the RLE and bit-packing hybrid) before they are unpacked, since a few bytes can
 * announce a run of billions.
 *
 * @param width bits of a value
 * @param count how many values there are
 * @param wanted a value
 * @returns how many times the wanted value is among them
 * @throws ParquetError unless the runs hold as many values, without one that goes on past them
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
 */
export function countInRuns(bytes: Uint8Array, width: number, count: number, wanted: number): number {
  if (width > 32) throw new ParquetError(`has a page of values of ${width} bits`);
  let found = 0;
  let at = 0;
  for (let seen = 0; seen < count; ) {
    const [header, start] = varint(bytes, at);
    const left = count - seen;
    const length = header >>> 1;
    if (header & 1) {
      const values = length * 8;
      if (length === 0 || (width === 0 ? values < left || values > left + 7 : start >= bytes.length)) {
        throw new ParquetError(`has a page with a run of ${values} values where ${left} can be`);
      }
      if (length * width > bytes.length - start + width) {
        throw new ParquetError(`has a page with a run of ${values} values of ${width} bits that is cut off`);
      }
      found += countPacked(bytes, start, width, Math.min(values, left), wanted);
      at = start + length * width;
      seen += values;
    } else {
      if (length > left)
        throw new ParquetError(`has a page with a run of ${length} values where ${left} can be`);
      at = start + ((width + 7) >> 3);
      if (at > bytes.length) throw new ParquetError('has a page with a run that is cut off');
      let value = 0;
      for (let i = start; i < at; i += 1) value += bytes[i]! * 2 ** (8 * (i - start));
      if (value === wanted) found += length;
      seen += length;
    }
  }
  return found;
}

function countPacked(bytes: Uint8Array, start: number, width: number, count: number, wanted: number): number {
  if (wanted < 0 || width > 8) return 0;
  const mask = (1 << width) - 1;
  let found = 0;
  for (let i = 0, bit = 0; i < count; i += 1, bit += width) {
    const at = start + (bit >> 3);
    const pair = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
    if (((pair >> (bit & 7)) & mask) === wanted) found += 1;
  }
  return found;
}
