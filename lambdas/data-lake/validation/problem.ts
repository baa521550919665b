import type { CheckSetting } from './schema';

/** What is checked, and what becomes of a failure unless the schema says otherwise. */
export const SEVERITY = {
  // The file itself.
  'unusable-key': 'error',
  'not-tabular': 'error',
  'not-text': 'error',
  'broken-compression': 'error',
  malformed: 'error',
  'too-large': 'error',
  'too-many-columns': 'error',
  'no-header': 'error',
  'duplicate-column': 'error',
  'no-rows': 'error',
  'column-count': 'error',
  'mostly-numeric': 'warning',
  // A file against the schema.
  'missing-column': 'error',
  'extra-column': 'error',
  'column-order': 'warning',
  type: 'error',
  'not-integer': 'warning',
  format: 'warning',
  'empty-column': 'error',
  'missing-values': 'warning',
  'max-missing': 'error',
  'out-of-range': 'warning',
  'new-category': 'warning',
  'not-unique': 'warning',
  'duplicate-rows': 'warning',
  'duplicate-key': 'error',
  'target-leakage': 'warning',
  // A drop as a whole.
  'row-count': 'error',
  'row-change': 'warning',
  drift: 'warning',
} as const;

export type Check = keyof typeof SEVERITY;
export type Severity = 'error' | 'warning';

/** A place in a file. */
export interface Example {
  /** The row as a spreadsheet counts it: the header is row 1. In JSON Lines, the line. */
  readonly row: number;
  readonly value: string;
}

/** One thing that is wrong with a file or a drop. */
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

/** The problem under a schema's setting of its check; nothing when it is off. */
export function under(setting: CheckSetting | undefined, found: Problem): Problem[] {
  if (setting === 'off') return [];
  return [setting === undefined ? found : { ...found, severity: setting }];
}

const MAX_EXAMPLES = 5;
const MAX_VALUE_LENGTH = 60;

/** A value as reports show it. */
export const shortened = (value: string): string =>
  value.length > MAX_VALUE_LENGTH ? `${value.slice(0, MAX_VALUE_LENGTH)}...` : value;

/** Counts occurrences and keeps the first few as examples. */
export class Occurrences {
  count = 0;
  readonly examples: Example[] = [];

  add(row: number, value: string): void {
    this.count += 1;
    if (this.examples.length < MAX_EXAMPLES) this.examples.push({ row, value: shortened(value) });
  }

  /** The problem, if there was any occurrence. */
  report(check: Check, column: string | undefined, message: (count: number) => string): Problem[] {
    if (this.count === 0) return [];
    const found = { column, count: this.count, examples: this.examples };
    return [problem(check, message(this.count), found)];
  }
}
