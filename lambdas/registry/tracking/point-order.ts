import type { LatestMetric } from './entities';

/**
 * Numbers as texts that sort as the numbers do, so that DynamoDB compares and orders points of metrics. Doubles
 * go beyond DynamoDB's own numbers (9.99E+125), and these texts keep each bit.
 */

const LARGEST = 1.7976931348623157e308;
const NAN_MARK = 'n';

/**
 * An integer: a letter for its count of digits, then the digits; of negative ones a capital letter and the digits
 * subtracted from 9. `5` is `b5`, `1700000000000` is `n1700000000000`.
 */
export function sortableInteger(value: number): string {
  const digits = String(Math.abs(value));
  if (value >= 0) return `${String.fromCharCode(97 + digits.length)}${digits}`;
  const complement = digits.replace(/\d/g, (digit) => String(9 - Number(digit)));
  return `${String.fromCharCode(90 - digits.length)}${complement}`;
}

const view = new DataView(new ArrayBuffer(8));
const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

/** A double as 16 hexadecimal digits in its order (IEEE 754 with the sign turned); NaN as 0 with a mark after it. */
export function sortableDouble(value: number): string {
  if (Number.isNaN(value)) return `${sortableDouble(0)}${NAN_MARK}`;
  view.setFloat64(0, Math.min(Math.max(value, -LARGEST), LARGEST) + 0);
  const high = view.getUint32(0);
  const low = view.getUint32(4);
  return high >>> 31 === 1 ? hex(~high) + hex(~low) : hex(high ^ 0x80000000) + hex(low);
}

function readDouble(text: string): number {
  if (text.endsWith(NAN_MARK)) return Number.NaN;
  const high = Number.parseInt(text.slice(0, 8), 16);
  const low = Number.parseInt(text.slice(8, 16), 16);
  const isNegative = high >>> 31 === 0;
  view.setUint32(0, isNegative ? ~high : high ^ 0x80000000);
  view.setUint32(4, isNegative ? ~low : low);
  return view.getFloat64(0);
}

function readInteger(text: string, at: number): { value: number; end: number } {
  const code = text.charCodeAt(at);
  const isNegative = code < 97;
  const end = at + 1 + (isNegative ? 90 - code : code - 97);
  const digits = text.slice(at + 1, end);
  if (!isNegative) return { value: Number(digits), end };
  return { value: -Number(digits.replace(/\d/g, (digit) => String(9 - Number(digit)))), end };
}

/** (step, timestamp, value): the greatest is the latest. */
export const latestOrder = ({ step, timestamp, value }: LatestMetric): string =>
  sortableInteger(step) + sortableInteger(timestamp) + sortableDouble(value);

export function readLatest(order: string): LatestMetric {
  const step = readInteger(order, 0);
  const timestamp = readInteger(order, step.end);
  return { step: step.value, timestamp: timestamp.value, value: readDouble(order.slice(timestamp.end)) };
}

/** (timestamp, step, value): the order of a history, and the identity of a point in it. */
export const historyOrder = ({ step, timestamp, value }: LatestMetric): string =>
  sortableInteger(timestamp) + sortableInteger(step) + sortableDouble(value);

export function readHistory(order: string): LatestMetric {
  const timestamp = readInteger(order, 0);
  const step = readInteger(order, timestamp.end);
  return { step: step.value, timestamp: timestamp.value, value: readDouble(order.slice(step.end)) };
}

/** As MLflow stores it: infinities as the largest doubles, no negative zero. */
export const storedValue = (value: number): number =>
  Number.isNaN(value) ? value : Math.min(Math.max(value, -LARGEST), LARGEST) + 0;
