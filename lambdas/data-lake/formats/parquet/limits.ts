import { type Problem, problem } from '../../validation/problem';
import { MAX_COLUMNS } from '../records';
import { MAX_CHUNK_BYTES } from './column-pages';
import { type Footer, leavesOf } from './footer';

/** Rows of a row group that are held at a time, one column of them. */
const MAX_GROUP_ROWS = 2_097_152;
/** Values of a nested column in a row group, times the levels of nesting, since each level is a list of its own. */
const MAX_NESTED_VALUES = 2_097_152;

/** What of a file is more than can be read, by its description alone. */
export function beyondLimits({ columns, groups }: Footer): Problem | undefined {
  const leaves = columns.flatMap((column) => leavesOf(column, []));
  const count = Math.max(columns.length, leaves.length);
  if (count > MAX_COLUMNS) {
    return problem('too-many-columns', `has ${count} columns; ${MAX_COLUMNS} can be read`, { count });
  }
  for (const { rows, chunks } of groups) {
    if (rows > MAX_GROUP_ROWS) {
      const message = `has a row group of ${rows} rows; write row groups of at most ${MAX_GROUP_ROWS}`;
      return problem('too-large', message);
    }
    for (const [i, { path, values, unpacked, start, end }] of chunks.entries()) {
      const levels = leaves[i]?.length ?? 1;
      const maxValues = levels === 1 ? MAX_GROUP_ROWS : Math.floor(MAX_NESTED_VALUES / levels);
      if (Math.max(unpacked, end - start) <= MAX_CHUNK_BYTES && values <= maxValues) continue;
      const message = `holds ${unpacked} bytes and ${values} values of column "${path}" in one row group`;
      const limits = `${MAX_CHUNK_BYTES} bytes and ${maxValues} values can be read`;
      return problem('too-large', `${message}; ${limits}, so write smaller row groups`);
    }
  }
  return undefined;
}
