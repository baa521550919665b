import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { S3DataSource } from '../state/records';
import { inParallel, type ObjectStore } from '../storage/object-store';
import { joinS3Uri, parseS3Uri, relativeKey } from '../storage/s3-uri';

const PARALLEL = 8;

interface Wanted {
  readonly bucket: string;
  readonly key: string;
  readonly relative: string;
}

/**
 * Copies what a data source names into a folder.
 *
 * @returns how many objects it was
 * @throws Error naming the URI when there is nothing, or an object can't be read.
 */
export async function downloadSource(
  store: ObjectStore,
  source: S3DataSource,
  folder: string,
): Promise<number> {
  await mkdir(folder, { recursive: true });
  const wanted =
    source.S3DataType === 'ManifestFile'
      ? await fromManifest(store, source.S3Uri, folder)
      : await fromPrefix(store, source.S3Uri);
  if (wanted.length === 0) {
    throw new Error(`No S3 objects found under S3 URL "${source.S3Uri}" given in input data source.`);
  }
  await inParallel(wanted, PARALLEL, async ({ bucket, key, relative }) => {
    const file = join(folder, relative);
    if (!file.startsWith(folder + sep)) {
      throw new Error(`The object s3://${bucket}/${key} would leave its folder`);
    }
    await mkdir(dirname(file), { recursive: true });
    await store.download(bucket, key, file);
  });
  return wanted.length;
}

async function fromPrefix(store: ObjectStore, uri: string): Promise<Wanted[]> {
  const { bucket, key: prefix } = parseS3Uri(uri);
  const found = await store.list(bucket, prefix);
  return found
    .filter(({ key }) => !key.endsWith('/'))
    .map(({ key }) => ({ bucket, key, relative: relativeKey(prefix, key) }));
}

/** A manifest is `[{"prefix": "s3://bucket/some/"}, "relative/key", ...]`. */
async function fromManifest(store: ObjectStore, uri: string, folder: string): Promise<Wanted[]> {
  const { bucket, key } = parseS3Uri(uri);
  const file = `${folder}.manifest`;
  await store.download(bucket, key, file);
  const entries: unknown = JSON.parse(await readFile(file, 'utf8'));
  const [head, ...rest] = Array.isArray(entries) ? entries : [];
  const prefix = (head as { prefix?: unknown } | undefined)?.prefix;
  if (typeof prefix !== 'string' || !rest.every((entry) => typeof entry === 'string')) {
    throw new Error(`The manifest ${uri} must be [{"prefix": "s3://..."}, "relative key", ...]`);
  }
  return rest.map((relative: string) => ({ ...parseS3Uri(joinS3Uri(prefix, relative)), relative }));
}
