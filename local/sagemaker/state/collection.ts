import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Resources of one kind by name, in the form in which Describe answers them. With a folder, each is also a file
 * there, replaced as a whole, so that a killed runtime leaves either the old or the new one.
 */
export class Collection<T extends object> {
  private readonly items = new Map<string, T>();

  /** Reads what the folder holds. @throws Error naming the file when one is not readable. */
  constructor(private readonly folder?: string) {
    if (folder === undefined) {
      return;
    }
    mkdirSync(folder, { recursive: true });
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
      try {
        const name = decodeURIComponent(file.slice(0, -'.json'.length));
        this.items.set(name, JSON.parse(readFileSync(join(folder, file), 'utf8')));
      } catch (error) {
        throw new Error(`${join(folder, file)} is not readable (${error}); delete it to start without it`);
      }
    }
  }

  get(name: string): T | undefined {
    return this.items.get(name);
  }

  all(): T[] {
    return [...this.items.values()];
  }

  put(name: string, item: T): void {
    this.items.set(name, item);
    if (this.folder !== undefined) {
      const file = fileOf(this.folder, name);
      writeFileSync(`${file}.new`, JSON.stringify(item));
      renameSync(`${file}.new`, file);
    }
  }

  delete(name: string): void {
    this.items.delete(name);
    if (this.folder !== undefined) {
      rmSync(fileOf(this.folder, name), { force: true });
    }
  }
}

/** ARNs are names too, and hold slashes. */
function fileOf(folder: string, name: string): string {
  return join(folder, `${encodeURIComponent(name)}.json`);
}
