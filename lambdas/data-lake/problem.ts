/** What is checked of a file, and whether a failure keeps the file out of the version. */
export const SEVERITY = {
  'unusable-key': 'error',
  'not-text': 'error',
  'broken-compression': 'error',
  malformed: 'error',
  delimiter: 'error',
  'no-header': 'error',
  'duplicate-column': 'error',
  'no-rows': 'error',
  'column-count': 'error',
  'missing-column': 'error',
  'extra-column': 'error',
  type: 'error',
  'empty-column': 'error',
  'column-order': 'warning',
  'not-integer': 'warning',
  'out-of-range': 'warning',
  'new-category': 'warning',
  'missing-values': 'warning',
  'mostly-numeric': 'warning',
} as const;

export type Check = keyof typeof SEVERITY;
export type Severity = 'error' | 'warning';

/** A place in a file. */
export interface Example {
  /** The row as a spreadsheet counts it: the header is row 1. */
  readonly row: number;
  readonly value: string;
}

/** One thing that is wrong with a file. */
export interface Problem {
  readonly check: Check;
  readonly severity: Severity;
  readonly column?: string;
  readonly message: string;
  /** How often it was found. */
  readonly count: number;
  /** The first few places. */
  readonly examples: readonly Example[];
}

export function problem(
  check: Check,
  message: string,
  found: { column?: string; count?: number; examples?: readonly Example[] } = {},
): Problem {
  const { column, count = 1, examples = [] } = found;
  return {
    check,
    severity: SEVERITY[check],
    ...(column === undefined ? {} : { column }),
    message,
    count,
    examples,
  };
}

export const isError = (found: Problem): boolean => found.severity === 'error';

const MAX_EXAMPLES = 5;
const MAX_VALUE_LENGTH = 60;

/** Counts occurrences and keeps the first few as examples. */
export class Occurrences {
  public count = 0;
  public readonly examples: Example[] = [];

  add(row: number, value: string): void {
    this.count += 1;
    if (this.examples.length >= MAX_EXAMPLES) return;
    const short = value.length > MAX_VALUE_LENGTH ? `${value.slice(0, MAX_VALUE_LENGTH)}...` : value;
    this.examples.push({ row, value: short });
  }

  /** The problem, if there was any occurrence. */
  report(check: Check, column: string | undefined, message: (count: number) => string): Problem[] {
    if (this.count === 0) return [];
    const found = { column, count: this.count, examples: this.examples };
    return [problem(check, message(this.count), found)];
  }
}
