import { type Problem, problem } from './validation/problem';

/** Characters that tools cut keys at, or that hide what a key is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Longest name of a file or a folder on common file systems, in bytes of UTF-8. */
const MAX_PART_BYTES = 255;

function reason(key: string): string | undefined {
  if (CONTROL.test(key)) return 'has control characters';
  if (Buffer.from(key).toString('utf8') !== key) return 'is not valid Unicode';
  if (key.endsWith('/')) return 'ends in a slash, as only folders do';
  const parts = key.split('/');
  if (parts.includes('')) return 'has an empty part: a//b and a/b would be one file in a folder';
  const dots = parts.find((part) => part === '.' || part === '..');
  if (dots !== undefined) return `has a part "${dots}", which leads out of its folder`;
  const long = parts.find((part) => Buffer.byteLength(part) > MAX_PART_BYTES);
  if (long !== undefined) {
    return `has a part of ${Buffer.byteLength(long)} bytes, and file systems hold names of ${MAX_PART_BYTES}`;
  }
  return undefined;
}

/** Why training could not have a file of this name. Every other key is taken as it stands, byte for byte. */
export function keyProblems(key: string): Problem[] {
  const why = reason(key);
  return why === undefined ? [] : [problem('unusable-key', `the key ${why}; rename the object`)];
}
