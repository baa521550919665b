import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { ManifestObject, ShardRef } from './entities';

/** How manifests are cut. A boundary depends on its key alone, so that a new key moves no boundary but its own. */
export interface ShardSizes {
  readonly min: number;
  /** On average a shard ends after this many keys beyond the least; a power of two. */
  readonly average: number;
  readonly max: number;
}

/** About 5,000 objects: 100 to 150 KB compressed, and a few hundred shards for a million objects. */
export const SHARD_SIZES: ShardSizes = { min: 1024, average: 4096, max: 16_384 };

/** Whether a shard of `count` objects ends with this key: content-defined chunking over the keys. */
export function endsShard(key: string, count: number, { min, average, max }: ShardSizes): boolean {
  if (count >= max) return true;
  if (count < min) return false;
  const digest = createHash('md5').update(key).digest();
  return digest.readUInt32LE(0) % average === 0;
}

export interface EncodedShard {
  readonly ref: ShardRef;
  /** The lines, compressed on demand: a shard that is there already is not written again. */
  compressed(): Buffer;
}

/** One line of JSON for each object; the digest is that of the lines before compression. */
export function encodeShard(objects: readonly ManifestObject[]): EncodedShard {
  const lines = objects.map(
    ({ key, versionId, size, checksum, rows }) =>
      `${JSON.stringify({ key, versionId, size, checksum, rows })}\n`,
  );
  const text = Buffer.from(lines.join(''));
  const ref: ShardRef = {
    digest: createHash('sha256').update(text).digest('hex'),
    first: objects[0]?.key ?? '',
    last: objects.at(-1)?.key ?? '',
    objects: objects.length,
    rows: objects.reduce((sum, { rows }) => sum + rows, 0),
    bytes: objects.reduce((sum, { size }) => sum + size, 0),
  };
  return { ref, compressed: () => gzipSync(text) };
}

/** @throws Error when the bytes are not those that the digest names */
export function decodeShard(bytes: Uint8Array, digest: string): ManifestObject[] {
  const text = gunzipSync(bytes);
  const actual = createHash('sha256').update(text).digest('hex');
  if (actual !== digest) {
    throw new Error(`The shard ${digest} of a manifest is damaged: its lines have the digest ${actual}.`);
  }
  return text
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as ManifestObject);
}
