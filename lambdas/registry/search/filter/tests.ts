import type { Condition } from './condition';
import { likeMatcher } from './like';

/** Texts by code points, as databases sort them in binary order; JavaScript compares UTF-16 units. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left === right) continue;
    const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
    if (isSurrogate(left) !== isSurrogate(right)) return isSurrogate(left) ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}

/** The test that a text must pass. Without a text, none but IS NULL is passed. */
export function textTest({ operator, value }: Condition): (text: string | undefined) => boolean {
  if (operator === 'IS NULL') return (text) => text === undefined;
  if (operator === 'IS NOT NULL') return (text) => text !== undefined;
  const test = presentTextTest(operator, value as string | readonly string[]);
  return (text) => text !== undefined && test(text);
}

function presentTextTest(
  operator: Condition['operator'],
  value: string | readonly string[],
): (text: string) => boolean {
  const one = value as string;
  const set = new Set(typeof value === 'string' ? [value] : value);
  if (operator === '=' || operator === 'IN') return (text) => set.has(text);
  if (operator === '!=' || operator === 'NOT IN') return (text) => !set.has(text);
  if (operator === 'LIKE') return likeMatcher(one, false);
  if (operator === 'ILIKE') return likeMatcher(one, true);
  if (operator === '<') return (text) => compareText(text, one) < 0;
  if (operator === '<=') return (text) => compareText(text, one) <= 0;
  if (operator === '>') return (text) => compareText(text, one) > 0;
  return (text) => compareText(text, one) >= 0;
}

/** The test that a number must pass. NaN differs from everything and is nothing else. */
export function numberTest({ operator, value }: Condition): (number: number) => boolean {
  const wanted = value as number;
  switch (operator) {
    case '=':
      return (number) => number === wanted;
    case '!=':
      return (number) => number !== wanted;
    case '<':
      return (number) => number < wanted;
    case '<=':
      return (number) => number <= wanted;
    case '>':
      return (number) => number > wanted;
    default:
      return (number) => number >= wanted;
  }
}
