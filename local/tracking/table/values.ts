import { invalid } from './errors';
import { MAX_DEPTH, MAX_ITEM_BYTES } from './limits';

/** A stored value: what the document client answers for an attribute. Frozen, so that answers need no copies. */
export type Value = unknown;
export type Item = Readonly<Record<string, Value>>;

/** DynamoDB's name of a value's type. */
export type TypeName = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'L' | 'M' | 'SS' | 'NS' | 'BS';

/** Magnitudes from here on do not fit. */
const TOO_LARGE = 1e126;
const SMALLEST_NUMBER = 1e-130;

/** A frozen copy of what a client sent, as marshalling would have it, and its size by DynamoDB's rules. */
export interface Stored<T> {
  readonly value: T;
  readonly bytes: number;
}

export const utf8Length = (text: string): number => Buffer.byteLength(text, 'utf8');

/** @throws ValidationException or the marshaller's error for a value that cannot be stored. */
export function store(value: Value, depth = 0): Stored<Value> {
  switch (typeof value) {
    case 'string':
      return { value, bytes: utf8Length(value) };
    case 'number':
      return { value: checkedNumber(value), bytes: numberBytes(value) };
    case 'bigint':
      return { value: Number.isSafeInteger(Number(value)) ? Number(value) : value, bytes: 21 };
    case 'boolean':
      return { value, bytes: 1 };
    case 'object':
      if (depth > MAX_DEPTH) throw invalid('Nesting Levels have exceeded supported limits');
      return storeObject(value, depth);
    default:
      throw new Error(`Unsupported type passed: ${String(value)}. Pass options.removeUndefinedValues=true`);
  }
}

function storeObject(value: object | null, depth: number): Stored<Value> {
  if (value === null) return { value, bytes: 1 };
  if (Array.isArray(value)) return storeList(value, depth);
  if (value instanceof Uint8Array) return { value: new Uint8Array(value), bytes: value.byteLength };
  if (value instanceof Set) return storeSet(value);
  if (value instanceof Map) return storeMap(Object.fromEntries(value), depth);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    throw new Error(
      `Unsupported type passed: ${value}. Pass options.convertClassInstanceToMap=true to marshall typeof object as map attribute.`,
    );
  }
  return storeMap(value as Readonly<Record<string, Value>>, depth);
}

function storeList(list: readonly Value[], depth: number): Stored<Value> {
  let bytes = 3;
  const copy: Value[] = [];
  for (const element of list) {
    if (element === undefined) continue;
    const stored = store(element, depth + 1);
    copy.push(stored.value);
    bytes += stored.bytes + 1;
  }
  return { value: Object.freeze(copy), bytes };
}

function storeMap(map: Readonly<Record<string, Value>>, depth: number): Stored<Item> {
  const copy: Record<string, Value> = {};
  let bytes = 3;
  for (const name in map) {
    const element = map[name];
    if (element === undefined) continue;
    if (name === '__proto__') throw invalid('An attribute cannot be named __proto__: the SDK would lose it');
    const stored = store(element, depth + 1);
    copy[name] = stored.value;
    bytes += utf8Length(name) + stored.bytes + 1;
  }
  return { value: Object.freeze(copy), bytes };
}

function storeSet(set: ReadonlySet<Value>): Stored<Value> {
  if (set.size === 0) throw invalid('An string set  may not be empty');
  let bytes = 3;
  for (const element of set) bytes += store(element).bytes + 1;
  return { value: new Set(set), bytes };
}

/** The size of a stored value. */
export const sizeOf = (value: Value): number => store(value).bytes;

/** An item as it is kept. @throws ValidationException when it is larger than 400 KB. */
export function storeItem(item: Readonly<Record<string, Value>>): Stored<Item> {
  const copy: Record<string, Value> = {};
  let bytes = 0;
  for (const name in item) {
    const element = item[name];
    if (element === undefined) continue;
    const stored = store(element);
    copy[name] = stored.value;
    bytes += utf8Length(name) + stored.bytes;
  }
  if (bytes > MAX_ITEM_BYTES) throw invalid('Item size has exceeded the maximum allowed size');
  return { value: Object.freeze(copy), bytes };
}

function checkedNumber(value: number): number {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) throw new Error(`Special numeric value ${value} is not allowed`);
  if (size > Number.MAX_SAFE_INTEGER && Number.isInteger(value) && size < 1e21) {
    throw new Error(`Number ${value} is greater than Number.MAX_SAFE_INTEGER. Use BigInt.`);
  }
  if (size >= TOO_LARGE) {
    throw invalid('Number overflow. Attempting to store a number with magnitude larger than supported range');
  }
  if (size !== 0 && size < SMALLEST_NUMBER) {
    throw invalid(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  }
  return value === 0 ? 0 : value;
}

/** One byte for two significant digits and one more. */
function numberBytes(value: number): number {
  if (Number.isInteger(value) && value >= 0 && value < 100) return 2;
  const digits = String(value)
    .replace(/e.*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '').length;
  return Math.ceil(digits / 2) + 1 + (value < 0 ? 1 : 0);
}

export function typeOf(value: Value): TypeName {
  switch (typeof value) {
    case 'string':
      return 'S';
    case 'number':
    case 'bigint':
      return 'N';
    case 'boolean':
      return 'BOOL';
    default:
      break;
  }
  if (value === null) return 'NULL';
  if (Array.isArray(value)) return 'L';
  if (value instanceof Uint8Array) return 'B';
  if (value instanceof Set) return `${typeOf(value.values().next().value)}S` as TypeName;
  return 'M';
}
