import type { Repeats } from '../inspection';
import type { Example } from '../problem';
import { spread } from './hashing';

const MAX_EXAMPLES = 5;
const FIRST_SLOTS = 256;
/** Hashes that an inspection carries, so that its file can be compared with others. */
const MAX_SHARED = 1024;

/**
 * Finds rows that occur again, in bounded memory: distinct sampling (Gibbons 2001). All hashes are kept until there
 * are more than `capacity`; from then on only those that end in one more zero bit, and so on. Equal rows have equal
 * hashes, so both are in the sample or neither is: up to `capacity` different rows the count of repeats is exact, and
 * above it is the sample's count times 2^level. Hashes have 64 bits: among 10^8 rows that differ, a pair that looks
 * equal has a chance of 3 in 10,000.
 */
export class HashSample {
  /** Zero bits that a hash must end in to be kept. */
  level = 0;
  size = 0;
  readonly examples: Example[] = [];
  private slots = FIRST_SLOTS;
  private first = new Int32Array(FIRST_SLOTS);
  private second = new Int32Array(FIRST_SLOTS);
  /** How often; zero marks a free slot. */
  private counts = new Uint32Array(FIRST_SLOTS);
  private rows = new Float64Array(FIRST_SLOTS);

  constructor(private readonly capacity: number) {}

  /** @param row number of the row as a spreadsheet counts it */
  add(hash1: number, hash2: number, row: number): void {
    const mixed = spread(hash1);
    if ((mixed & ((1 << this.level) - 1)) !== 0) return;
    const slot = this.find(mixed, hash2);
    if (this.counts[slot] === 0) {
      this.put(slot, mixed, hash2, 1, row);
      if (this.size > this.capacity) this.thin();
      else if (this.size * 2 > this.slots) this.rebuild(this.slots * 2);
      return;
    }
    this.counts[slot]! += 1;
    if (this.examples.length < MAX_EXAMPLES) {
      this.examples.push({ row, value: `as in row ${this.rows[slot]}` });
    }
  }

  repeats(): Repeats {
    let repeated = 0;
    for (const count of this.counts) if (count > 1) repeated += count - 1;
    return {
      count: repeated * 2 ** this.level,
      exact: this.level === 0,
      examples: this.examples,
      sample: this.shared(),
    };
  }

  private find(hash1: number, hash2: number): number {
    const mask = this.slots - 1;
    let slot = (hash1 >>> this.level) & mask;
    while (this.counts[slot] !== 0 && (this.first[slot] !== hash1 || this.second[slot] !== hash2)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private put(slot: number, hash1: number, hash2: number, count: number, row: number): void {
    this.first[slot] = hash1;
    this.second[slot] = hash2;
    this.counts[slot] = count;
    this.rows[slot] = row;
    this.size += 1;
  }

  /** Drops about half of the hashes, or more when few end in a one. */
  private thin(): void {
    while (this.size > this.capacity && this.level < 31) {
      this.level += 1;
      this.rebuild(this.slots);
    }
  }

  private rebuild(slots: number): void {
    const { first, second, counts, rows } = this;
    this.slots = slots;
    this.first = new Int32Array(slots);
    this.second = new Int32Array(slots);
    this.counts = new Uint32Array(slots);
    this.rows = new Float64Array(slots);
    this.size = 0;
    const mask = (1 << this.level) - 1;
    for (let i = 0; i < counts.length; i += 1) {
      if (counts[i] === 0 || (first[i]! & mask) !== 0) continue;
      this.put(this.find(first[i]!, second[i]!), first[i]!, second[i]!, counts[i]!, rows[i]!);
    }
  }

  /** The hashes at the level at which few enough are left. */
  private shared(): Repeats['sample'] {
    let { level } = this;
    const kept = () => {
      const mask = (1 << level) - 1;
      const found: number[] = [];
      for (let i = 0; i < this.slots; i += 1) {
        if (this.counts[i] !== 0 && (this.first[i]! & mask) === 0) found.push(i);
      }
      return found;
    };
    let slots = kept();
    while (slots.length > MAX_SHARED && level < 31) {
      level += 1;
      slots = kept();
    }
    const halves = Int32Array.from(slots.flatMap((slot) => [this.first[slot]!, this.second[slot]!]));
    return { level, hashes: Buffer.from(halves.buffer).toString('base64') };
  }
}

/** How many rows of several files occur in more than one of them, by the hashes that the files share. */
export function sharedRows(samples: readonly NonNullable<Repeats['sample']>[]): {
  readonly count: number;
  readonly exact: boolean;
} {
  const level = Math.max(0, ...samples.map((sample) => sample.level));
  const mask = (1 << level) - 1;
  const seen = new Set<string>();
  let again = 0;
  for (const { hashes } of samples) {
    const bytes = Buffer.from(hashes, 'base64');
    for (let at = 0; at + 8 <= bytes.length; at += 8) {
      if ((bytes.readInt32LE(at) & mask) !== 0) continue;
      const hash = bytes.toString('latin1', at, at + 8);
      if (seen.has(hash)) again += 1;
      else seen.add(hash);
    }
  }
  return { count: again * 2 ** level, exact: level === 0 };
}
