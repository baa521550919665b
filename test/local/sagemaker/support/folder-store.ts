import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { ObjectStore } from '../../../../local/sagemaker/storage/object-store';

/** Buckets as folders. */
export class FolderStore implements ObjectStore {
  constructor(private readonly root: string) {}

  async list(bucket: string, prefix: string) {
    const folder = join(this.root, bucket);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const keys = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .filter((key) => key.startsWith(prefix))
      .sort();
    return Promise.all(keys.map(async (key) => ({ key, size: (await stat(join(folder, key))).size })));
  }

  async download(bucket: string, key: string, file: string) {
    await copyFile(join(this.root, bucket, key), file);
  }

  async upload(bucket: string, key: string, file: string) {
    await this.put(bucket, key, await readFile(file));
  }

  async put(bucket: string, key: string, body: string | Buffer) {
    const file = join(this.root, bucket, key);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, body);
  }

  async delete(bucket: string, key: string) {
    await rm(join(this.root, bucket, key), { force: true });
  }

  async text(bucket: string, key: string): Promise<string> {
    return (await readFile(join(this.root, bucket, key))).toString('utf8');
  }

  async keys(bucket: string, prefix = ''): Promise<string[]> {
    return (await this.list(bucket, prefix)).map(({ key }) => key);
  }
}
