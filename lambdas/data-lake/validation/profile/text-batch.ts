/** Rows of text fields, as the readers of formats cut them: all rows of the same number of fields. */
export interface TextBatch {
  readonly bytes: Uint8Array;
  /** Where each field begins in `bytes`, row by row. */
  readonly starts: Int32Array;
  /** Where each field ends. */
  readonly ends: Int32Array;
  /** Fields a row. */
  readonly width: number;
  rows: number;
  /** Fields (by their index) that are text whatever they look like: 1. @default - none */
  readonly quotes?: Uint8Array;
}

/** Hashes of the rows of a batch, half by half, growing column by column. */
export interface RowHashes {
  readonly first: Int32Array;
  readonly second: Int32Array;
}
