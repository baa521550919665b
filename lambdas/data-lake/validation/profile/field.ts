import { PRIME_1, PRIME_2, SEED_1, SEED_2 } from './hashing';
import { POWERS_OF_TEN } from './numbers';

/** Text that only looks like something else is told from what it looks like. */
export const QUOTED = 0x3c6ef372;

export const textOf = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');

const NUMBER_SEED = 0x27d4eb2f;

/** Digits of a number that fit into 32 bits. */
export const NARROW_DIGITS = 9;

/** First half of the hash of a number: of its digits modulo 2^32, and of where the dot is among them. */
export const numberHash1 = (digits: number, fraction: number, length: number): number =>
  Math.imul(digits ^ Math.imul((fraction << 5) + length, 0x165667b1), NUMBER_SEED);

/** Second half of the hash of a field of more than nine digits, and of text. */
export function textHash2(bytes: Uint8Array, start: number, end: number): number {
  let hash = SEED_2;
  for (let i = start; i < end; i += 1) hash = Math.imul(hash ^ bytes[i]!, PRIME_2);
  return hash;
}

export function textHash1(bytes: Uint8Array, start: number, end: number): number {
  let hash = SEED_1;
  for (let i = start; i < end; i += 1) hash = Math.imul(hash ^ bytes[i]!, PRIME_1);
  return hash;
}

/** What a plain number is made of: a sign or none, digits, at most one dot. The builder's loop does the same inline. */
export class PlainNumber {
  value = Number.NaN;
  hash1 = 0;
  hash2 = 0;
  /** Where reading stopped; the field is a plain number when that is its end and there was a digit. */
  stop = 0;
  digits = 0;

  /** @returns whether the field is a plain number */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    let i = start;
    const negative = bytes[i] === 45;
    if (negative) i += 1;
    const from = i;
    let low = 0;
    let dot = 0;
    for (; i < end; i += 1) {
      const digit = bytes[i]! - 48;
      if (digit >= 0 && digit <= 9) low = (Math.imul(low, 10) + digit) | 0;
      else if (digit === -2 && dot === 0) dot = i + 1;
      else break;
    }
    this.stop = i;
    this.digits = i - from - (dot === 0 ? 0 : 1);
    if (i < end || this.digits === 0) return false;
    const fraction = dot === 0 ? 0 : end - dot;
    const narrow = this.digits <= NARROW_DIGITS;
    const size = narrow ? low / POWERS_OF_TEN[fraction]! : Math.abs(Number(textOf(bytes, start, end)));
    this.value = negative ? 0 - size : size;
    this.hash1 = numberHash1(low, fraction, end - start);
    this.hash2 = narrow ? this.hash1 : textHash2(bytes, start, end);
    return true;
  }
}

const SPACE = 32;
/** What a number, a boolean, a missing value or leading white space may begin with, besides digits. */
const SPECIAL_FIRST = new Set(Buffer.from('+-.#<NntTfF').values());
const NON_ASCII = 0x80;
/** `-1.#QNAN` and the like; longer fields that begin so are text unless they end in white space. */
const MAX_SPECIAL = 9;

const blank = (byte: number): boolean => byte <= SPACE || byte >= NON_ASCII;

/** Whether a field that is no plain number may be anything else than text. Says yes in doubt. */
export function maybeSpecial(bytes: Uint8Array, start: number, end: number, plain: PlainNumber): boolean {
  const first = bytes[start]!;
  if (plain.digits > 0) {
    const stop = bytes[plain.stop]!;
    return stop === 101 || stop === 69 || stop === 35 || blank(stop);
  }
  if (blank(first)) return true;
  if (!SPECIAL_FIRST.has(first)) return false;
  return first <= 46 || end - start <= MAX_SPECIAL || blank(bytes[end - 1]!);
}
