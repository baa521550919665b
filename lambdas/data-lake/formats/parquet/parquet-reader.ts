import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { headerProblems } from '../../validation/header';
import { type Problem, problem } from '../../validation/problem';
import { TableBuilder } from '../../validation/profile/table-builder';
import { TextBatchBuilder } from '../../validation/profile/text-batch-builder';
import type { Schema } from '../../validation/schema';
import { MAX_COLUMNS, type TextResult } from '../records';
import { SourceError } from './random-access';

/** Rows of a row group that are held at a time, one column of them. */
const MAX_GROUP_ROWS = 2_097_152;
/** Bytes of a column of a row group, unpacked. */
const MAX_CHUNK_BYTES = 64 * 1024 * 1024;
/** Bytes of the description at the end of the file. */
const MAX_FOOTER_BYTES = 16 * 1024 * 1024;

const DAY = 86_400_000;
const isoTime = (millis: number): string =>
  Number.isFinite(millis) && Math.abs(millis) <= 8.64e15 ? new Date(millis).toISOString() : String(millis);

/** Days and times as text, like the other formats have them. */
const PARSERS = {
  dateFromDays: (days: number) => isoTime(days * DAY).slice(0, 10),
  timestampFromMilliseconds: (millis: bigint) => isoTime(Number(millis)),
  timestampFromMicroseconds: (micros: bigint) => isoTime(Number(micros / 1000n)),
  timestampFromNanoseconds: (nanos: bigint) => isoTime(Number(nanos / 1_000_000n)),
};

/**
 * Reads a Parquet file: a column of a row group at a time, so that memory is bounded by those and not by the file.
 *
 * @throws SourceError when the object cannot be read
 */
export async function readParquet(
  file: AsyncBuffer,
  schema: Schema | undefined,
  target: string | undefined,
): Promise<TextResult> {
  try {
    const footer = await tooLongFooter(file);
    if (footer !== undefined) return { header: [], problems: [footer] };
    const metadata = await parquetMetadataAsync(file, { parsers: PARSERS, geoparquet: false });
    const header = parquetSchema(metadata).children.map(({ element }) => element.name);
    const limit = beyondLimits(metadata, header.length);
    if (limit !== undefined) return { header: [], problems: [limit] };
    const table = await readGroups(file, metadata, new TableBuilder(header, schema, 1, target));
    const empty = table.rows === 0 ? [problem('no-rows', 'has columns but no row of data')] : [];
    return { header, table: table.summary(), problems: [...headerProblems(header), ...empty] };
  } catch (error) {
    if (error instanceof SourceError) throw error;
    const message = `is not a Parquet file that can be read: ${(error as Error).message.slice(0, 200)}`;
    return { header: [], problems: [problem('malformed', message)] };
  }
}

async function tooLongFooter(file: AsyncBuffer): Promise<Problem | undefined> {
  if (file.byteLength < 12) return problem('malformed', 'is not a Parquet file: it is shorter than 12 bytes');
  const tail = new DataView(await file.slice(file.byteLength - 8, file.byteLength));
  const length = tail.getUint32(0, true);
  return length > MAX_FOOTER_BYTES
    ? problem(
        'malformed',
        `is not a Parquet file that can be read: its description is said to have ${length} bytes`,
      )
    : undefined;
}

function beyondLimits(metadata: FileMetaData, columns: number): Problem | undefined {
  if (columns > MAX_COLUMNS) {
    return problem('too-many-columns', `has ${columns} columns; ${MAX_COLUMNS} can be read`, {
      count: columns,
    });
  }
  for (const group of metadata.row_groups) {
    if (Number(group.num_rows) > MAX_GROUP_ROWS) {
      const message = `has a row group of ${group.num_rows} rows; write row groups of at most ${MAX_GROUP_ROWS}`;
      return problem('too-large', message);
    }
    for (const { meta_data: chunk } of group.columns) {
      const size = Number(chunk?.total_uncompressed_size ?? 0);
      const values = Number(chunk?.num_values ?? 0);
      if (size <= MAX_CHUNK_BYTES && values <= MAX_GROUP_ROWS) continue;
      const name = chunk?.path_in_schema.join('.') ?? '';
      const message = `holds ${size} bytes and ${values} values of column "${name}" in one row group`;
      const limits = `${MAX_CHUNK_BYTES} bytes and ${MAX_GROUP_ROWS} values can be read`;
      return problem('too-large', `${message}; ${limits}, so write smaller row groups`);
    }
  }
  return undefined;
}

async function readGroups(
  file: AsyncBuffer,
  metadata: FileMetaData,
  table: TableBuilder,
): Promise<TableBuilder> {
  const options = { file, metadata, compressors, parsers: PARSERS, geoparquet: false, useOffsetIndex: false };
  const scan = await parquetScan(options);
  const batch = new TextBatchBuilder(1);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows);
    const rowEnd = rowStart + rows;
    table.startRows(rows);
    for (let column = 0; column < table.columns.length; column += 1) {
      const values = await scan.readColumn({ column: table.columns[column]!.name, rowStart, rowEnd });
      if (values.length !== rows) throw new Error(`column "${table.columns[column]!.name}" lacks rows`);
      for (let offset = 0; offset < rows; offset += batch.rows) {
        batch.clear();
        while (!batch.full && offset + batch.rows < rows) {
          batch.set(0, values[offset + batch.rows]);
          batch.endRow();
        }
        table.addFields(column, batch, 0, offset);
      }
    }
    table.endRows();
    rowStart = rowEnd;
  }
  return table;
}
