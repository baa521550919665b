import { plainDecimal } from './decimal';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LETTER_N = 0x6e;

/** The parts of a line as SageMaker writes it for CSV requests and answers, between the values. */
const INPUT = Buffer.from('{"captureData":{"endpointInput":{"observedContentType":"text/csv');
const INPUT_DATA = Buffer.from('","mode":"INPUT","data":"');
const OUTPUT = Buffer.from('","encoding":"CSV"},"endpointOutput":{"observedContentType":"text/csv');
const OUTPUT_DATA = Buffer.from('","mode":"OUTPUT","data":"');
const EVENT = Buffer.from('","encoding":"CSV"}},"eventMetadata":{"eventId":"');
const INFERENCE = Buffer.from('","inferenceId":"');
const TIME = Buffer.from('","inferenceTime":"');
const TAIL = Buffer.from('"},"eventVersion":"0"}');

/**
 * Reads lines of the layout that most capture files consist of, CSV in and one number out for each row, on the bytes:
 * 20 values cost about as much as parsing one small JSON document. A line of any other layout, with an escaped
 * character other than the line feed, or with anything about it that has to be reported, is refused and left to
 * `decodeCaptureLine`, of which this is a shortcut: what it accepts it reads to the same effect.
 */
export class CaptureScanner {
  /** Rows of the line that was read last. */
  public rows = 0;
  /** Milliseconds since 1970. */
  public at = 0;
  /** Values of the rows one after the other: where value `i` begins is at 2 i, where it ends at 2 i + 1. */
  public bounds = new Int32Array(256);
  /** The score of each row. */
  public scores = new Float64Array(16);
  /** Where the inference id (the event id, when there is none) stands. */
  public idStart = 0;
  public idEnd = 0;

  private readonly hour = Buffer.alloc(13);
  private hourAt = Number.NaN;

  /** @param columns values a row must have */
  constructor(public readonly columns: number) {}

  /** @returns whether the line, `bytes` from `start` to `end`, could be read. */
  public read(bytes: Buffer, start: number, end: number): boolean {
    let at = startsWith(bytes, start, INPUT);
    if (at < 0) return false;
    at = startsWith(bytes, this.plainEnd(bytes, at, end), INPUT_DATA);
    if (at < 0) return false;
    at = startsWith(bytes, this.readRows(bytes, at, end), OUTPUT);
    if (at < 0) return false;
    at = startsWith(bytes, this.plainEnd(bytes, at, end), OUTPUT_DATA);
    if (at < 0) return false;
    at = startsWith(bytes, this.readScores(bytes, at, end), EVENT);
    if (at < 0) return false;
    return this.readEvent(bytes, at, end);
  }

  /** End of a text without escapes: the position of its closing quote, or -1. */
  private plainEnd(bytes: Buffer, start: number, end: number): number {
    if (start < 0) return -1;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) return at;
      if (byte === BACKSLASH || byte < 0x20) return -1;
    }
    return -1;
  }

  /** Finds the values of the rows. @returns the position of the closing quote, or -1. */
  private readRows(bytes: Buffer, start: number, end: number): number {
    let valueStart = start;
    let values = 0;
    let rowValues = 0;
    this.rows = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (byte > BACKSLASH) continue;
      if (byte === COMMA) {
        this.bound(values++, valueStart, at);
        rowValues++;
        valueStart = at + 1;
      } else if (byte === QUOTE || byte === BACKSLASH) {
        if (byte === BACKSLASH && bytes[at + 1] !== LETTER_N) return -1;
        if (rowValues > 0 || at > valueStart) {
          this.bound(values++, valueStart, at);
          if (rowValues + 1 !== this.columns) return -1;
          this.rows++;
        }
        if (byte === QUOTE) return this.rows > 0 ? at : -1;
        rowValues = 0;
        at++;
        valueStart = at + 1;
      } else if (byte < 0x20) {
        return -1;
      }
    }
    return -1;
  }

  private bound(value: number, start: number, end: number): void {
    if (2 * value + 1 >= this.bounds.length) {
      const grown = new Int32Array(2 * this.bounds.length);
      grown.set(this.bounds);
      this.bounds = grown;
    }
    this.bounds[2 * value] = start;
    this.bounds[2 * value + 1] = end;
  }

  /** One number a row. @returns the position of the closing quote, or -1. */
  private readScores(bytes: Buffer, start: number, end: number): number {
    let valueStart = start;
    let scores = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (byte !== QUOTE && byte !== BACKSLASH) continue;
      if (byte === BACKSLASH && bytes[at + 1] !== LETTER_N) return -1;
      if (at > valueStart) {
        const score = plainDecimal(bytes, valueStart, at);
        if (Number.isNaN(score) || scores === this.rows) return -1;
        if (scores === this.scores.length) {
          const grown = new Float64Array(2 * scores);
          grown.set(this.scores);
          this.scores = grown;
        }
        this.scores[scores++] = score;
      }
      if (byte === QUOTE) return scores === this.rows ? at : -1;
      at++;
      valueStart = at + 1;
    }
    return -1;
  }

  private readEvent(bytes: Buffer, start: number, end: number): boolean {
    this.idStart = start;
    this.idEnd = this.plainEnd(bytes, start, end);
    let at = startsWith(bytes, this.idEnd, INFERENCE);
    if (at >= 0) {
      this.idStart = at;
      this.idEnd = this.plainEnd(bytes, at, end);
    }
    at = startsWith(bytes, this.idEnd, TIME);
    if (at < 0 || this.idEnd === this.idStart || !this.readTime(bytes, at)) return false;
    at = startsWith(bytes, at + 20, TAIL);
    return at === end || (at === end - 1 && bytes[at] === 0x0d);
  }

  /** `2026-11-23T08:03:35Z`: what comes before the minutes repeats from line to line. */
  private readTime(bytes: Buffer, start: number): boolean {
    if (bytes.compare(this.hour, 0, 13, start, start + 13) !== 0) {
      const text = bytes.toString('latin1', start, start + 13);
      this.hourAt = hourStart(text);
      bytes.copy(this.hour, 0, start, start + 13);
    }
    const minutes = twoDigits(bytes, start + 14);
    const seconds = twoDigits(bytes, start + 17);
    this.at = this.hourAt + 60_000 * minutes + 1000 * seconds;
    return (
      !Number.isNaN(this.at) &&
      minutes < 60 &&
      seconds < 60 &&
      bytes[start + 13] === 0x3a &&
      bytes[start + 16] === 0x3a &&
      bytes[start + 19] === 0x5a
    );
  }
}

/** NaN for what is no hour: days such as 31 February roll over to another hour. */
function hourStart(text: string): number {
  const at = new Date(`${text}:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) ? at.getTime() : Number.NaN;
}

function twoDigits(bytes: Buffer, at: number): number {
  const tens = bytes[at]! - 0x30;
  const ones = bytes[at + 1]! - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN;
}

/** @returns where `expected` ends when it stands at `at`, else -1; -1 for a negative `at`. */
function startsWith(bytes: Buffer, at: number, expected: Buffer): number {
  if (at < 0) return -1;
  for (let i = 0; i < expected.length; i++) {
    if (bytes[at + i] !== expected[i]) return -1;
  }
  return at + expected.length;
}
