import { createHash } from 'node:crypto';
import type { FeatureBaseline } from '../baseline';
import { finiteNumber } from '../bins';

/** A column is numeric when at least this share of its present values are finite numbers; the rest is invalid. */
const NUMERIC_SHARE = 0.95;
const SAMPLE_SIZE = 100_000;
const CATEGORIES_TRACKED = 20_000;
const MAX_CATEGORIES = 128;
const BINS = 20;

/**
 * First pass over one column: is it numeric, where are its quantiles, which values are frequent. Memory is bounded:
 * quantiles come from a uniform sample of 100,000 values (Vitter 1985, algorithm R), frequent values from at most
 * 20,000 that are tracked. The same rules as the training pipeline's (jobs/prepare.py).
 */
export class ColumnSurvey {
  private numbers = 0;
  private others = 0;
  private readonly sample = new Float64Array(SAMPLE_SIZE);
  private readonly random: () => number;
  private texts = new Map<string, number>();

  constructor(private readonly name: string) {
    this.random = uniform(name);
  }

  public add(text: string): void {
    if (text === '') {
      return;
    }
    const value = finiteNumber(text);
    if (value === undefined) {
      this.others++;
    } else {
      this.sampleNumber(value);
    }
    this.texts.set(text, (this.texts.get(text) ?? 0) + 1);
    if (this.texts.size > CATEGORIES_TRACKED) {
      this.texts = new Map(this.frequent().slice(0, CATEGORIES_TRACKED / 2));
    }
  }

  private sampleNumber(value: number): void {
    const at = this.numbers++;
    const slot = at < SAMPLE_SIZE ? at : Math.floor(this.random() * (at + 1));
    if (slot < SAMPLE_SIZE) {
      this.sample[slot] = value;
    }
  }

  private frequent(): [string, number][] {
    return [...this.texts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  }

  /** The bins, with nothing counted. */
  public bins(): FeatureBaseline {
    const { name } = this;
    const common = { name, missing: 0, movement: 0 };
    if (this.numbers > 0 && this.numbers >= NUMERIC_SHARE * (this.numbers + this.others)) {
      const edges = quantileEdges(this.sample.slice(0, Math.min(this.numbers, SAMPLE_SIZE)).sort());
      return { ...common, kind: 'numeric', edges, counts: zeros(edges.length + 1), invalid: 0 };
    }
    const categories = this.frequent()
      .slice(0, MAX_CATEGORIES)
      .map(([text]) => text);
    return { ...common, kind: 'categorical', categories, counts: zeros(categories.length), other: 0 };
  }
}

/**
 * Inner edges of at most 20 bins over sorted values. Up to 20 distinct values get a bin each; otherwise the edges are
 * twentieths, ties merged. A constant gets a bin of its own between two empty ones, so that it is noticed when it
 * starts to vary.
 */
export function quantileEdges(sorted: Float64Array): number[] {
  const distinct: number[] = [];
  for (const value of sorted) {
    if (distinct.at(-1) !== value) {
      distinct.push(value);
    }
  }
  const [first] = distinct;
  if (first === undefined) {
    return [];
  }
  if (distinct.length === 1) {
    return [first - Math.max(Math.abs(first), 1) * 1e-9, first];
  }
  if (distinct.length <= BINS) {
    return distinct.slice(0, -1);
  }
  const beforeLast = distinct.at(-2)!;
  const quantiles = Array.from({ length: BINS - 1 }, (_, i) => {
    const value = sorted[Math.ceil(((i + 1) * sorted.length) / BINS) - 1]!;
    return Math.min(value, beforeLast);
  });
  return [...new Set(quantiles)].sort((a, b) => a - b);
}

const zeros = (length: number): number[] => new Array<number>(length).fill(0);

/** Uniform numbers in [0, 1), the same for the same name: xorshift of 32 bits (Marsaglia 2003). */
function uniform(name: string): () => number {
  let state = createHash('sha256').update(name).digest().readUInt32LE() | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
