import type { Column } from '../entities';
import type { ColumnProfile, DatasetProfile } from '../validation/inspection';

/** What a column has, in numbers that people compare. */
export interface ColumnFigures {
  readonly type: string;
  /** Share of the rows without a value. */
  readonly missing: number;
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
  readonly median?: number;
  readonly distinct?: number;
  /** The most frequent value, if any occurs twice. */
  readonly top?: string;
}

/** One column in two versions; absent where the version does not have it. */
export interface ColumnChange {
  readonly name: string;
  readonly before?: ColumnFigures;
  readonly after?: ColumnFigures;
}

/** How the columns of a dataset differ between two versions. */
export interface SchemaChange {
  readonly added: readonly Column[];
  readonly removed: readonly Column[];
  readonly changed: readonly { readonly before: Column; readonly after: Column }[];
}

export function diffColumns(before: readonly Column[], after: readonly Column[]): SchemaChange {
  const old = new Map(before.map((column) => [column.name, column]));
  const now = new Map(after.map((column) => [column.name, column]));
  const changed: { before: Column; after: Column }[] = [];
  for (const column of before) {
    const other = now.get(column.name);
    if (other !== undefined && (other.type !== column.type || other.nullable !== column.nullable)) {
      changed.push({ before: column, after: other });
    }
  }
  return {
    added: after.filter(({ name }) => !old.has(name)),
    removed: before.filter(({ name }) => !now.has(name)),
    changed,
  };
}

/** The figures of every column that either version has, in the order of the later one. */
export function diffProfiles(before: DatasetProfile | undefined, after: DatasetProfile): ColumnChange[] {
  const old = new Map((before?.columns ?? []).map((column) => [column.name, column]));
  const now = after.columns.map((column) => {
    const earlier = old.get(column.name);
    old.delete(column.name);
    const figures = { name: column.name, after: figuresOf(column) };
    return earlier === undefined ? figures : { ...figures, before: figuresOf(earlier) };
  });
  return [...now, ...[...old.values()].map((column) => ({ name: column.name, before: figuresOf(column) }))];
}

export function figuresOf(column: ColumnProfile): ColumnFigures {
  const { type, counts, min, max, mean, quantiles, distinct, top } = column;
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const median = quantiles?.[Math.floor((quantiles.length - 1) / 2)];
  return {
    type,
    missing: rows === 0 ? 0 : counts.missing / rows,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(mean === undefined ? {} : { mean }),
    ...(median === undefined ? {} : { median }),
    ...(distinct === undefined ? {} : { distinct }),
    ...(top?.[0] === undefined || top[0].count < 2 ? {} : { top: top[0].value }),
  };
}
