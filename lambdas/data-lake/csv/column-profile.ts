import type { ColumnType, SchemaColumn } from '../entities';
import { Occurrences, type Problem, problem } from '../problem';
import { fits, inferType, type KindCounts, NO_COUNTS, valueKind } from './value-kind';

/** A column with at most this many distinct values keeps them as its categories. */
export const MAX_CATEGORIES = 50;
/** From so many rows on, a column without any value is no accident of a small file. */
export const EMPTY_COLUMN_ROWS = 20;
/** A column learnt as text is doubted when more than this share of its values are numbers. */
const MOSTLY_NUMERIC = 0.95;

/** What one file says of one column. */
export interface ColumnSummary {
  readonly name: string;
  readonly counts: KindCounts;
  readonly min?: number;
  readonly max?: number;
  readonly categories?: readonly string[];
}

const NOUN: Readonly<Record<ColumnType, string>> = {
  number: 'numbers',
  integer: 'integers',
  boolean: 'true or false',
  string: 'text',
};

const values = (n: number): string => (n === 1 ? '1 value is' : `${n} values are`);

/** Counts what a column holds, field by field, and what of it does not fit the schema. */
export class ColumnProfile {
  private readonly counts: Record<keyof KindCounts, number> = { ...NO_COUNTS };
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private values: Set<string> | undefined = new Set();
  private readonly known: ReadonlySet<string> | undefined;
  private readonly wrongType = new Occurrences();
  private readonly fractions = new Occurrences();
  private readonly outOfRange = new Occurrences();
  private readonly newCategories = new Occurrences();
  private readonly notNumeric = new Occurrences();

  constructor(
    private readonly name: string,
    private readonly expected?: SchemaColumn,
  ) {
    this.known = expected?.categories === undefined ? undefined : new Set(expected.categories);
  }

  add(value: string, row: number): void {
    const kind = valueKind(value);
    this.counts[kind] += 1;
    if (kind === 'missing') return;
    this.collect(value);
    const numeric = kind === 'integer' || kind === 'number';
    const number = numeric ? Number(value) : Number.NaN;
    if (numeric) {
      if (number < this.min) this.min = number;
      if (number > this.max) this.max = number;
    }
    if (this.expected === undefined) {
      if (!numeric) this.notNumeric.add(row, value);
    } else if (!fits(kind, this.expected.type)) {
      this.wrongType.add(row, value);
    } else if (numeric && this.expected.type !== 'string') {
      if (kind === 'number' && this.expected.type === 'integer') this.fractions.add(row, value);
      const { min, max } = this.expected;
      if ((min !== undefined && number < min) || (max !== undefined && number > max)) {
        this.outOfRange.add(row, value);
      }
    } else if (this.known !== undefined && !this.known.has(value)) {
      this.newCategories.add(row, value);
    }
  }

  summary(): ColumnSummary {
    const numeric = this.counts.integer + this.counts.number > 0;
    return {
      name: this.name,
      counts: { ...this.counts },
      ...(numeric ? { min: this.min, max: this.max } : {}),
      ...(this.values === undefined ? {} : { categories: [...this.values].sort() }),
    };
  }

  problems(): Problem[] {
    return this.expected === undefined ? this.doubts() : this.failures(this.expected);
  }

  private collect(value: string): void {
    if (this.values === undefined) return;
    this.values.add(value);
    if (this.values.size > MAX_CATEGORIES) this.values = undefined;
  }

  private failures(expected: SchemaColumn): Problem[] {
    const column = this.name;
    const limits = `${expected.min ?? 'any'} to ${expected.max ?? 'any'}`;
    return [
      ...this.wrongType.report('type', column, (n) => `${values(n)} not ${NOUN[expected.type]}`),
      ...this.fractions.report('not-integer', column, (n) => `${values(n)} not whole, so far all were`),
      ...this.outOfRange.report('out-of-range', column, (n) => `${values(n)} outside ${limits}`),
      ...this.newCategories.report('new-category', column, (n) => `${values(n)} none of those known`),
      ...this.absences(expected),
    ];
  }

  private absences(expected: SchemaColumn): Problem[] {
    const { missing } = this.counts;
    if (expected.nullable || missing === 0) return [];
    const total = Object.values(this.counts).reduce((sum, count) => sum + count, 0);
    const found = { column: this.name, count: missing };
    return missing === total && total >= EMPTY_COLUMN_ROWS
      ? [problem('empty-column', `none of ${total} rows has a value, so far every row had one`, found)]
      : [
          problem(
            'missing-values',
            `${missing} of ${total} rows have no value, so far every row had one`,
            found,
          ),
        ];
  }

  private doubts(): Problem[] {
    const numeric = this.counts.integer + this.counts.number;
    const present = numeric + this.notNumeric.count;
    if (inferType(this.counts) !== 'string' || numeric <= MOSTLY_NUMERIC * present) return [];
    return this.notNumeric.report(
      'mostly-numeric',
      this.name,
      (n) => `learnt as text, because ${values(n)} not numbers, of ${present}`,
    );
  }
}
