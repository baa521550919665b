import { type Example, Occurrences } from '../problem';
import type { SchemaColumn } from '../schema';
import { Dictionary, type Entry, KIND_NAMES, Kind, kindCode } from './dictionary';
import { DistinctEstimate } from './distinct';
import { maybeSpecial, PlainNumber, textHash1, textHash2, textOf } from './field';
import { RepeatWatch, type WatchBudget } from './repeat-watch';
import { Format, formatOf } from './text-format';
import { fits, valueKind } from './value-kind';

/** Bytes of the longest value that a dictionary keeps. */
const MAX_KEPT = 64;
/** Once so many different numbers were met and nothing else, a column is numbers and not codes. */
const MANY_NUMBERS = 64;
export const MAX_PLACES = 5;
/** Columns that keep fewer different values are one of thousands: they keep fewer places, too. */
const MAX_WIDE_VALUES = 100;
const MAX_PLACE_LENGTH = 60;

/** What all columns of a table share. */
export interface TableLimits extends WatchBudget {
  /** Different values that each column keeps. */
  readonly values: number;
  /** Rows of the sample. */
  readonly sample: number;
}

/** What is gathered of a column, and what becomes of a value that is met for the first time. */
export class ColumnState {
  readonly dictionary: Dictionary;
  readonly distinct = new DistinctEstimate();
  /** Of the values that are not in the dictionary, by kind. */
  readonly counts = new Float64Array(KIND_NAMES.length);
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  /** Of the numbers that are not in the dictionary. */
  sum = 0;
  format: number = Format.UNKNOWN;
  /** The first places of each kind. */
  readonly places: Example[][] = [];
  readonly outside = new Occurrences();
  readonly unknown = new Occurrences();
  /** Values of the sampled rows: numbers, and hashes of texts. */
  readonly sampleValues: Float64Array;
  readonly sampleKinds: Uint8Array;
  readonly watch: RepeatWatch;
  protected numbersFirst = false;
  protected readonly low: number;
  protected readonly high: number;
  protected field1 = 0;
  protected field2 = 0;
  private readonly categories: ReadonlySet<string> | undefined;
  private readonly maxPlaces: number;
  private readonly plain = new PlainNumber();

  constructor(
    readonly name: string,
    readonly expected: SchemaColumn | undefined,
    limits: TableLimits,
  ) {
    this.dictionary = new Dictionary(limits.values);
    this.maxPlaces = limits.values < MAX_WIDE_VALUES ? 1 : MAX_PLACES;
    this.sampleValues = new Float64Array(limits.sample);
    this.sampleKinds = new Uint8Array(limits.sample);
    const numeric = expected?.type === 'number' || expected?.type === 'integer';
    this.low = (numeric ? expected?.min : undefined) ?? Number.NEGATIVE_INFINITY;
    this.high = (numeric ? expected?.max : undefined) ?? Number.POSITIVE_INFINITY;
    const { categories } = expected?.type === 'string' ? expected : { categories: undefined };
    this.categories = categories === undefined ? undefined : new Set(categories);
    this.watch = new RepeatWatch(expected?.unique === true, limits);
  }

  /** Counts rows that have no value. */
  skip(rows: number): void {
    if (rows === 0) return;
    this.counts[Kind.MISSING]! += rows;
    this.watch.close();
  }

  /** Notes one more occurrence of a value that is none of what the schema expects. */
  protected note({ kind, value, text }: Entry, row: number): void {
    this.remember(kind, row, text);
    if (kind === Kind.MISSING) return;
    if (value < this.low || value > this.high) this.outside.add(row, text);
    if (this.categories !== undefined && !this.categories.has(text)) this.unknown.add(row, text);
  }

  /** Remembers where a kind of value stands, for the first few. */
  protected place(kind: number, row: number, bytes: Uint8Array, start: number, end: number): void {
    if ((this.places[kind]?.length ?? 0) >= this.maxPlaces) return;
    this.remember(kind, row, textOf(bytes, start, Math.min(end, start + 4 * MAX_PLACE_LENGTH)));
  }

  private remember(kind: number, row: number, text: string): void {
    if (this.places.length === 0) this.places.push(...KIND_NAMES.map(() => []));
    const places = this.places[kind]!;
    if (places.length >= this.maxPlaces) return;
    const value = text.length > MAX_PLACE_LENGTH ? `${text.slice(0, MAX_PLACE_LENGTH)}...` : text;
    places.push({ row, value });
  }

