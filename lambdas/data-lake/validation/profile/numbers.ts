const MAX_EXACT_DIGITS = 15;
const MAX_DIGITS = 18;
const ZERO = 48;
const DOT = 46;

/** Powers of ten that a double holds exactly. */
export const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** A double that is this share away from another may stand for it, where digits were cut. */
export const ROUNDING = 1e-15;

/**
 * The number that digits with at most one dot are, from their bytes: exact up to 15 digits, to the last bits up to
 * 18 digits.
 *
 * @param from the first digit
 * @param to behind the last
 * @param dot behind the dot, 0 when there is none
 * @returns NaN when there are more digits: such a number is parsed from its text
 */
export function wideNumber(bytes: Uint8Array, from: number, to: number, dot: number): number {
  const digits = to - from - (dot === 0 ? 0 : 1);
  const fraction = dot === 0 ? 0 : to - dot;
  if (digits > MAX_DIGITS) return Number.NaN;
  let high = 0;
  let low = 0;
  let lowDigits = 0;
  for (let i = from, n = 0; i < to; i += 1) {
    const byte = bytes[i]!;
    if (byte === DOT) continue;
    if (n < 9) {
      high = high * 10 + (byte - ZERO);
    } else {
      low = low * 10 + (byte - ZERO);
      lowDigits += 1;
    }
    n += 1;
  }
  return (high * POWERS_OF_TEN[lowDigits]! + low) / POWERS_OF_TEN[fraction]!;
}

/** Whether `wideNumber` may be off in its last bits. */
export const isRounded = (digits: number): boolean => digits > MAX_EXACT_DIGITS;
