import { parse } from 'csv-parse/sync';
import { ROWS_PER_CHUNK } from '../../lib/monitoring/contract';

export type Label = 0 | 1;

/** The labels that one file has for one chunk of a request's rows. */
export interface ChunkLabels {
  readonly inferenceId: string;
  readonly chunk: number;
  /** By row of the request. */
  readonly rows: { readonly [row: string]: Label };
}

export interface LabelFile {
  readonly chunks: readonly ChunkLabels[];
  /** Lines without a usable label, in words. */
  readonly rejected: readonly string[];
}

/**
 * Reads a file of labels: CSV with a header that has `inference_id` and `label`. An id is the `inferenceId` of a
 * prediction, `<request>:<row>`; an id without a row means row 0. A label is 1, 0, true or false. When a file names
 * an id twice, the later line wins.
 *
 * @throws Error when the file has no such header, saying what it has
 */
export function parseLabels(text: string, source: string): LabelFile {
  const [header, ...lines] = parse(text, {
    bom: true,
    trim: true,
    relax_column_count: true,
    skip_empty_lines: true,
  }) as string[][];
  const id = header?.indexOf('inference_id') ?? -1;
  const label = header?.indexOf('label') ?? -1;
  if (id < 0 || label < 0) {
    throw new Error(
      `Labels ${source} need a header with inference_id and label, but it is "${(header ?? []).join(',')}"`,
    );
  }
  const chunks = new Map<string, { inferenceId: string; chunk: number; rows: Record<string, Label> }>();
  const rejected: string[] = [];
  for (const [i, line] of lines.entries()) {
    const row = parseInferenceId(line[id] ?? '');
    const value = LABELS.get((line[label] ?? '').toLowerCase());
    if (row === undefined || value === undefined) {
      rejected.push(`line ${i + 2}: inference_id "${line[id] ?? ''}", label "${line[label] ?? ''}"`);
      continue;
    }
    const chunk = Math.floor(row.row / ROWS_PER_CHUNK);
    const key = `${chunk}:${row.inferenceId}`;
    const entry = chunks.get(key) ?? { inferenceId: row.inferenceId, chunk, rows: {} };
    entry.rows[String(row.row)] = value;
    chunks.set(key, entry);
  }
  return { chunks: [...chunks.values()], rejected };
}

const LABELS = new Map<string, Label>([
  ['1', 1],
  ['0', 0],
  ['1.0', 1],
  ['0.0', 0],
  ['true', 1],
  ['false', 0],
]);

function parseInferenceId(text: string): { inferenceId: string; row: number } | undefined {
  if (text === '') {
    return undefined;
  }
  const match = /^(.+):(\d{1,9})$/.exec(text);
  return match === null ? { inferenceId: text, row: 0 } : { inferenceId: match[1]!, row: Number(match[2]) };
}

/** The labels that one file gave a chunk, as they are stored. */
export interface LabelSource {
  /** When the file was written, ISO 8601 in UTC. */
  readonly at: string;
  readonly rows: { readonly [row: string]: Label };
}

/**
 * The label of each row out of all files that named it: the file that was written last wins (of two written at the
 * same moment, the one whose name hashes higher), in whatever order they were delivered.
 *
 * @param sources by hash of the file's key
 */
export function resolveLabels(sources: { readonly [file: string]: LabelSource }): Map<string, Label> {
  const oldestFirst = Object.entries(sources).sort(
    ([fileA, a], [fileB, b]) => a.at.localeCompare(b.at) || fileA.localeCompare(fileB),
  );
  return new Map(oldestFirst.flatMap(([, { rows }]) => Object.entries(rows)));
}
