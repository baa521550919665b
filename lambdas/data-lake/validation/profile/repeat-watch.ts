import type { Dictionary } from './dictionary';
import { HashSample } from './hash-sample';

/** Different values of a column that may tell rows apart, up to which repeats are counted exactly. */
const CANDIDATE_CAPACITY = 65_536;
const DECLARED_CAPACITY = 262_144;
const MAX_CANDIDATES = 16;

/** How many columns of a table are watched at the moment. */
export interface WatchBudget {
  watched: number;
}

/**
 * Finds out whether the values of a column are all different. A column that the schema says so of is watched to its
 * end; any other one only until a value occurs again, which for most columns is at once.
 */
export class RepeatWatch {
  sample: HashSample | undefined;
  /** Whether there is anything to find out still. */
  open = true;

  constructor(
    private readonly declared: boolean,
    private readonly budget: WatchBudget,
  ) {
    if (declared) this.sample = new HashSample(DECLARED_CAPACITY);
  }

  /** A value that the dictionary has. */
  again(hash1: number, hash2: number, row: number): void {
    if (this.declared) this.sample?.add(hash1, hash2, row);
    else this.close();
  }

  /** A value that the dictionary has taken in. */
  kept(hash1: number, hash2: number, row: number): void {
    this.sample?.add(hash1, hash2, row);
  }

  /** A value that the dictionary does not take in. */
  passed(hash1: number, hash2: number, row: number, dictionary: Dictionary): void {
    if (this.sample === undefined) this.start(dictionary);
    this.sample?.add(hash1, hash2, row);
    if (!this.declared && this.sample !== undefined && this.sample.examples.length > 0) this.close();
  }

  /** The column cannot be one that tells rows apart. */
  close(): void {
    if (this.declared) return;
    if (this.open && this.sample !== undefined) this.budget.watched -= 1;
    this.open = false;
    this.sample = undefined;
  }

  /** The sample of a column whose values were all different, and of one that was declared so. */
  result(dictionary: Dictionary): HashSample | undefined {
    if (this.open && this.sample === undefined) this.start(dictionary);
    return this.sample;
  }

  private start(dictionary: Dictionary): void {
    if (this.budget.watched >= MAX_CANDIDATES) {
      this.open = false;
      return;
    }
    this.budget.watched += 1;
    this.sample = new HashSample(CANDIDATE_CAPACITY);
    for (const { field1, field2, row } of dictionary.entries) {
      this.sample.add(field1, field2, row);
    }
  }
}
