import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type {
  ArtifactBackend,
  ArtifactContent,
  ArtifactFile,
} from '../../lambdas/registry/mlflow-api/artifacts/artifact-store';
import { InvalidParameterError } from '../../lambdas/registry/tracking/errors';

let uploads = 0;

/** Artifacts as files below one folder. Links that lead out of it are not followed. */
export class FolderBackend implements ArtifactBackend {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = resolve(folder);
  }

  async list(key: string): Promise<ArtifactFile[]> {
    const folder = await this.existing(key);
    if (folder === undefined || !(await stat(folder)).isDirectory()) return [];
    const entries = await readdir(folder, { withFileTypes: true });
    const files = await Promise.all(
      entries
        .filter((entry) => (entry.isDirectory() || entry.isFile()) && !isUpload(entry.name))
        .map(async (entry) =>
          entry.isDirectory()
            ? { name: entry.name, isFolder: true }
            : { name: entry.name, isFolder: false, size: (await stat(join(folder, entry.name))).size },
        ),
    );
    return files.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async read(key: string): Promise<ArtifactContent | undefined> {
    const file = await this.existing(key);
    if (file === undefined) return undefined;
    const handle = await open(file);
    const { size } = await handle.stat().then((found) => (found.isFile() ? found : { size: undefined }));
    if (size === undefined) {
      await handle.close();
      return undefined;
    }
    return { body: createReadStream(file, { fd: handle, autoClose: true }), size };
  }

  async write(key: string, body: Buffer | Readable, size?: number): Promise<void> {
    try {
      await this.writeWhole(this.path(key), body, size);
    } catch (error) {
      const reason = UNWRITABLE.get((error as NodeJS.ErrnoException).code ?? '');
      throw reason === undefined ? error : new InvalidParameterError(`"${key}" can't be written: ${reason}.`);
    }
  }

  /** Whole or not at all: the file gets its name when all of it is there. */
  private async writeWhole(file: string, body: Buffer | Readable, size?: number): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    await this.mustBeWithin(dirname(file));
    uploads += 1;
    const temporary = `${file}.${process.pid}-${uploads}.upload`;
    const target = createWriteStream(temporary);
    try {
      await pipeline(Buffer.isBuffer(body) ? Readable.from([body]) : body, target);
      if (size !== undefined && target.bytesWritten !== size) {
        throw new InvalidParameterError(`The upload ended after ${target.bytesWritten} of ${size} bytes.`);
      }
      await rename(temporary, file);
    } catch (error) {
      // What can't be removed was never made.
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  async remove(key: string): Promise<void> {
    const file = await this.existing(key);
    if (file !== undefined) await rm(file, { recursive: true, force: true });
  }

  private path(key: string): string {
    const path = resolve(this.folder, key);
    if (path !== this.folder && !path.startsWith(this.folder + sep)) throw outside(key);
    return path;
  }

  /** The path, when there is something. */
  private async existing(key: string): Promise<string | undefined> {
    const path = this.path(key);
    try {
      await this.mustBeWithin(path);
      return path;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
      throw error;
    }
  }

  private async mustBeWithin(path: string): Promise<void> {
    const [root, real] = await Promise.all([realpath(this.folder), realpath(path)]);
    if (real !== root && !real.startsWith(root + sep)) throw outside(path);
  }
}

/** What a file system refuses, and S3 would take. */
const UNWRITABLE: ReadonlyMap<string, string> = new Map([
  ['EEXIST', 'a file has the name of one of its folders'],
  ['EISDIR', 'a folder has that name'],
  ['ENAMETOOLONG', 'a name in it is longer than the file system takes'],
  ['ENOTDIR', 'a file has the name of one of its folders'],
  ['ENOTEMPTY', 'a folder has that name'],
]);

const isUpload = (name: string): boolean => /\.\d+-\d+\.upload$/.test(name);

const outside = (key: string): Error =>
  new InvalidParameterError(`Invalid path: "${key}" is outside of the folder of artifacts.`);
