import type { TextBatch } from '../../validation/profile/text-batch';

const QUOTE = 34;
const LF = 10;
const CR = 13;
const ORDINARY = 0;

/** Rows that a batch holds at most. */
export const BATCH_ROWS = 4096;
const BATCH_FIELDS = 65_536;

/** What the tokenizer stopped at. */
export type Stop = 'more' | 'full' | 'quote';

/** A row that has not as many fields as the header. */
export interface Uneven {
  /** Index of the row in its batch. */
  readonly row: number;
  readonly fields: number;
}

/**
 * Cuts bytes into rows and fields after RFC 4180: fields that begin with a quote end at the next single one, quotes
 * elsewhere are ordinary, rows end with LF, CRLF or CR, empty lines are passed over. Short rows are filled up with
 * empty fields, further fields of long rows are dropped; both are told.
 *
 * An own tokenizer rather than a library: it makes no string and no object for a field, only positions in the bytes,
 * which is what reading a gigabyte at the speed of a database takes. Tests hold it against csv-parse.
 */
export class CsvTokenizer implements TextBatch {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  rows = 0;
  uneven: Uneven[] = [];
  /** Where the next row begins. */
  position = 0;
  private readonly maxRows: number;
  private readonly table = new Uint8Array(256);
  private fieldStart = 0;
  private fieldEnd = 0;
  /** Where unescaped fields are written to, behind the bytes that were read. */
  private spare = 0;

  /** @param bytes the buffer to read: see `read` */
  constructor(
    public bytes: Uint8Array,
    private readonly delimiter: number,
    readonly width: number,
    maxRows = BATCH_ROWS,
  ) {
    this.maxRows = Math.max(1, Math.min(maxRows, Math.floor(BATCH_FIELDS / width)));
    this.starts = new Int32Array(this.maxRows * width);
    this.ends = new Int32Array(this.maxRows * width);
    this.table[delimiter] = 1;
    this.table[LF] = 1;
    this.table[CR] = 1;
  }

  /**
   * Cuts the rows from `position` on that end before `length`, up to a batch of them. The buffer must be one byte
   * longer than what it holds, and twice as long where there are quotes to take out.
   *
   * @param final whether nothing follows
   * @returns `more` when the next row is not all there, `full` when the batch is, `quote` at a quoted field that goes
   *   on behind its end: the bytes are not CSV from there
   */
  read(length: number, final: boolean): Stop {
    const { bytes, table, delimiter, width, starts, ends, maxRows } = this;
    this.rows = 0;
    this.uneven = [];
    this.spare = length + 1;
    bytes[length] = LF;
    let i = this.position;
    while (this.rows < maxRows) {
      const base = this.rows * width;
      let column = 0;
      while (i < length && (bytes[i] === LF || bytes[i] === CR)) i += 1;
      if (i >= length) {
        this.position = length;
        return 'more';
      }
      this.position = i;
      for (;;) {
        let start = i;
        let end: number;
        if (bytes[i] === QUOTE) {
          i = this.quoted(i, length, final);
          if (i < 0) return i === INCOMPLETE ? 'more' : 'quote';
          start = this.fieldStart;
          end = this.fieldEnd;
        } else {
          while (table[bytes[i]!] === ORDINARY) i += 1;
          end = i;
        }
        if (i >= length && !final) return 'more';
        if (column < width) {
          starts[base + column] = start;
          ends[base + column] = end;
        }
        column += 1;
        if (i >= length || bytes[i] !== delimiter) break;
        i += 1;
      }
      if (i < length && bytes[i] === CR) i += 1;
      if (i < length && bytes[i] === LF) i += 1;
      if (column !== width) {
        this.uneven.push({ row: this.rows, fields: column });
        for (; column < width; column += 1) {
          starts[base + column] = 0;
          ends[base + column] = 0;
        }
      }
      this.rows += 1;
      this.position = Math.min(i, length);
    }
    return 'full';
  }

  /** Finds the end of a quoted field, from its opening quote on. @returns where it ends, or why it does not */
  private quoted(open: number, length: number, final: boolean): number {
    const { bytes, table } = this;
    let close = open + 1;
    let escaped = 0;
    for (; close < length; close += 1) {
      if (bytes[close] !== QUOTE) continue;
      if (close + 1 >= length || bytes[close + 1] !== QUOTE) break;
      escaped += 1;
      close += 1;
    }
    if (close >= length) return final ? BROKEN : INCOMPLETE;
    if (close + 1 >= length && !final) return INCOMPLETE;
    if (close + 1 < length && table[bytes[close + 1]!] === ORDINARY) return BROKEN;
    this.fieldStart = open + 1;
    this.fieldEnd = close;
    if (escaped > 0) this.unescape(open + 1, close);
    return close + 1;
  }

  private unescape(start: number, end: number): void {
    const { bytes } = this;
    let to = this.spare;
    for (let i = start; i < end; i += 1) {
      bytes[to] = bytes[i]!;
      to += 1;
      if (bytes[i] === QUOTE) i += 1;
    }
    this.fieldStart = this.spare;
    this.fieldEnd = to;
    this.spare = to;
  }
}

const INCOMPLETE = -1;
const BROKEN = -2;
