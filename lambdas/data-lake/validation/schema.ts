import type { ColumnType } from '../entities';
import type { Check, Severity } from './problem';

/** What becomes of a failed check: it keeps the file out, it is only told, or it is not made. */
export type CheckSetting = Severity | 'off';
export type CheckSettings = Readonly<Partial<Record<Check, CheckSetting>>>;

/** A column as drops are checked against it; learnt ranges are those of the data that it was learnt from. */
export interface SchemaColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** What the text of a `string` column is: a day as `2013-01-31`, or a time as `2013-01-31T05:15:00Z`. */
  readonly format?: 'date' | 'date-time';
  /** Whether a value may be absent. */
  readonly nullable: boolean;
  /** The largest share of rows, between 0 and 1, that may have no value. @default - any share, when nullable */
  readonly maxMissing?: number;
  readonly min?: number;
  readonly max?: number;
  /** All values, where they are few. */
  readonly categories?: readonly string[];
  /** No two rows have the same value. */
  readonly unique?: boolean;
  /** Severities of checks of this column. @default - those of the schema */
  readonly checks?: CheckSettings;
}

/** What every drop of a dataset is checked against: learnt from the first accepted version, and editable. */
export interface Schema {
  readonly dataset: string;
  /** The column that models learn to predict. */
  readonly target?: string;
  /** The columns that together name a row: no two rows of a version share them. */
  readonly key?: readonly string[];
  readonly rows?: RowLimits;
  /** Severities that differ from the usual ones. */
  readonly checks?: CheckSettings;
  readonly columns: readonly SchemaColumn[];
}

/** How many rows a version of the dataset may have. */
export interface RowLimits {
  readonly min?: number;
  readonly max?: number;
  /** How far the number may differ from the parent version's, as a share of it: 0.5 is half. */
  readonly maxChange?: number;
}
