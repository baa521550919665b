import { closeSync, fsync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Items } from './items';
import { compact } from './journal-compaction';
import { encodeLine } from './journal-lines';
import { replayFile } from './journal-replay';
import type { Mutation } from './mutation';

const FILE = 'table.jsonl';
const SYNC_MILLISECONDS = 1000;

/**
 * The changes of a table in a file, one call a line.
 *
 * A call is written to the file before it is answered: when the process dies, nothing that was answered is lost. The
 * file is synced to the disk within a second: when the machine dies, that second may be lost, and nothing before it.
 * A last line that a crash cut short was never answered and is dropped.
 */
export class Journal {
  /**
   * Reads what the folder holds, writes it anew when most of it is outdated, and goes on from there.
   *
   * @param replay - takes the changes of one line, in order.
   * @throws Error when a line in the middle of the file cannot be read.
   */
  static open(directory: string, items: Items, replay: (mutations: readonly Mutation[]) => void): Journal {
    mkdirSync(directory, { recursive: true });
    const path = join(directory, FILE);
    const bytes = replayFile(path, items, replay);
    compact(path, bytes, items);
    return new Journal(openSync(path, 'a'));
  }

  private unsynced = false;
  private syncing = false;
  private readonly timer: NodeJS.Timeout;

  private constructor(private readonly file: number) {
    this.timer = setInterval(() => this.sync(), SYNC_MILLISECONDS).unref();
  }

  append(mutations: readonly Mutation[]): void {
    const line = Buffer.from(encodeLine(mutations));
    for (let written = 0; written < line.length; ) written += writeSync(this.file, line, written);
    this.unsynced = true;
  }

  /** Syncs and closes the file. */
  close(): void {
    clearInterval(this.timer);
    fsyncSync(this.file);
    closeSync(this.file);
  }

  private sync(): void {
    if (!this.unsynced || this.syncing) return;
    this.unsynced = false;
    this.syncing = true;
    fsync(this.file, (error) => {
      this.syncing = false;
      if (error !== null) process.emitWarning(`The journal cannot be synced to the disk: ${error.message}`);
    });
  }
}
