import type { ValueKind } from '../inspection';

/** Kinds of values as the builder's loops count them. */
export const Kind = { MISSING: 0, INTEGER: 1, NUMBER: 2, BOOLEAN: 3, STRING: 4 } as const;
export const KIND_NAMES: readonly ValueKind[] = ['missing', 'integer', 'number', 'boolean', 'string'];
export const kindCode = (kind: ValueKind): number => KIND_NAMES.indexOf(kind);

/** A value that a dictionary keeps. */
export interface Entry {
  readonly text: string;
  readonly kind: number;
  /** The number that it is, or NaN. */
  readonly value: number;
  /** The two halves of its hash in a row. */
  readonly field1: number;
  readonly field2: number;
  /** Whether every occurrence is to be noted: it is none of what the schema expects. */
  readonly noted: boolean;
  /** Where it was met first. */
  readonly row: number;
}

const FIRST_SLOTS = 16;

/**
 * The different values of a column and how often each occurs, up to a number of them. A value is looked up by 64 bits
 * of hash and its length: looking up makes no string, and classifying is done once for each different value.
 */
export class Dictionary {
  size = 0;
  /** Values that did not fit in were met: the dictionary lacks some. */
  overflowed = false;
  readonly entries: Entry[] = [];
  counts = new Float64Array(FIRST_SLOTS);
  /** Of the entries, once more: the builder's loop reads these. */
  field1 = new Int32Array(FIRST_SLOTS);
  field2 = new Int32Array(FIRST_SLOTS);
  noted = new Uint8Array(FIRST_SLOTS);
  private slots = new Int32Array(FIRST_SLOTS * 2);
  private hash1 = new Int32Array(FIRST_SLOTS);
  private hash2 = new Int32Array(FIRST_SLOTS);
  private lengths = new Int32Array(FIRST_SLOTS);

  constructor(readonly capacity: number) {}

  get full(): boolean {
    return this.size >= this.capacity;
  }

  /** @returns index of the entry, or -1 */
  find(hash1: number, hash2: number, length: number): number {
    const mask = this.slots.length - 1;
    let slot = (hash1 ^ (hash1 >>> 15)) & mask;
    for (;;) {
      const at = this.slots[slot]! - 1;
      if (at < 0) return -1;
      if (this.hash1[at] === hash1 && this.hash2[at] === hash2 && this.lengths[at] === length) return at;
      slot = (slot + 1) & mask;
    }
  }

  /** @returns index of the new entry */
  insert(hash1: number, hash2: number, length: number, entry: Entry): number {
    if (this.size === this.hash1.length) this.grow();
    const at = this.size;
    this.size += 1;
    this.entries.push(entry);
    this.hash1[at] = hash1;
    this.hash2[at] = hash2;
    this.lengths[at] = length;
    this.field1[at] = entry.field1;
    this.field2[at] = entry.field2;
    this.noted[at] = entry.noted ? 1 : 0;
    this.place(at);
    return at;
  }

  private place(at: number): void {
    const hash = this.hash1[at]!;
    const mask = this.slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = at + 1;
  }

  private grow(): void {
    const size = this.hash1.length * 2;
    const wider = (old: Int32Array<ArrayBuffer>) => {
      const next = new Int32Array(size);
      next.set(old);
      return next;
    };
    this.hash1 = wider(this.hash1);
    this.hash2 = wider(this.hash2);
    this.lengths = wider(this.lengths);
    this.field1 = wider(this.field1);
    this.field2 = wider(this.field2);
    const noted = new Uint8Array(size);
    noted.set(this.noted);
    this.noted = noted;
    const counts = new Float64Array(size);
    counts.set(this.counts);
    this.counts = counts;
    this.slots = new Int32Array(size * 2);
    for (let at = 0; at < this.size; at += 1) this.place(at);
  }
}
