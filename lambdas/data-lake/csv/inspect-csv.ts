import { createHash } from 'node:crypto';
import { PassThrough, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import type { SchemaColumn } from '../entities';
import { Occurrences, type Problem, problem } from '../problem';
import { ColumnProfile, type ColumnSummary } from './column-profile';
import { headerProblems } from './header';
import { isGzip, signatureOf, TextGuard, UnreadableError } from './text-guard';

/** What reading an object once tells. */
export interface Inspection {
  /** `sha256:` and the hex digest of the bytes as stored. */
  readonly checksum: string;
  /** In bytes, as stored. */
  readonly size: number;
  /** Data rows, the header not counted. */
  readonly rows: number;
  readonly header: readonly string[];
  readonly columns: readonly ColumnSummary[];
  /** What is wrong with the file itself and, where a schema was given, with its values. */
  readonly problems: readonly Problem[];
}

/** A row longer than this is an unclosed quote rather than a row. */
const MAX_ROW_BYTES = 1024 * 1024;

/** Rows of a CSV file, as they come, against the columns they should have. */
class RowInspector {
  header: readonly string[] = [];
  rows = 0;
  private profiles: ColumnProfile[] = [];
  private readonly wrongCount = new Occurrences();

  constructor(private readonly columns: readonly SchemaColumn[] | undefined) {}

  add(record: readonly string[]): void {
    if (this.profiles.length === 0) {
      this.header = record;
      this.profiles = record.map(
        (name) =>
          new ColumnProfile(
            name,
            this.columns?.find((column) => column.name === name),
          ),
      );
      return;
    }
    this.rows += 1;
    const row = this.rows + 1;
    if (record.length !== this.profiles.length) {
      this.wrongCount.add(row, `${record.length} fields`);
      return;
    }
    for (let index = 0; index < record.length; index += 1) {
      this.profiles[index]?.add(record[index] ?? '', row);
    }
  }

  summaries(): ColumnSummary[] {
    return this.profiles.map((profile) => profile.summary());
  }

  problems(): Problem[] {
    if (this.profiles.length === 0) return [problem('no-header', 'has no header: the file is empty')];
    const width = this.profiles.length;
    return [
      ...headerProblems(this.header),
      ...(this.rows === 0 ? [problem('no-rows', 'has a header but no row of data')] : []),
      ...this.wrongCount.report('column-count', undefined, (n) => `${n} rows have not ${width} fields`),
      ...this.profiles.flatMap((profile) => profile.problems()),
    ];
  }
}

/** What stopped the reading, as a problem of the file. @throws the error itself when the file is not to blame */
function problemOf(error: unknown): Problem {
  if (error instanceof UnreadableError) return error.problem;
  if (error instanceof CsvError) {
    const line = typeof error.lines === 'number' ? ` near line ${error.lines}` : '';
    return problem('malformed', `is not well-formed CSV${line}: ${error.code}`);
  }
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code.startsWith('Z_')) {
    return problem('broken-compression', `is not a complete gzip file: ${(error as Error).message}`);
  }
  throw error;
}

/**
 * Reads a CSV file (plain or gzip) once, as a stream: its digest always covers all bytes, and its rows are examined
 * up to the first thing that makes the rest unreadable. Memory does not grow with the file.
 *
 * @param columns the schema to check values against; without one the columns are only described
 * @throws Error of the source, when it cannot be read to its end
 */
export async function inspectCsv(
  body: AsyncIterable<Uint8Array>,
  columns?: readonly SchemaColumn[],
): Promise<Inspection> {
  const hash = createHash('sha256');
  const rows = new RowInspector(columns);
  let size = 0;
  let head = Buffer.alloc(0);
  let reading: Reading | undefined;
  for await (const chunk of body) {
    hash.update(chunk);
    size += chunk.length;
    if (reading !== undefined) {
      await reading.write(chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < 4) continue;
    reading = startReading(head, rows, () => size);
    await reading.write(head);
  }
  if (reading === undefined) {
    reading = startReading(head, rows, () => size);
    await reading.write(head);
  }
  const failure = await reading.end();
  return {
    checksum: `sha256:${hash.digest('hex')}`,
    size,
    rows: rows.rows,
    header: rows.header,
    columns: rows.summaries(),
    problems: failure === undefined ? rows.problems() : [problemOf(failure)],
  };
}

interface Reading {
  /** Resolves when more can be taken; does nothing once the reading has failed. */
  write(chunk: Uint8Array): Promise<void>;
  /** The error that stopped the reading, if any. */
  end(): Promise<unknown>;
}

function startReading(head: Buffer, rows: RowInspector, consumed: () => number): Reading {
  const signature = signatureOf(head);
  if (signature !== undefined) {
    const failure = new UnreadableError('not-text', `is not CSV: it looks like ${signature}`);
    return { write: async () => {}, end: async () => failure };
  }
  const input = new PassThrough();
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_BYTES,
    on_record: (record: string[]) => {
      rows.add(record);
      return null;
    },
  });
  parser.resume();
  const unpack = isGzip(head) ? createGunzip() : new PassThrough();
  let failure: unknown;
  const done = pipeline(input, unpack as Transform, new TextGuard(consumed), parser).catch(
    (error: unknown) => {
      failure = error;
    },
  );
  return {
    async write(chunk) {
      if (input.destroyed || input.write(chunk)) return;
      await Promise.race([new Promise<void>((resume) => input.once('drain', resume)), done]);
    },
    async end() {
      if (!input.destroyed) input.end();
      await done;
      return failure;
    },
  };
}
