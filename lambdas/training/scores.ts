import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { parseShape } from '../shared/parse';

/** Scores of candidate and champion on the same hold-out rows. */
export interface HoldoutScores {
  readonly labels: Float64Array;
  readonly candidate: Float64Array;
  /** Absent when no champion was scored. */
  readonly champion?: Float64Array;
}

/**
 * Reads the table `label,candidate,champion` that the evaluation wrote.
 *
 * @throws Error naming line and column of a value that is no number, or of a label that is neither 0 nor 1.
 */
export function parseScores(csv: string): HoldoutScores {
  const [header, ...rows] = parse(csv, { skip_empty_lines: true }) as string[][];
  const columns = header?.join(',');
  if (columns !== 'label,candidate,champion') {
    throw new Error(
      `The hold-out scores have the columns "${columns}"; expected "label,candidate,champion".`,
    );
  }
  const column = (index: number, name: string): Float64Array =>
    Float64Array.from(rows, (row, at) => toNumber(row[index], name, at + 2));
  const labels = column(0, 'label');
  const wrong = labels.findIndex((label) => label !== 0 && label !== 1);
  if (wrong >= 0)
    throw new Error(`Line ${wrong + 2} of the hold-out scores: label ${labels[wrong]} is neither 0 nor 1.`);
  const hasChampion = rows.some((row) => row[2] !== '');
  return {
    labels,
    candidate: column(1, 'candidate'),
    ...(hasChampion ? { champion: column(2, 'champion') } : {}),
  };
}

const summaryShape = z.object({
  rows: z.number().int(),
  candidateSeconds: z.number().optional(),
  championSeconds: z.number().optional(),
  /** Which columns that the champion reads are gone; any other failure to score it fails the evaluation. */
  championError: z.string().optional(),
});

export type EvaluationSummary = z.infer<typeof summaryShape>;

/** @throws Error naming the field that is wrong. */
export function parseSummary(json: string): EvaluationSummary {
  return parseShape(summaryShape, JSON.parse(json), 'The evaluation summary');
}

function toNumber(text: string | undefined, column: string, line: number): number {
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) {
    throw new Error(`Line ${line} of the hold-out scores: ${column} "${text ?? ''}" is not a number.`);
  }
  return value;
}
