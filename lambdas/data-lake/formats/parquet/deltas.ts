import { CompactReader } from './compact-reader';
import { ParquetError } from './parquet-error';

const MAX_BLOCK = 1 << 20;

/**
 * Walks through deltas (DELTA_BINARY_PACKED) before they are unpacked: with sizes of blocks that make no sense the
 * reader would go back, or never on.
 *
 * @returns where they end
 * @throws ParquetError unless they are as many values
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/#DELTAENC
 */
export function endOfDeltas(bytes: Uint8Array, start: number, count: number): number {
  const reader = new CompactReader(bytes, start, 0);
  const block = reader.varint();
  const parts = reader.varint();
  const total = reader.varint();
  reader.varint();
  const size = block / parts;
  if (!(block > 0 && block <= MAX_BLOCK && parts > 0 && size % 32 === 0) || total !== count) {
    throw new ParquetError(
      `has a page of ${total} differences in blocks of ${block} by ${parts} for ${count} values`,
    );
  }
  for (let seen = 1; seen < count; ) {
    reader.varint();
    const widths = reader.take(parts);
    for (let part = 0; part < parts && seen < count; part += 1, seen += size) {
      const width = widths[part]!;
      if (width > 64) throw new ParquetError(`has a page of differences of ${width} bits`);
      reader.take((size / 8) * width);
    }
  }
  return reader.offset;
}
