import { stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { ObjectStore } from '../storage/object-store';
import { joinS3Uri, parseS3Uri } from '../storage/s3-uri';
import { filesBelow } from './artifacts';
import { downloadSource } from './download';

/** Keeps a folder and an S3 prefix the same: down when a job starts, up (removals too) while it runs. */
export class Checkpoints {
  private readonly known = new Map<string, string>();

  constructor(
    private readonly store: ObjectStore,
    private readonly folder: string,
    private readonly uri: string,
  ) {}

  /** Brings back what an earlier start of the job, or another job, left. */
  async restore(): Promise<void> {
    const prefix = joinS3Uri(this.uri, '');
    const { bucket, key } = parseS3Uri(prefix);
    if ((await this.store.list(bucket, key)).length > 0) {
      await downloadSource(this.store, { S3DataType: 'S3Prefix', S3Uri: prefix }, this.folder);
    }
    for (const file of await filesBelow(this.folder)) {
      this.known.set(file, await version(file));
    }
  }

  /** Uploads what is new or changed, deletes what is gone. */
  async sync(): Promise<void> {
    const files = await filesBelow(this.folder);
    for (const file of files) {
      const current = await version(file);
      if (this.known.get(file) !== current) {
        const { bucket, key } = this.place(file);
        await this.store.upload(bucket, key, file);
        this.known.set(file, current);
      }
    }
    for (const file of [...this.known.keys()].filter((name) => !files.includes(name))) {
      const { bucket, key } = this.place(file);
      await this.store.delete(bucket, key);
      this.known.delete(file);
    }
  }

  private place(file: string) {
    return parseS3Uri(joinS3Uri(this.uri, relative(this.folder, file).split(sep).join('/')));
  }
}

async function version(file: string): Promise<string> {
  const { mtimeMs, size } = await stat(file);
  return `${mtimeMs}/${size}`;
}
