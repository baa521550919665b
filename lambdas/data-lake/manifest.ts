import { createHash, type Hash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import type { Manifest, ManifestHead, ManifestObject } from './entities';
import { compareKeys } from './key-order';

const byKey = (a: ManifestObject, b: ManifestObject): number => compareKeys(a.key, b.key);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The id of the version that has these objects: SHA-256 in hex over one line for each, in order of their keys, of
 * relative key, size and checksum with tabs between. Same bytes under the same keys, same id; the S3 version ids
 * do not matter.
 */
export class VersionId {
  private readonly hash: Hash = createHash('sha256');

  /** Takes the next object, in the order of keys. */
  add({ key, size, checksum }: Pick<ManifestObject, 'key' | 'size' | 'checksum'>): void {
    this.hash.update(`${key}\t${size}\t${checksum}\n`);
  }

  toString(): string {
    return this.hash.copy().digest('hex');
  }
}

/** The id of the version that has these objects, in whatever order they are given. */
export function versionId(objects: readonly ManifestObject[]): string {
  const id = new VersionId();
  for (const object of [...objects].sort(byKey)) id.add(object);
  return id.toString();
}

/** The manifest of the version that has these objects. */
export function createManifest(
  dataset: string,
  objects: readonly ManifestObject[],
  parent: string | undefined,
): Manifest {
  return {
    dataset,
    id: versionId(objects),
    ...(parent === undefined ? {} : { parent }),
    objects: [...objects].sort(byKey),
  };
}

/** Identifies content of a key. */
export const contentFingerprint = (key: string, checksum: string): string => sha256(`${key}\n${checksum}`);

const objectShape = z.object({
  key: z.string(),
  versionId: z.string(),
  size: z.number(),
  checksum: z.string(),
  rows: z.number(),
});

const wholeShape = z.object({
  dataset: z.string(),
  id: z.string(),
  parent: z.string().optional(),
  objects: z.array(objectShape),
});

const headShape = z.object({
  dataset: z.string(),
  id: z.string(),
  parent: z.string().optional(),
  objects: z.number(),
  rows: z.number(),
  bytes: z.number(),
  shards: z.array(
    z.object({
      digest: z.string(),
      first: z.string(),
      last: z.string(),
      objects: z.number(),
      rows: z.number(),
      bytes: z.number(),
    }),
  ),
});

/** The bytes under which a small manifest, or the head of a sharded one, is stored. */
export const encodeManifest = (manifest: Manifest | ManifestHead): Buffer =>
  gzipSync(JSON.stringify(manifest));

/** What lies under the key of a manifest: all of it, or the head that names its shards. */
export type StoredManifest = { readonly whole: Manifest } | { readonly head: Required<ManifestHead> };

/** @throws Error naming the field that is wrong. */
export function decodeStored(bytes: Uint8Array): StoredManifest {
  const value: unknown = JSON.parse(gunzipSync(bytes).toString('utf8'));
  const sharded = typeof value === 'object' && value !== null && 'shards' in value;
  const parsed = sharded ? headShape.safeParse(value) : wholeShape.safeParse(value);
  if (!parsed.success) throw new Error(`The manifest is damaged: ${z.prettifyError(parsed.error)}`);
  return sharded
    ? { head: parsed.data as Required<ManifestHead> }
    : { whole: parsed.data as unknown as Manifest };
}

/** The head of a manifest that is held in memory. */
export function headOf({ dataset, id, parent, objects }: Manifest): ManifestHead {
  return {
    dataset,
    id,
    ...(parent === undefined ? {} : { parent }),
    objects: objects.length,
    rows: objects.reduce((sum, { rows }) => sum + rows, 0),
    bytes: objects.reduce((sum, { size }) => sum + size, 0),
  };
}
