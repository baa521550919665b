import { MAX_ROW_BYTES } from '../records';
import { ParquetError } from './parquet-error';

/** What a value costs besides its text: with it, the time for numbers is bounded as well as that for text. */
const VALUE_BYTES = 16;

/** Counts the text that values are, since one entry of a dictionary can stand for a text at millions of places. */
export class TextBudget {
  constructor(private left: number) {}

  /** @throws ParquetError when a value is too long, or all of them together */
  spend(value: unknown): void {
    let bytes = VALUE_BYTES;
    if (typeof value === 'string' || value instanceof Uint8Array) {
      if (value.length > MAX_ROW_BYTES) {
        throw new ParquetError(
          `has a value of ${value.length} bytes; ${MAX_ROW_BYTES} can be read`,
          'too-large',
        );
      }
      bytes += value.length;
    }
    this.left -= bytes;
    if (this.left < 0) {
      throw new ParquetError('unpacks to more than can be read; split it into smaller files', 'too-large');
    }
  }
}
