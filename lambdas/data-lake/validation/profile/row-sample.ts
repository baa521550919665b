import { uniform } from './hashing';

/** Fields that the sample keeps at most, all columns together: 9 bytes each. */
const MAX_FIELDS = 1_000_000;
const MAX_ROWS = 2048;
const MIN_ROWS = 100;
const SEED = 20_130_101;

/** A row that goes into the sample. */
export interface Pick {
  /** Index of the row in its batch. */
  readonly row: number;
  /** Where in the sample it goes, over what was there. */
  readonly slot: number;
}

/**
 * Which rows make a uniform sample of all rows, decided before they are read: Algorithm L (Li 1994). The same rows
 * for the same number of rows, however they are cut into batches.
 */
export class RowSample {
  readonly capacity: number;
  /** Rows seen. */
  seen = 0;
  private readonly random = uniform(SEED);
  private weight = 1;
  private next: number;

  constructor(columns: number) {
    this.capacity = Math.max(MIN_ROWS, Math.min(MAX_ROWS, Math.floor(MAX_FIELDS / Math.max(1, columns))));
    this.next = this.capacity;
    this.skip();
  }

  get size(): number {
    return Math.min(this.seen, this.capacity);
  }

  /** The picks among the next `rows` rows. */
  take(rows: number): Pick[] {
    const picks: Pick[] = [];
    const end = this.seen + rows;
    for (let row = this.seen; row < Math.min(end, this.capacity); row += 1) {
      picks.push({ row: row - this.seen, slot: row });
    }
    while (this.next < end) {
      picks.push({ row: this.next - this.seen, slot: Math.floor(this.random() * this.capacity) });
      this.next += 1;
      this.skip();
    }
    this.seen = end;
    return picks;
  }

  private skip(): void {
    this.weight *= Math.exp(Math.log(1 - this.random()) / this.capacity);
    this.next += Math.floor(Math.log(1 - this.random()) / Math.log(1 - this.weight));
  }
}
