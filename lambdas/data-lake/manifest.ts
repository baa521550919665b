import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import type { Manifest, ManifestObject } from './entities';

/** Order of the UTF-8 bytes, which other languages sort by as well. */
function byKey(a: ManifestObject, b: ManifestObject): number {
  return Buffer.compare(Buffer.from(a.key), Buffer.from(b.key));
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The id of the version that has these objects: SHA-256 in hex over one line for each, in order of their keys, of
 * relative key, size and checksum with tabs between. Same bytes under the same keys, same id; the S3 version ids
 * do not matter.
 */
export function versionId(objects: readonly ManifestObject[]): string {
  const lines = [...objects].sort(byKey).map(({ key, size, checksum }) => `${key}\t${size}\t${checksum}\n`);
  return sha256(lines.join(''));
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

/** Identifies an S3 object version of a key. */
export const objectFingerprint = (key: string, version: string): string => sha256(`${key}\n${version}`);

const manifestShape = z.object({
  dataset: z.string(),
  id: z.string(),
  parent: z.string().optional(),
  objects: z.array(
    z.object({
      key: z.string(),
      versionId: z.string(),
      size: z.number(),
      checksum: z.string(),
      rows: z.number(),
    }),
  ),
});

/** The bytes under which a manifest is stored. */
export const encodeManifest = (manifest: Manifest): Buffer => gzipSync(JSON.stringify(manifest));

/** @throws Error naming the field that is wrong. */
export function decodeManifest(bytes: Uint8Array): Manifest {
  const parsed = manifestShape.safeParse(JSON.parse(gunzipSync(bytes).toString('utf8')));
  if (!parsed.success) throw new Error(`The manifest is damaged: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
