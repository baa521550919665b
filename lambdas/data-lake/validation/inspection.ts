import type { ColumnType } from '../entities';
import type { Example, Problem } from './problem';

/** `opaque` is what nobody here can read: images, archives, models. It is versioned and not validated. */
export type FileFormat = 'csv' | 'json-lines' | 'parquet' | 'opaque';

/** What one field looks like. */
export type ValueKind = 'missing' | 'integer' | 'number' | 'boolean' | 'string';

/** How many fields of each kind a column has. */
export type KindCounts = Readonly<Record<ValueKind, number>>;

export interface ValueCount {
  readonly value: string;
  /** Rows that have it. */
  readonly count: number;
}

/** What is known of one column of a file, of several files or of a version: bounded, and adding up. */
export interface ColumnProfile {
  readonly name: string;
  /** The narrowest type that holds every value. */
  readonly type: ColumnType;
  readonly counts: KindCounts;
  /** Of the numbers, like `mean` and `quantiles`. */
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
  /** Evenly spaced from the smallest number to the largest; estimated from a sample of the rows. */
  readonly quantiles?: readonly number[];
  /** The most frequent texts, the most frequent first. */
  readonly top?: readonly ValueCount[];
  /** Whether `top` holds every text of the column. */
  readonly topIsAll?: boolean;
  /** About how many different values there are. */
  readonly distinct?: number;
  /** State of the estimate `distinct`, so that estimates of several files make one. Base64. */
  readonly distinctSketch?: string;
  /** Texts that are a day (`date`) or a time (`date-time`), when all of them are. */
  readonly format?: 'date' | 'date-time';
}

/** A column of one file: its profile, and what in the file bears it out. */
export interface ColumnSummary extends ColumnProfile {
  /** The first places of each kind of value. */
  readonly places?: Readonly<Partial<Record<ValueKind, readonly Example[]>>>;
  /** What is outside the limits of the schema that the file was read under. */
  readonly outside?: { readonly count: number; readonly examples: readonly Example[] };
  /** What is none of the categories of the schema that the file was read under. */
  readonly unknown?: { readonly count: number; readonly examples: readonly Example[] };
  /** Values that an earlier row has as well, where the column was one of those that might tell rows apart. */
  readonly repeated?: Repeats;
}

/** Rows that occur again, by a sample of hashes that is complete up to a bound. */
export interface Repeats {
  /** Rows that an earlier row equals; an estimate when not `exact`. */
  readonly count: number;
  readonly exact: boolean;
  readonly examples: readonly Example[];
  /** The hashes, so that files can be compared: those that end in `level` zero bits. Base64. */
  readonly sample?: { readonly level: number; readonly hashes: string };
}

/** How well one column alone tells the target, from 0 (not at all) to 1 (entirely). */
export interface Leak {
  readonly column: string;
  readonly score: number;
  /** Rows that it was measured on. */
  readonly rows: number;
}

/** What reading a file once tells: plain JSON, of bounded size whatever the file. */
export interface Inspection {
  /** Relative to `raw/<dataset>/`. */
  readonly key: string;
  /** In bytes, as stored. */
  readonly size: number;
  readonly format: FileFormat;
  readonly compression?: 'gzip';
  /** What separates the fields of CSV. */
  readonly delimiter?: string;
  /** Data rows, the header not counted. */
  readonly rows: number;
  /** Names of the columns in their order; empty when the file has none that can be read. */
  readonly header: readonly string[];
  readonly columns: readonly ColumnSummary[];
  /** What is wrong with the file itself, whatever the schema. */
  readonly problems: readonly Problem[];
  /** Rows that are the same in every column. */
  readonly duplicates?: Repeats;
  /** Rows that share the schema's key. */
  readonly keys?: Repeats;
  /** Columns that tell the target best, the best first. */
  readonly leaks?: readonly Leak[];
}

/** What is known of a dataset version, or of any set of its files. */
export interface DatasetProfile {
  readonly version: 1;
  readonly files: number;
  readonly rows: number;
  /** In bytes, as stored. */
  readonly bytes: number;
  readonly columns: readonly ColumnProfile[];
}
