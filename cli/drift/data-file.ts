import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { parse } from 'csv-parse';
import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { UserError } from '../errors';
import { byteStream, firstBytes, forEachLine } from './byte-lines';

/** What a file holds: rows with names, or captured requests. */
export type FileFormat = 'csv' | 'json-lines' | 'parquet' | 'capture' | 'baseline';

/** A row with names; an empty text is a missing value. */
export interface NamedRows {
  readonly names: readonly string[];
  /** Calls the visitor with each row, in the order of the names. */
  forEach(visit: (row: readonly string[]) => void): Promise<void>;
}

const PARQUET = Buffer.from('PAR1');
const ROWS_AT_A_TIME = 20_000;

/** Tells by the beginning of a file what it holds. @throws UserError when it is empty or cannot be read. */
export async function formatOf(path: string): Promise<FileFormat> {
  if ((await firstBytes(path, 4)).equals(PARQUET)) {
    return 'parquet';
  }
  const line = await firstLine(path);
  if (line === undefined) {
    throw new UserError(`${path} is empty.`, 'file');
  }
  if (!line.startsWith('{')) {
    return 'csv';
  }
  if (line.startsWith('{"captureData"') || /^\{\s*"captureData"\s*:/.test(line)) {
    return 'capture';
  }
  return (await isBaseline(path, line)) ? 'baseline' : 'json-lines';
}

/** A baseline is one JSON document, on one line or on many. */
async function isBaseline(path: string, line: string): Promise<boolean> {
  if (line.trim() !== '{') {
    return /"features"\s*:\s*\[/.test(line) && /"version"\s*:\s*1/.test(line);
  }
  return path.endsWith('.json');
}

async function firstLine(path: string): Promise<string | undefined> {
  const stream = await byteStream(path);
  let text = '';
  for await (const chunk of stream) {
    text += (chunk as Buffer).toString('utf8');
    const lines = text.replace(/^\uFEFF/, '').trimStart();
    if (lines.includes('\n') || lines.length > 65_536) {
      return lines.split('\n', 1)[0]!;
    }
  }
  const only = text.replace(/^\uFEFF/, '').trim();
  return only === '' ? undefined : only;
}

/** Opens a file of rows with names. @throws UserError naming the file and the place that cannot be read. */
export async function openRows(
  path: string,
  format: Exclude<FileFormat, 'capture' | 'baseline'>,
): Promise<NamedRows> {
  switch (format) {
    case 'csv':
      return csvRows(path);
    case 'json-lines':
      return jsonRows(path);
    case 'parquet':
      return parquetRows(path);
  }
}

async function csvRows(path: string): Promise<NamedRows> {
  const records = async () => {
    const bytes = await byteStream(path);
    const parser = parse({ bom: true, skip_empty_lines: true, relax_column_count: false });
    bytes.on('error', (error) => parser.destroy(error));
    return bytes.pipe(parser);
  };
  const failure = (error: unknown) =>
    new UserError(`${path} is not CSV with a header: ${(error as Error).message}`, 'file');
  let names: readonly string[] = [];
  try {
    for await (const header of await records()) {
      names = header as string[];
      break;
    }
  } catch (error) {
    throw failure(error);
  }
  const forEach = async (visit: (row: readonly string[]) => void) => {
    try {
      let header = true;
      for await (const row of await records()) {
        if (!header) visit(row as string[]);
        header = false;
      }
    } catch (error) {
      throw failure(error);
    }
  };
  return { names, forEach };
}

async function jsonRows(path: string): Promise<NamedRows> {
  const documents = async (visit: (row: Record<string, unknown>) => void) => {
    let number = 0;
    await forEachLine(path, (bytes, start, end) => {
      number++;
      const line = bytes.toString('utf8', start, end);
      if (line.trim() !== '') visit(objectOf(line, path, number));
    });
  };
  const names = new Set<string>();
  await documents((row) => {
    for (const name of Object.keys(row)) names.add(name);
  });
  const columns = [...names];
  return {
    names: columns,
    forEach: (visit) => documents((row) => visit(columns.map((name) => textOf(row[name])))),
  };
}

function objectOf(line: string, path: string, number: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new UserError(`${path}, line ${number} is not JSON: ${(error as Error).message}`, `line ${number}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(
      `${path}, line ${number} is no JSON object: a row is {"name": value, ...}`,
      `line ${number}`,
    );
  }
  return value as Record<string, unknown>;
}

async function parquetRows(path: string): Promise<NamedRows> {
  try {
    const file = rangesOf(path);
    const metadata = await parquetMetadataAsync(file);
    const names = metadata.schema
      .filter(({ num_children }) => num_children === undefined)
      .map(({ name }) => name);
    const rows = Number(metadata.num_rows);
    const forEach = async (visit: (row: readonly string[]) => void) => {
      for (let rowStart = 0; rowStart < rows; rowStart += ROWS_AT_A_TIME) {
        const rowEnd = Math.min(rows, rowStart + ROWS_AT_A_TIME);
        const batch = await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd });
        for (const row of batch) visit(names.map((name) => textOf(row[name])));
      }
    };
    return { names, forEach };
  } catch (error) {
    throw new UserError(
      `${path} is not a Parquet file that can be read: ${(error as Error).message}`,
      'file',
    );
  }
}

/** Parquet is read from the end: ranges, never the whole file. */
function rangesOf(path: string): AsyncBuffer {
  const { size } = statSync(path);
  return {
    byteLength: size,
    slice: async (start, end = size) => {
      const file = await open(path);
      try {
        const bytes = new ArrayBuffer(end - start);
        await file.read(new Uint8Array(bytes), 0, end - start, start);
        return bytes;
      } finally {
        await file.close();
      }
    },
  };
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
