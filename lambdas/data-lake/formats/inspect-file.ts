import type { FileFormat, Inspection } from '../validation/inspection';
import { type Problem, problem } from '../validation/problem';
import type { Schema } from '../validation/schema';
import { CsvReader } from './csv/csv-reader';
import { formatOfKey } from './format-of-key';
import { gunzip, InflateError, type InflateLimits } from './gunzip';
import { Input } from './input';
import { JsonLinesReader } from './json-lines/json-lines-reader';
import { readParquet } from './parquet/parquet-reader';
import { bufferedStream, type RangeReader, rangedBuffer, SourceError } from './parquet/random-access';
import type { TextReader, TextResult } from './records';
import { HEAD_BYTES, isGzip, type Sniffed, sniff } from './sniff';
import { TextGuard } from './text-guard';

export type { RangeReader };

export interface InspectOptions extends Partial<InflateLimits> {
  /**
   * Reads parts of the object, which Parquet needs: it is read from its end.
   *
   * @default - the stream is kept in memory up to 64 MB, above that a Parquet file is a problem `too-large`
   */
  readonly range?: RangeReader;
  /** Name of the column to predict, for a dataset without a schema. @default - the schema's target */
  readonly target?: string;
  /** The largest object, in bytes as stored, that is read. @default 20 GB */
  readonly maxBytes?: number;
  /** How far a compressed file may grow, in bytes. @default 20 GB */
  readonly maxInflatedBytes?: number;
  /** How far a compressed file may grow, as a multiple of its size, judged once 16 MB are unpacked. @default 200 */
  readonly maxRatio?: number;
}

/** What 15 minutes are enough for, with time to spare. */
export const DEFAULT_MAX_BYTES = 20_000_000_000;
/** CSV shrinks to a tenth, rarely to a fiftieth. */
export const DEFAULT_MAX_RATIO = 200;
const MAX_BUFFERED_PARQUET = 64 * 1024 * 1024;

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
  options: InspectOptions = {},
): Promise<Inspection> {
  const { maxBytes = DEFAULT_MAX_BYTES } = options;
  const { key, size } = file;
  if (size > maxBytes) {
    const message = `has ${size} bytes, more than the ${maxBytes} that are read; split it into smaller files`;
    return described(file, { format: formatByName(key) }, failed(problem('too-large', message)));
  }
  const input = new Input(source);
  const head = await input.peek(HEAD_BYTES);
  if (!isGzip(head)) {
    const sniffed = sniff(head, key, head.length < HEAD_BYTES);
    return described(file, sniffed, await read(input.chunks(), input, file.size, sniffed, schema, options));
  }
  const limits = { maxRatio: DEFAULT_MAX_RATIO, maxInflatedBytes: maxBytes, ...options };
  const inflated = gunzip(input, limits);
  const name = key.replace(/\.gz$/i, '');
  let sniffed: Sniffed = { format: formatByName(name) };
  try {
    const inside = new Input(inflated);
    const start = await inside.peek(HEAD_BYTES);
    sniffed = sniff(start, name, start.length < HEAD_BYTES);
    const result = await read(inside.chunks(), inside, Number.NaN, sniffed, schema, options);
    return { ...described(file, sniffed, result), compression: 'gzip' };
  } catch (error) {
    if (!(error instanceof InflateError)) throw error;
    return { ...described(file, sniffed, failed(error.problem)), compression: 'gzip' };
  } finally {
    await inflated.return(undefined);
  }
}

const failed = (found: Problem): TextResult => ({ header: [], problems: [found] });

const formatByName = (key: string): FileFormat => formatOfKey(key) ?? 'opaque';

/** @param size of what is read, NaN where that is not known */
async function read(
  chunks: AsyncIterable<Uint8Array>,
  input: Input,
  size: number,
  sniffed: Sniffed,
  schema: Schema | undefined,
  options: InspectOptions,
): Promise<TextResult> {
  const { format, dialect, looksLike } = sniffed;
  if (format === 'opaque') return { header: [], problems: [] };
  if (looksLike !== undefined)
    return failed(problem('not-text', `is not ${NAMES[format]}: it looks like ${looksLike}`));
  const target = options.target ?? schema?.target;
  if (format === 'parquet') return parquet(input, size, schema, target, options.range);
  const reader =
    format === 'csv'
      ? new CsvReader(dialect?.delimiter ?? ',', schema, target)
      : new JsonLinesReader(schema, target);
  const failure = await feed(chunks, reader);
  return failure === undefined ? reader.result() : { ...reader.result(), problems: [failure] };
}

const NAMES: Readonly<Record<Exclude<FileFormat, 'opaque'>, string>> = {
  csv: 'CSV',
  'json-lines': 'JSON Lines',
  parquet: 'Parquet',
};

const BOM_BYTES = [0xef, 0xbb, 0xbf];

/** Reads text to its end, or to what makes the rest unreadable. */
async function feed(chunks: AsyncIterable<Uint8Array>, reader: TextReader): Promise<Problem | undefined> {
  const guard = new TextGuard();
  let start: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of chunks) {
    let text = chunk;
    const bad = guard.check(chunk);
    if (bad !== undefined) return bad;
    if (start !== undefined) {
      text = Buffer.concat([start, chunk]);
      if (text.length < BOM_BYTES.length) {
        start = text;
        continue;
      }
      start = undefined;
      if (BOM_BYTES.every((byte, i) => text[i] === byte)) text = text.subarray(BOM_BYTES.length);
    }
    const failure = reader.push(text);
    if (failure !== undefined) return failure;
  }
  return guard.end() ?? (start === undefined ? undefined : reader.push(start)) ?? reader.end();
}

async function parquet(
  input: Input,
  size: number,
  schema: Schema | undefined,
  target: string | undefined,
  range: RangeReader | undefined,
): Promise<TextResult> {
  const ranged = range === undefined || Number.isNaN(size) ? undefined : rangedBuffer(size, range);
  const file = ranged ?? (await bufferedStream(input, MAX_BUFFERED_PARQUET));
  if (file === undefined) {
    const message = `is a Parquet file of more than ${MAX_BUFFERED_PARQUET} bytes that can only be read as a stream`;
    return failed(problem('too-large', `${message}; store it without gzip around it`));
  }
  try {
    return await readParquet(file, schema, target);
  } catch (error) {
    throw error instanceof SourceError ? error.cause : error;
  }
}

function described(
  { key, size }: { readonly key: string; readonly size: number },
  { format, dialect }: Sniffed,
  { header, table, problems }: TextResult,
): Inspection {
  const { rows = 0, columns = [], ...rest } = table ?? {};
  const delimiter = dialect === undefined ? {} : { delimiter: dialect.delimiter };
  return { key, size, format, ...delimiter, rows, header, columns, ...rest, problems };
}
