import { compareText } from '../filter/tests';

/**
 * A value to sort by. Numbers and texts come first, then NaN, then nothing (null): so in both directions.
 */
export type SortValue = number | string | null;

const group = (value: SortValue): number => {
  if (value === null) return 2;
  return Number.isNaN(value) ? 1 : 0;
};

/** Negative when `a` comes before `b`. Both are of one field, so numbers or texts. */
export function compareValues(a: SortValue, b: SortValue, ascending: boolean): number {
  const groups = group(a) - group(b);
  if (groups !== 0 || group(a) !== 0) return groups;
  const order = typeof a === 'string' ? compareText(a, b as string) : (a as number) - (b as number);
  return ascending ? order : -order;
}

/** Compares by the first field that differs. */
export function compareKeys(
  a: readonly SortValue[],
  b: readonly SortValue[],
  fields: readonly { readonly ascending: boolean }[],
): number {
  for (const [at, field] of fields.entries()) {
    const order = compareValues(a[at]!, b[at]!, field.ascending);
    if (order !== 0) return order;
  }
  return 0;
}
