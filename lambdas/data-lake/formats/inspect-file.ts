import type { ColumnSummary as CsvSummary } from '../csv/column-profile';
import { inspectCsv } from '../csv/inspect-csv';
import { inferType } from '../csv/value-kind';
import type { ColumnSummary, Inspection } from '../validation/inspection';
import type { Schema } from '../validation/schema';

/** Reads bytes of the object: from `start` up to and without `end`. */
export type RangeReader = (start: number, end: number) => Promise<Uint8Array>;

export interface InspectOptions {
  /**
   * Reads parts of the object, which Parquet needs: it is read from its end.
   *
   * @default - the stream is kept in memory up to 64 MB, above that a Parquet file is a problem `too-large`
   */
  readonly range?: RangeReader;
  /** Name of the column to predict, for a dataset without a schema. @default - the schema's target */
  readonly target?: string;
  /** The largest object, in bytes as stored, that is read. @default 100 GB */
  readonly maxBytes?: number;
}

function summaryOf({ name, counts, min, max, categories }: CsvSummary): ColumnSummary {
  const range = min === undefined ? {} : { min, max };
  const top = categories?.map((value) => ({ value, count: 1 }));
  const known = top === undefined ? {} : { top, topIsAll: true };
  return { name, type: inferType(counts), counts, ...range, ...known };
}

/**
 * Reads a file once, as a stream and in bounded memory, and says what is in it. Whatever the bytes are, they are
 * problems of the result and never an exception. It stops reading where the rest cannot be understood, and leaves
 * the source open: who needs the remaining bytes can read on.
 *
 * @throws Error of the source, when it cannot be read
 */
export async function inspectFile(
  source: AsyncIterable<Uint8Array>,
  file: { readonly key: string; readonly size: number },
  schema: Schema | undefined,
  _options: InspectOptions = {},
): Promise<Inspection> {
  const { rows, header, columns, problems } = await inspectCsv(source, schema?.columns);
  const { key, size } = file;
  return { key, size, format: 'csv', rows, header, columns: columns.map(summaryOf), problems };
}
