import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The file tree of one container: `root` is its /opt/ml. */
export class JobFolder {
  readonly root: string;

  constructor(private readonly folder: string) {
    this.root = join(folder, 'ml');
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  /** Starts from nothing: makes the folders. */
  async create(folders: readonly string[]): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    for (const folder of folders) {
      await mkdir(this.path(folder), { recursive: true });
    }
  }

  /** Writes JSON files into a folder of the tree. */
  async writeConfig(folder: string, files: Readonly<Record<string, unknown>>): Promise<void> {
    await mkdir(this.path(folder), { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      await writeFile(this.path(folder, name), JSON.stringify(content));
    }
  }

  /** A file's bytes, undefined when the container did not write it. */
  async read(...parts: string[]): Promise<Buffer | undefined> {
    try {
      return await readFile(this.path(...parts));
    } catch {
      return undefined;
    }
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Makes the folder that a file goes to. */
export async function makeFolderOf(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
}
