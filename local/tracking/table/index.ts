import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { documentClient } from './client';
import { lockFolder } from './folder-lock';
import { Journal } from './journal';
import { Replica } from './replica';
import { Table } from './table';

const EXPIRY_MILLISECONDS = 10 * 60 * 1000;

export interface TableOptions {
  /** Folder that keeps the table between processes. @default - the table is gone with the process */
  readonly directory?: string;
  /**
   * How many of the newest changes the index and reads that do not ask for consistency miss; asked at each such read.
   * DynamoDB promises no more than that they catch up.
   *
   * @default - none
   */
  readonly lag?: () => number;
  /** Milliseconds since the epoch, by which items expire. @default Date.now */
  readonly now?: () => number;
}

/** A DynamoDB table in this process. */
export interface LocalTable {
  /** What a store takes; every table name reaches this table. */
  readonly client: DynamoDBDocumentClient;
  readonly table: Table;
  /** Ends timers and, with a folder, syncs the journal and gives the folder back. */
  close(): void;
}

/**
 * Makes a table, empty or with what the folder holds.
 *
 * @throws Error when another process has the folder, or its journal is damaged.
 */
export function createTable(options: TableOptions = {}): LocalTable {
  const now = options.now ?? Date.now;
  const replica = options.lag === undefined ? undefined : new Replica(options.lag);
  const unlock = options.directory === undefined ? undefined : lockFolder(options.directory);
  let journal: Journal | undefined;
  const table = new Table({ journal: { append: (mutations) => journal?.append(mutations) }, replica });
  try {
    if (options.directory !== undefined) {
      journal = Journal.open(options.directory, table.items, (mutations) => table.restore(mutations));
    }
  } catch (error) {
    unlock?.();
    throw error;
  }
  table.expire(now());
  const timer = setInterval(() => table.expire(now()), EXPIRY_MILLISECONDS).unref();
  return {
    client: documentClient(table),
    table,
    close: () => {
      clearInterval(timer);
      journal?.close();
      unlock?.();
    },
  };
}
