import { MISSING_VALUES } from '../../../../lib/data-lake/contract';
import type { ColumnType } from '../../entities';
import type { KindCounts, ValueKind } from '../inspection';

const MISSING = new Set(MISSING_VALUES);
const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const BOOLEAN = /^\s*(?:true|false)\s*$/i;

/** The kind of a field; a number without a fractional part is an integer however it is written (`2`, `2.0`, `2e3`). */
export function valueKind(value: string): ValueKind {
  if (MISSING.has(value)) return 'missing';
  if (NUMBER.test(value)) {
    const number = Number(value);
    if (Number.isInteger(number)) return 'integer';
    if (Number.isFinite(number)) return 'number';
    return 'string';
  }
  return BOOLEAN.test(value) ? 'boolean' : 'string';
}

export const NO_COUNTS: KindCounts = { missing: 0, integer: 0, number: 0, boolean: 0, string: 0 };

export function addCounts(a: KindCounts, b: KindCounts): KindCounts {
  return {
    missing: a.missing + b.missing,
    integer: a.integer + b.integer,
    number: a.number + b.number,
    boolean: a.boolean + b.boolean,
    string: a.string + b.string,
  };
}

/** Fields that have a value. */
export const present = ({ integer, number, boolean, string }: KindCounts): number =>
  integer + number + boolean + string;

/** The narrowest type that holds every field counted; a column without any value is text. */
export function inferType(counts: KindCounts): ColumnType {
  const numeric = counts.integer + counts.number;
  if (counts.string > 0 || (counts.boolean > 0 && numeric > 0)) return 'string';
  if (counts.boolean > 0) return 'boolean';
  if (counts.number > 0) return 'number';
  return counts.integer > 0 ? 'integer' : 'string';
}

/** Whether a field of this kind can stand in a column of this type; a fraction among integers is judged apart. */
export function fits(kind: ValueKind, type: ColumnType): boolean {
  switch (type) {
    case 'string':
      return true;
    case 'boolean':
      return kind === 'boolean' || kind === 'missing';
    default:
      return kind === 'integer' || kind === 'number' || kind === 'missing';
  }
}
