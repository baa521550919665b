import { typeOf, type Value } from './values';

/**
 * Compares text as DynamoDB does: by its bytes in UTF-8. JavaScript compares UTF-16 units, which differs only
 * when one side has a surrogate where the other has a unit above them.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Orders surrogates, which stand for code points above U+FFFF, after all other units. */
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** Orders two values of one type; `undefined` when they cannot be ordered. */
export function compareValues(a: Value, b: Value): number | undefined {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  return undefined;
}

const isNumber = (value: Value): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

/** Whether two values are the same in type and, all the way down, in content. */
export function equalValues(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number of one value are one DynamoDB number
    return isNumber(a) && isNumber(b) && a == b;
  }
  if (typeOf(a) !== typeOf(b)) return false;
  if (a instanceof Uint8Array) return Buffer.compare(a, b as Uint8Array) === 0;
  if (a instanceof Set) return equalSets(a, b as Set<Value>);
  if (Array.isArray(a)) {
    const list = b as Value[];
    return a.length === list.length && a.every((element, index) => equalValues(element, list[index]));
  }
  const [left, right] = [Object.entries(a), b as Record<string, Value>];
  return (
    left.length === Object.keys(right).length &&
    left.every(([name, element]) => Object.hasOwn(right, name) && equalValues(element, right[name]))
  );
}

function equalSets(a: ReadonlySet<Value>, b: ReadonlySet<Value>): boolean {
  return a.size === b.size && [...a].every((element) => [...b].some((other) => equalValues(element, other)));
}
