import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { algorithmOf, digester, spell } from '../../lambdas/data-lake/checksum';
import type { ManifestObject } from '../../lambdas/data-lake/entities';
import { rawPrefix } from '../../lambdas/data-lake/object-key';
import { UserError } from '../errors';
import { type Collision, collisions, targetPath } from './target-paths';

/** What is to be written where. */
export interface Download {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly dataset: string;
  readonly folder: string;
  readonly objects: readonly ManifestObject[];
  /** Files at a time. @default 16 */
  readonly atOnce?: number;
  /** Called after each file. @default - nothing is told */
  readonly progress?: (done: number) => void;
}

export interface Downloaded {
  readonly files: number;
  readonly bytes: number;
  /** Files that were there with the right bytes. */
  readonly kept: number;
}

/** Folder of unfinished files, within the target so that finishing one is a rename. */
const UNFINISHED = '.flywheel-get';

/**
 * Writes exactly the object versions that a manifest names into a folder, each verified against the manifest's
 * checksum. A file that is there with the right bytes is kept; one that was cut off goes on where it stopped. Other
 * files of the folder are left alone.
 *
 * @throws UserError when a key would leave the folder, two keys need the same file, or bytes are gone or wrong
 */
export async function download(work: Download): Promise<Downloaded> {
  await mkdir(work.folder, { recursive: true });
  const folder = await realpath(work.folder);
  const paths = work.objects.map(({ key }) => targetPath(folder, key));
  await refuseCollisions(folder, collisions(work.objects.map(({ key }) => key)));
  let next = 0;
  let done = 0;
  let kept = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < work.objects.length && !failed; at = next++) {
      try {
        if (!(await fetchFile(work, folder, work.objects[at]!, paths[at]!))) kept += 1;
      } catch (error) {
        failed = true;
        throw error;
      }
      done += 1;
      work.progress?.(done);
    }
  };
  await Promise.all(Array.from({ length: work.atOnce ?? 16 }, worker));
  await rm(join(folder, UNFINISHED), { recursive: true, force: true });
  return { files: done, kept, bytes: work.objects.reduce((sum, { size }) => sum + size, 0) };
}

async function refuseCollisions(folder: string, found: readonly Collision[]): Promise<void> {
  for (const { kind, first, second } of found) {
    if (kind === 'name' && !(await ignoresCase(folder))) continue;
    const why =
      kind === 'folder' ? 'one is a folder of the other' : 'this file system takes their names for the same';
    throw new UserError(
      `The keys ${JSON.stringify(first)} and ${JSON.stringify(second)} cannot both be files in ${folder}: ${why}.`,
      'key',
    );
  }
}

async function ignoresCase(folder: string): Promise<boolean> {
  const probe = join(folder, UNFINISHED, 'Probe');
  await mkdir(dirname(probe), { recursive: true });
  await writeFile(probe, '');
  const twin = await sizeOf(join(folder, UNFINISHED, 'pROBE'));
  await rm(probe);
  return twin !== undefined;
}

/** @returns whether anything was fetched */
async function fetchFile(
  work: Download,
  folder: string,
  object: ManifestObject,
  path: string,
): Promise<boolean> {
  if ((await sizeOf(path)) === object.size && (await hasBytes(path, object))) return false;
  await mkdir(dirname(path), { recursive: true });
  const parent = await realpath(dirname(path));
  if (parent !== folder && !parent.startsWith(folder + sep)) {
    throw new UserError(
      `${path} is not written: a link in ${folder} leads out of it, to ${parent}.`,
      'folder',
    );
  }
  const name = createHash('sha256').update(`${object.key}\n${object.versionId}`).digest('hex');
  const unfinished = join(folder, UNFINISHED, name);
  await mkdir(dirname(unfinished), { recursive: true });
  const there = (await sizeOf(unfinished)) ?? 0;
  await fetchBytes(work, object, unfinished, there < object.size ? there : 0);
  if (!(await hasBytes(unfinished, object))) {
    // What was there before may have been damaged: once more from the beginning.
    if (there > 0) await fetchBytes(work, object, unfinished, 0);
    if (there === 0 || !(await hasBytes(unfinished, object))) {
      throw new UserError(
        `S3 version ${object.versionId} of ${rawPrefix(work.dataset)}${object.key} does not have the bytes of the manifest (${object.size} bytes, ${object.checksum}).`,
        'checksum',
      );
    }
  }
  await rename(unfinished, path);
  return true;
}

async function fetchBytes(work: Download, object: ManifestObject, path: string, from: number): Promise<void> {
  const Key = `${rawPrefix(work.dataset)}${object.key}`;
  if (object.size === from) return writeFile(path, '', { flag: from === 0 ? 'w' : 'a' });
  try {
    const { Body } = await work.s3.send(
      new GetObjectCommand({
        Bucket: work.bucket,
        Key,
        VersionId: object.versionId,
        ...(from > 0 ? { Range: `bytes=${from}-` } : {}),
      }),
    );
    const file = createWriteStream(path, { flags: from > 0 ? 'a' : 'w' });
    await pipeline(Body as unknown as AsyncIterable<Uint8Array>, file);
  } catch (error) {
    if (!['NoSuchVersion', 'NoSuchKey'].includes((error as Error).name)) throw error;
    throw new UserError(
      `S3 version ${object.versionId} of ${Key} is gone from bucket ${work.bucket}: someone deleted it.`,
      'version',
    );
  }
}

async function hasBytes(path: string, { checksum }: ManifestObject): Promise<boolean> {
  const algorithm = algorithmOf(checksum);
  const digests = digester(new Set([algorithm]));
  for await (const chunk of createReadStream(path)) digests.update(chunk as Uint8Array);
  const found = (await digests.digests())[algorithm];
  return found !== undefined && spell(algorithm, found) === checksum;
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
