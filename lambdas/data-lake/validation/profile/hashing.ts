/** Spreads the bits of a 32-bit hash: the finaliser of MurmurHash3 (Austin Appleby, public domain). */
export function spread(hash: number): number {
  let x = hash;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** Where the two halves of a 64-bit hash of bytes begin, and what each byte is multiplied by (cf. FNV-1a). */
export const SEED_1 = 0x811c9dc5 | 0;
export const SEED_2 = 0x2f0b4f6d | 0;
export const PRIME_1 = 0x01000193;
export const PRIME_2 = 0x85ebca77 | 0;

/** What stands for a missing value in the hash of a row. */
export const MISSING_HASH = 0x5bd1e995;

/** The hash of a row after one more of its fields, half by half. */
export const addField1 = (row: number, field: number): number =>
  Math.imul(((row << 5) | (row >>> 27)) ^ field, 0x9e3779b1);
export const addField2 = (row: number, field: number): number =>
  Math.imul(((row << 13) | (row >>> 19)) ^ field, 0xc2b2ae3d);

/** Uniform numbers in [0, 1), the same ones for the same seed: mulberry32 by Tommy Ettinger (public domain). */
export function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
