import { closeSync, ftruncateSync, openSync, readSync } from 'node:fs';
import type { Items } from './items';
import { decodeLine } from './journal-lines';
import type { Mutation } from './mutation';

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 0x0a;

/**
 * Replays a journal and cuts off a last line that a crash left unfinished.
 *
 * @returns the bytes that were good.
 * @throws Error when a line that is not the last cannot be read: the file was damaged, not cut short.
 */
export function replayFile(
  path: string,
  items: Items,
  replay: (mutations: readonly Mutation[]) => void,
): number {
  const file = openSync(path, 'a+');
  try {
    let good = 0;
    let damage: Error | undefined;
    let number = 0;
    for (const line of lines(file)) {
      number += 1;
      if (damage !== undefined) throw damage;
      try {
        replay(decodeLine(line.toString('utf8'), items));
        good += line.length + 1;
      } catch (error) {
        damage = new Error(
          `Line ${number} of ${path} cannot be read (${(error as Error).message}): the file is damaged. Restore it, or move it away to start empty.`,
        );
      }
    }
    ftruncateSync(file, good);
    return good;
  } finally {
    closeSync(file);
  }
}

/** Lines that end, without their ends. */
function* lines(file: number): Generator<Buffer> {
  let rest = Buffer.alloc(0);
  let position = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const read = readSync(file, chunk, 0, CHUNK_BYTES, position);
    if (read === 0) return;
    position += read;
    const data = rest.length === 0 ? chunk.subarray(0, read) : Buffer.concat([rest, chunk.subarray(0, read)]);
    let from = 0;
    for (let end = data.indexOf(NEWLINE); end !== -1; end = data.indexOf(NEWLINE, from)) {
      yield data.subarray(from, end);
      from = end + 1;
    }
    rest = data.subarray(from);
  }
}
