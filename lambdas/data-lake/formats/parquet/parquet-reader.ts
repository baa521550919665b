import type { AsyncBuffer } from 'hyparquet';
import { headerProblems } from '../../validation/header';
import { problem } from '../../validation/problem';
import { TableBuilder } from '../../validation/profile/table-builder';
import { TextBatchBuilder } from '../../validation/profile/text-batch-builder';
import type { Schema } from '../../validation/schema';
import type { TextResult } from '../records';
import { type Footer, readFooter } from './footer';
import { GroupColumns } from './group-columns';
import { beyondLimits } from './limits';
import { ParquetError } from './parquet-error';
import { SourceError } from './random-access';
import { TextBudget } from './text-budget';

/** What all values of a file may be together, in bytes as text: what 15 minutes are enough for, as with CSV. */
const MAX_TEXT = 20_000_000_000;

/**
 * Reads a Parquet file: a page of a column of a row group at a time, so that memory is bounded by those and not by
 * the file. Whatever the bytes are, it ends with a result: they are checked before they are decoded.
 *
 * @throws SourceError when the object cannot be read
 */
export async function readParquet(
  file: AsyncBuffer,
  schema: Schema | undefined,
  target: string | undefined,
): Promise<TextResult> {
  try {
    const footer = await readFooter(file);
    const header = footer.columns.map(({ element }) => element.name);
    const limit = beyondLimits(footer);
    if (limit !== undefined) return { header: [], problems: [limit] };
    const table = await readGroups(file, footer, new TableBuilder(header, schema, 1, target));
    const empty = table.rows === 0 ? [problem('no-rows', 'has columns but no row of data')] : [];
    return { header, table: table.summary(), problems: [...headerProblems(header), ...empty] };
  } catch (error) {
    if (error instanceof SourceError) throw error;
    return { header: [], problems: [unreadable(error as Error)] };
  }
}

function unreadable(error: Error) {
  const message = error.message.slice(0, 300);
  if (!(error instanceof ParquetError)) {
    return problem('malformed', `is not a Parquet file that can be read: ${message}`);
  }
  if (error.check !== 'malformed') return problem(error.check, message);
  return problem('malformed', `is not a Parquet file that can be read: it ${message}`);
}

async function readGroups(file: AsyncBuffer, footer: Footer, table: TableBuilder): Promise<TableBuilder> {
  const columns = new GroupColumns(file, footer);
  const budget = new TextBudget(MAX_TEXT);
  const batch = new TextBatchBuilder(1);
  for (const group of footer.groups) {
    const { rows } = group;
    table.startRows(rows);
    for (const [index, { name }] of table.columns.entries()) {
      let row = 0;
      const flush = () => {
        table.addFields(index, batch, 0, row - batch.rows);
        batch.clear();
      };
      batch.clear();
      for await (const values of columns.read(group, index)) {
        if (row + values.length > rows)
          throw new ParquetError(`has more than ${rows} rows of column "${name}"`);
        for (const value of values) {
          budget.spend(value);
          batch.set(0, value);
          batch.endRow();
          row += 1;
          if (batch.full) flush();
        }
      }
      if (row !== rows) throw new ParquetError(`has ${row} of ${rows} rows of column "${name}"`);
      if (batch.rows > 0) flush();
    }
    table.endRows();
  }
  return table;
}
