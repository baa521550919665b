import type { Problem } from '../validation/problem';
import type { TableSummary } from '../validation/profile/table-builder';

/** What a reader of text made of a file. */
export interface TextResult {
  readonly header: readonly string[];
  readonly table?: TableSummary;
  readonly problems: readonly Problem[];
}

/** Reads a format of text, chunk by chunk. */
export interface TextReader {
  /** @returns why the rest cannot be read, if so */
  push(chunk: Uint8Array): Problem | undefined;
  /** Nothing follows. @returns why the last bytes cannot be read, if so */
  end(): Problem | undefined;
  result(): TextResult;
}

/** A row longer than this, in bytes, is an unclosed quote or no table. */
export const MAX_ROW_BYTES = 8 * 1024 * 1024;
/** As many columns as the widest spreadsheets have. */
export const MAX_COLUMNS = 16_384;
