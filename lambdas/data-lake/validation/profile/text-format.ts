export const Format = { UNKNOWN: 0, DATE: 1, DATE_TIME: 2, NONE: 3 } as const;

const DATE_LENGTH = 10;
const MINUTES_LENGTH = 16;

function pair(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 48;
  const ones = bytes[at + 1]! - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

function isDate(bytes: Uint8Array, at: number): boolean {
  const month = pair(bytes, at + 5);
  const day = pair(bytes, at + 8);
  return (
    pair(bytes, at) >= 0 &&
    pair(bytes, at + 2) >= 0 &&
    bytes[at + 4] === 45 &&
    bytes[at + 7] === 45 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= 31
  );
}

/** What text is: a day as `2013-01-31`, a time as `2013-01-31T05:15` and on (RFC 3339, a blank for the T too), or neither. */
export function formatOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length < DATE_LENGTH || !isDate(bytes, start)) return Format.NONE;
  if (length === DATE_LENGTH) return Format.DATE;
  const between = bytes[start + DATE_LENGTH];
  if (length < MINUTES_LENGTH || (between !== 84 && between !== 32) || bytes[start + 13] !== 58)
    return Format.NONE;
  const hour = pair(bytes, start + 11);
  const minute = pair(bytes, start + 14);
  return hour >= 0 && hour <= 24 && minute >= 0 && minute < 60 ? Format.DATE_TIME : Format.NONE;
}
