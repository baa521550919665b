import type { TextBatch } from './text-batch';
import { valueKind } from './value-kind';

const FIRST_BYTES = 256 * 1024;
/** A batch with so many bytes or fields is full. */
const FULL_BYTES = 256 * 1024;
const FULL_FIELDS = 65_536;
const MAX_ROWS = 4096;

/** Gathers values that are no text yet, as JSON and Parquet have them, into a batch of text. */
export class TextBatchBuilder implements TextBatch {
  bytes = Buffer.allocUnsafe(FIRST_BYTES);
  starts: Int32Array;
  ends: Int32Array;
  quotes: Uint8Array;
  rows = 0;
  private used = 0;
  private readonly maxRows: number;

  constructor(readonly width: number) {
    this.maxRows = Math.max(1, Math.min(MAX_ROWS, Math.floor(FULL_FIELDS / Math.max(1, width))));
    this.starts = new Int32Array(this.maxRows * width);
    this.ends = new Int32Array(this.maxRows * width);
    this.quotes = new Uint8Array(this.maxRows * width);
  }

  get full(): boolean {
    return this.rows >= this.maxRows || this.used >= FULL_BYTES;
  }

  clear(): void {
    this.rows = 0;
    this.used = 0;
    this.starts.fill(0);
    this.ends.fill(0);
    this.quotes.fill(0);
  }

  /** Sets a field of the row that is being filled; fields that are not set have no value. */
  set(column: number, value: unknown): void {
    const at = this.rows * this.width + column;
    const isText = typeof value === 'string';
    const text = isText ? value : textOf(value);
    if (text === '') return;
    this.reserve(text.length * 3);
    this.starts[at] = this.used;
    this.used += this.bytes.write(text, this.used);
    this.ends[at] = this.used;
    if (isText && valueKind(text) !== 'string') this.quotes[at] = 1;
  }

  endRow(): void {
    this.rows += 1;
  }

  private reserve(bytes: number): void {
    if (this.used + bytes <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, this.used + bytes));
    this.bytes.copy(larger, 0, 0, this.used);
    this.bytes = larger;
  }
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? '';
}
