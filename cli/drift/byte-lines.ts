import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { isGzip } from '../../lambdas/data-lake/formats/sniff';
import { UserError } from '../errors';

const CHUNK_BYTES = 1024 * 1024;
/** A longer line is taken for a file that has no lines. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** The first bytes of a file, as they are stored. @throws UserError when it cannot be read. */
export async function firstBytes(path: string, count: number): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${(error as Error).message}`, 'file');
  }
}

/** The bytes of a file, inflated when it is gzip. */
export async function byteStream(path: string): Promise<NodeJS.ReadableStream> {
  const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  if (!isGzip(await firstBytes(path, 2))) {
    return stream;
  }
  const inflated = createGunzip({ chunkSize: CHUNK_BYTES });
  stream.on('error', (error) => inflated.destroy(error));
  inflated.on('close', () => stream.destroy());
  return stream.pipe(inflated);
}

/** Whole lines, many at a time: the bytes and where the lines begin and end in them. */
export type LineVisitor = (bytes: Buffer, start: number, end: number) => void;

/**
 * Calls the visitor with each line of a file, the line feed left out. The bytes are gone after the call.
 *
 * @throws UserError when the file cannot be read to its end, or a line is longer than 64 MB.
 */
export async function forEachLine(path: string, visit: LineVisitor): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const piece of await byteStream(path)) {
      const chunk = rest.length === 0 ? (piece as Buffer) : Buffer.concat([rest, piece as Buffer]);
      let start = 0;
      for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
        visit(chunk, start, end);
        start = end + 1;
      }
      rest = chunk.subarray(start);
      if (rest.length > MAX_LINE_BYTES) {
        throw new UserError(
          `${path} has a line of more than 64 MB: is it CSV, JSON Lines or Parquet?`,
          'file',
        );
      }
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path} cannot be read: ${(error as Error).message}`, 'file');
  }
  if (rest.length > 0) {
    visit(rest, 0, rest.length);
  }
}
