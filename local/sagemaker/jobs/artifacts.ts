import { mkdir, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { create } from 'tar';
import { inParallel, type ObjectStore } from '../storage/object-store';
import { joinS3Uri, parseS3Uri } from '../storage/s3-uri';

const PARALLEL = 8;

/** Every ordinary file below a folder; links are not followed. A folder that is not there holds none. */
export async function filesBelow(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Packs a folder's content into a .tar.gz beside it and uploads that. @returns the URI */
export async function uploadArchive(
  store: ObjectStore,
  folder: string,
  archive: string,
  uri: string,
): Promise<string> {
  const entries = await readdir(folder);
  const names = entries.length === 0 ? ['.'] : entries;
  await create({ gzip: true, portable: true, cwd: folder, file: archive }, names);
  const { bucket, key } = parseS3Uri(uri);
  await store.upload(bucket, key, archive);
  return uri;
}

/** Uploads every file below a folder under its relative path. @returns how many */
export async function uploadFolder(store: ObjectStore, folder: string, uri: string): Promise<number> {
  const files = await filesBelow(folder);
  await inParallel(files, PARALLEL, async (file) => {
    const { bucket, key } = parseS3Uri(joinS3Uri(uri, relative(folder, file).split(sep).join('/')));
    await store.upload(bucket, key, file);
  });
  return files.length;
}
