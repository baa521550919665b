import { NO_TEXT, type TextPool } from './text-pool';

/** Rows of a chunk: where no row of a chunk has the key, the chunk costs nothing. */
const CHUNK_BITS = 8;
export const CHUNK = 1 << CHUNK_BITS;
const WITHIN = CHUNK - 1;
/** Bytes of the objects around a chunk's numbers. */
const CHUNK_OVERHEAD = 300;

/** Texts of all rows under one key: a param, a tag or an attribute. */
export class TextColumn {
  readonly chunks: (Int32Array | undefined)[] = [];
  bytes = CHUNK_OVERHEAD;

  constructor(private readonly pool: TextPool) {}

  code(row: number): number {
    return this.chunks[row >> CHUNK_BITS]?.[row & WITHIN] ?? NO_TEXT;
  }

  get(row: number): string | undefined {
    return this.pool.get(this.code(row));
  }

  set(row: number, text: string | undefined): void {
    const before = this.code(row);
    const code = text === undefined ? NO_TEXT : this.pool.add(text);
    this.pool.release(before);
    if (code !== before) this.chunk(row)[row & WITHIN] = code;
  }

  private chunk(row: number): Int32Array {
    const at = row >> CHUNK_BITS;
    const chunk = this.chunks[at] ?? new Int32Array(CHUNK);
    if (this.chunks[at] === undefined) this.bytes += chunk.byteLength + CHUNK_OVERHEAD;
    this.chunks[at] = chunk;
    return chunk;
  }
}

interface MetricChunk {
  readonly values: Float64Array;
  readonly timestamps: Float64Array;
  readonly steps: Float64Array;
  /** 1 where the row has the metric. */
  readonly present: Uint8Array;
}

/** The latest points of all rows under one metric. */
export class MetricColumn {
  readonly chunks: (MetricChunk | undefined)[] = [];
  bytes = CHUNK_OVERHEAD;

  has(row: number): boolean {
    return this.chunks[row >> CHUNK_BITS]?.present[row & WITHIN] === 1;
  }

  /** 0 where the row has none: ask `has`. */
  value(row: number): number {
    return this.chunks[row >> CHUNK_BITS]?.values[row & WITHIN] ?? 0;
  }

  timestamp(row: number): number {
    return this.chunks[row >> CHUNK_BITS]?.timestamps[row & WITHIN] ?? 0;
  }

  step(row: number): number {
    return this.chunks[row >> CHUNK_BITS]?.steps[row & WITHIN] ?? 0;
  }

  set(row: number, point: { value: number; timestamp: number; step: number }): void {
    const chunk = this.chunk(row);
    chunk.values[row & WITHIN] = point.value;
    chunk.timestamps[row & WITHIN] = point.timestamp;
    chunk.steps[row & WITHIN] = point.step;
    chunk.present[row & WITHIN] = 1;
  }

  clear(row: number): void {
    const chunk = this.chunks[row >> CHUNK_BITS];
    if (chunk !== undefined) chunk.present[row & WITHIN] = 0;
  }

  private chunk(row: number): MetricChunk {
    const at = row >> CHUNK_BITS;
    const known = this.chunks[at];
    if (known !== undefined) return known;
    const chunk = {
      values: new Float64Array(CHUNK),
      timestamps: new Float64Array(CHUNK),
      steps: new Float64Array(CHUNK),
      present: new Uint8Array(CHUNK),
    };
    this.bytes += 25 * CHUNK + 4 * CHUNK_OVERHEAD;
    this.chunks[at] = chunk;
    return chunk;
  }
}

/** A list of numbers that grows, without boxing them. */
export class NumberColumn {
  values: Float64Array = new Float64Array(1024);

  set(row: number, value: number): void {
    if (row >= this.values.length) {
      const grown = new Float64Array(Math.max(row + 1, 2 * this.values.length));
      grown.set(this.values);
      this.values = grown;
    }
    this.values[row] = value;
  }

  get bytes(): number {
    return this.values.byteLength;
  }
}
