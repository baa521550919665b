/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
/** Integers of this many digits are below 2^53. */
const MAX_DIGITS = 15;

const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;

/**
 * The number that plain decimal text stands for, correctly rounded: an integer of at most 15 digits over a power of
 * ten up to 10^22 is a quotient of two exact doubles, so that one division rounds once (Clinger, "How to Read
 * Floating Point Numbers Accurately", 1990).
 *
 * @returns NaN for everything else (exponents, more digits, blanks, text), which says nothing about the text
 */
export function plainDecimal(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const sign = bytes[at];
  if (sign === MINUS || sign === PLUS) {
    at++;
  }
  let mantissa = 0;
  let digits = 0;
  let pointAt = -1;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte >= ZERO && byte <= NINE) {
      mantissa = mantissa * 10 + (byte - ZERO);
      digits++;
    } else if (byte === POINT && pointAt < 0) {
      pointAt = at;
    } else {
      return Number.NaN;
    }
  }
  if (digits === 0 || digits > MAX_DIGITS) {
    return Number.NaN;
  }
  const value = pointAt < 0 ? mantissa : mantissa / POWERS[end - pointAt - 1]!;
  return sign === MINUS ? -value : value;
}
