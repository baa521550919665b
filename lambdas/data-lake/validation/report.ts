import { schemaKey } from '../../../lib/data-lake/contract';
import type { DatasetVersion } from '../entities';
import { isError, type Problem } from './problem';
import { visible } from './visible';

/** What the checks found in one file. */
export interface FileReport {
  /** Relative to `raw/<dataset>/`. */
  readonly key: string;
  readonly versionId: string;
  readonly checksum: string;
  /** In bytes. */
  readonly size: number;
  readonly rows: number;
  readonly verdict: 'accepted' | 'quarantined';
  readonly problems: readonly Problem[];
}

/** The report on a drop: what was found in the files that were read, and in the drop as a whole. */
export interface Report {
  readonly dataset: string;
  readonly datasetVersion: string;
  readonly status: DatasetVersion['status'];
  readonly createdAt: string;
  /** The schema that the files were checked against. */
  readonly schemaUri: string;
  readonly files: readonly FileReport[];
  /** Of the drop as a whole. */
  readonly problems?: readonly Problem[];
  /** Files that were read and are not listed; those with problems are listed first. */
  readonly filesLeftOut?: number;
}

export function createReport(
  version: { dataset: string; id: string; status: DatasetVersion['status']; createdAt: string },
  bucket: string,
  files: readonly FileReport[],
  whole: Pick<Report, 'problems' | 'filesLeftOut'> = {},
): Report {
  const { dataset, id, status, createdAt } = version;
  return {
    ...{ dataset, datasetVersion: id, status, createdAt },
    schemaUri: `s3://${bucket}/${schemaKey(dataset)}`,
    files,
    ...whole,
  };
}

/** Lines that an item or an event carries: an event holds 256 KB. */
const MAX_LINES = 20;

/** The first lines, and how many more there are. */
export function firstLines(lines: readonly string[], whereAreMore = ''): string[] {
  const rest = lines.length - MAX_LINES;
  return rest > 0 ? [...lines.slice(0, MAX_LINES), `and ${rest} more${whereAreMore}`] : [...lines];
}

/** Columns and values come from the file, so they may be of any length. */
const MAX_LINE_LENGTH = 400;

/** A problem in words: column, what, and the first places. Safe to print. */
export function problemLine(found: Problem): string {
  const column = found.column === undefined ? '' : `column "${found.column}": `;
  const places = found.examples
    .map(({ row, value }) => (value === '' ? `row ${row}` : `row ${row} "${value}"`))
    .join(', ');
  const line = visible(`${column}${found.message}${places === '' ? '' : ` (${places})`}`);
  return line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}...` : line;
}

/** The problems in words, errors first. */
export function problemLines(files: readonly Pick<FileReport, 'key' | 'problems'>[]): string[] {
  const all = files.flatMap(({ key, problems }) => problems.map((found) => ({ key, found })));
  const errors = all.filter(({ found }) => isError(found));
  const warnings = all.filter(({ found }) => !isError(found));
  const lines = [...errors, ...warnings].map(({ key, found }) => {
    const line = `${visible(key)}: ${problemLine(found)}`;
    return line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}...` : line;
  });
  return firstLines(lines, ' in the report');
}
