import { brotliDecompressSync, unzipSync } from 'node:zlib';
import { compressors, decompressLz4Raw, decompressZstd } from 'hyparquet-compressors';
import { CompactReader } from './compact-reader';
import type { Page } from './page-header';
import { ParquetError } from './parquet-error';

/** The content of a page, unpacked; the levels of a DATA_PAGE_V2 were never packed and stay in front of it. */
export function unpackPage(codec: string, packed: Uint8Array, page: Page): Uint8Array {
  const { v2, unpacked } = page;
  if (v2 === undefined) return unpack(codec, packed, unpacked);
  const levels = v2.definitionBytes + v2.repetitionBytes;
  const values = unpack(v2.isPacked ? codec : 'UNCOMPRESSED', packed.subarray(levels), unpacked - levels);
  return Buffer.concat([packed.subarray(0, levels), values]);
}

/**
 * Unpacks into exactly the bytes that the header of the page announces, which the caller has bounded.
 *
 * @throws Error when it does not have as many
 */
function unpack(codec: string, packed: Uint8Array, size: number): Uint8Array {
  const content = codec === 'UNCOMPRESSED' ? packed : unpackers(codec)(packed, size);
  if (content.length === size) return content;
  throw new ParquetError(`has a page that unpacks to ${content.length} bytes where ${size} are announced`);
}

type Unpacker = (packed: Uint8Array, size: number) => Uint8Array;

function unpackers(codec: string): Unpacker {
  const found = UNPACKERS[codec];
  if (found === undefined) throw new ParquetError(`packs its columns with ${codec}, which cannot be read`);
  return (packed, size) => (size === 0 && packed.length === 0 ? packed : found(packed, size));
}

const UNPACKERS: Readonly<Record<string, Unpacker>> = {
  SNAPPY: (packed, size) => {
    const announced = new CompactReader(packed, 0, 0).varint();
    if (announced !== size)
      throw new ParquetError(`has a page of ${announced} bytes where ${size} are announced`);
    return compressors.SNAPPY!(packed, size);
  },
  GZIP: (packed, size) => unzipSync(packed, { maxOutputLength: size + 1 }),
  BROTLI: (packed, size) => brotliDecompressSync(packed, { maxOutputLength: size + 1 }),
  ZSTD: (packed, size) => decompressZstd(packed, new Uint8Array(size)),
  LZ4_RAW: lz4Block,
  LZ4: (packed, size) => hadoopFrames(packed, size) ?? lz4Block(packed, size),
};

function lz4Block(packed: Uint8Array, size: number): Uint8Array {
  const found = lz4Length(packed);
  if (found !== size) throw new ParquetError(`has a page of ${found} bytes where ${size} are announced`);
  return size === 0 ? new Uint8Array(0) : decompressLz4Raw(packed, size);
}

/** Blocks with their lengths before them, as Hadoop writes them. @returns undefined when that is not what it is */
function hadoopFrames(packed: Uint8Array, size: number): Uint8Array | undefined {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const blocks: { start: number; end: number; size: number }[] = [];
  let total = 0;
  for (let at = 0; at < packed.length; ) {
    if (packed.length - at < 8) return undefined;
    const [unpacked, length] = [view.getUint32(at), view.getUint32(at + 4)];
    total += unpacked;
    if (length > packed.length - at - 8 || total > size) return undefined;
    blocks.push({ start: at + 8, end: at + 8 + length, size: unpacked });
    at += 8 + length;
  }
  if (total !== size) return undefined;
  const content = new Uint8Array(size);
  let at = 0;
  for (const block of blocks) {
    content.set(lz4Block(packed.subarray(block.start, block.end), block.size), at);
    at += block.size;
  }
  return content;
}

/** How many bytes a block unpacks to. @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md */
function lz4Length(packed: Uint8Array): number {
  let at = 0;
  let size = 0;
  const byte = () => {
    if (at >= packed.length) throw new ParquetError('has a page that is cut off');
    return packed[at++]!;
  };
  const length = (nibble: number) => {
    if (nibble < 15) return nibble;
    let total = nibble;
    for (let more = byte(); ; more = byte()) {
      total += more;
      if (more < 255) return total;
    }
  };
  while (at < packed.length) {
    const token = byte();
    const literals = length(token >> 4);
    at += literals;
    size += literals;
    if (at > packed.length) throw new ParquetError('has a page that is cut off');
    if (at === packed.length) break;
    const distance = byte() + 256 * byte();
    if (distance === 0 || distance > size)
      throw new ParquetError('has a page that refers to bytes before it');
    size += length(token & 15) + 4;
  }
  return size;
}
