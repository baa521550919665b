import type { ColumnFigures } from '../../lambdas/data-lake/history/profile-diff';
import { figure, percent } from './format';

/** What `columnRows` fills. */
export const COLUMN_HEADER = ['type', 'missing', 'min', 'median', 'mean', 'max', 'distinct', 'most frequent'];

/** The figures of a column as cells of a table. */
export function columnRows(figures: ColumnFigures | undefined): string[] {
  if (figures === undefined) return COLUMN_HEADER.map(() => '-');
  const { type, missing, min, median, mean, max, distinct, top } = figures;
  return [
    ...[type, percent(missing), figure(min), figure(median), figure(mean), figure(max), figure(distinct)],
    top === undefined ? '-' : shortened(top),
  ];
}

const LONGEST = 24;
const shortened = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;

/** Cells of both versions where they differ (`3 -> 4`), of the later one where they do not. */
export function comparedRows(before: ColumnFigures | undefined, after: ColumnFigures | undefined): string[] {
  if (before === undefined || after === undefined) return columnRows(after ?? before);
  const old = columnRows(before);
  return columnRows(after).map((cell, at) => (cell === old[at] ? cell : `${old[at]} -> ${cell}`));
}