  /** Takes in a value that the dictionary lacks: keeps it there while there is room, or only counts it. */
  protected addUnknown(
    bytes: Uint8Array,
    start: number,
    end: number,
    row: number,
    hash1: number,
    hash2: number,
    quoted: boolean,
  ): void {
    const { dictionary, watch } = this;
    const keep = end - start <= MAX_KEPT && !dictionary.full;
    const { kind, value } = this.classify(bytes, start, end, quoted, keep);
    if (kind === Kind.STRING && this.format !== Format.NONE) this.refine(bytes, start, end);
    const plain = !Number.isNaN(value) && this.plain.stop === end && !quoted;
    this.field1 = plain ? this.plain.hash1 : hash1;
    this.field2 = plain ? this.plain.hash2 : hash2;
    if (kind === Kind.MISSING) watch.close();
    else this.distinct.add(this.field1);
    if (kind === Kind.NUMBER) watch.close();
    if (keep) {
      const text = textOf(bytes, start, end);
      const noted = kind !== Kind.MISSING && this.isMisfit(kind, value, text);
      const entry: Entry = { text, kind, value, field1: this.field1, field2: this.field2, noted, row };
      const at = dictionary.insert(hash1, hash2, end - start, entry);
      dictionary.counts[at] = 1;
      if (watch.open && kind !== Kind.MISSING) watch.kept(this.field1, this.field2, row);
      this.note(entry, row);
      this.settle(kind);
      return;
    }
    dictionary.overflowed = true;
    this.counts[kind]! += 1;
    if (kind === Kind.MISSING) return;
    if (!Number.isNaN(value)) {
      this.sum += value;
      this.min = Math.min(this.min, value);
      this.max = Math.max(this.max, value);
      if (value < this.low || value > this.high) this.outside.add(row, textOf(bytes, start, end));
    }
    this.place(kind, row, bytes, start, end);
    if (this.categories !== undefined) {
      const text = textOf(bytes, start, end);
      if (!this.categories.has(text)) this.unknown.add(row, text);
    }
    if (watch.open) watch.passed(this.field1, this.field2, row, dictionary);
  }

  /** Keeps the value of a field of a sampled row. */
  protected sample(slot: number, bytes: Uint8Array, start: number, end: number, quoted: boolean): void {
    const { kind, value } =
      start === end
        ? { kind: Kind.MISSING, value: Number.NaN }
        : this.classify(bytes, start, end, quoted, false);
    this.sampleKinds[slot] = kind;
    this.sampleValues[slot] = !Number.isNaN(value)
      ? value
      : textHash1(bytes, start, end) + textHash2(bytes, start, end) / 4294967296;
  }

  private classify(
    bytes: Uint8Array,
    start: number,
    end: number,
    quoted: boolean,
    thoroughly: boolean,
  ): { kind: number; value: number } {
    const { plain } = this;
    plain.stop = -1;
    if (quoted) return { kind: Kind.STRING, value: Number.NaN };
    if (plain.read(bytes, start, end) && Number.isFinite(plain.value)) {
      return { kind: Number.isInteger(plain.value) ? Kind.INTEGER : Kind.NUMBER, value: plain.value };
    }
    if (!thoroughly && plain.stop < end && !maybeSpecial(bytes, start, end, plain)) {
      return { kind: Kind.STRING, value: Number.NaN };
    }
    const text = textOf(bytes, start, end);
    const kind = kindCode(valueKind(text));
    return { kind, value: kind === Kind.INTEGER || kind === Kind.NUMBER ? Number(text) : Number.NaN };
  }

  private isMisfit(kind: number, value: number, text: string): boolean {
    const { expected, categories } = this;
    if (expected === undefined) return false;
    if (!fits(KIND_NAMES[kind]!, expected.type)) return true;
    if (expected.type === 'integer' && kind === Kind.NUMBER) return true;
    return value < this.low || value > this.high || (categories !== undefined && !categories.has(text));
  }

  private refine(bytes: Uint8Array, start: number, end: number): void {
    const format = formatOf(bytes, start, end);
    this.format = this.format === Format.UNKNOWN || this.format === format ? format : Format.NONE;
  }

  /** Decides whether the column is numbers: then they no longer go through the dictionary. */
  private settle(kind: number): void {
    const many = Math.min(MANY_NUMBERS, this.dictionary.capacity);
    if (this.numbersFirst || this.dictionary.size < many || kind === Kind.STRING) return;
    if (this.categories !== undefined) return;
    const numbers = this.dictionary.entries.filter(({ kind: k }) => k === Kind.INTEGER || k === Kind.NUMBER);
    const texts = this.dictionary.entries.length - numbers.length;
    this.numbersFirst = numbers.length >= many - texts && texts <= many / 8;
    if (this.numbersFirst) this.dictionary.overflowed = true;
  }
}
