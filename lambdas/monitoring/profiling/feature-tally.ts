import type { CategoricalBaseline, FeatureBaseline, NumericBaseline } from '../baseline';
import { placer } from '../bins';
import type { FeatureCounts } from '../profile';
import { plainDecimal } from './decimal';

/** Counts the values of one feature on the baseline's bins. */
export abstract class FeatureTally {
  protected readonly counts: Float64Array;
  protected outside = 0;
  protected missing = 0;
  private readonly place: ReturnType<typeof placer>;

  protected constructor(public readonly feature: FeatureBaseline) {
    this.counts = new Float64Array(feature.counts.length);
    this.place = placer(feature);
  }

  /** Counts a value as it stands in a request; the empty text is a missing value. */
  public addText(text: string): void {
    const place = this.place(text);
    if (place === 'missing') {
      this.missing++;
    } else if (place === 'outside') {
      this.outside++;
    } else {
      this.counts[place]!++;
    }
  }

  /** The same for a value that stands in bytes of UTF-8, without making a text of it where that can be avoided. */
  public abstract addBytes(bytes: Buffer, start: number, end: number): void;

  public result(): FeatureCounts {
    return {
      name: this.feature.name,
      counts: [...this.counts],
      outside: this.outside,
      missing: this.missing,
    };
  }
}

class NumericTally extends FeatureTally {
  private readonly edges: Float64Array;

  constructor(feature: NumericBaseline) {
    super(feature);
    this.edges = Float64Array.from(feature.edges);
  }

  public addBytes(bytes: Buffer, start: number, end: number): void {
    if (start === end) {
      this.missing++;
      return;
    }
    const value = plainDecimal(bytes, start, end);
    if (Number.isNaN(value)) {
      this.addText(bytes.toString('utf8', start, end));
      return;
    }
    const { edges } = this;
    let low = 0;
    let high = edges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (edges[middle]! < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    this.counts[low]!++;
  }
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** At most a quarter of the slots are taken, so that a look-up ends soon. */
const SLOTS_PER_CATEGORY = 4;

/** Finds a category by the bytes of its name: a hash table with open addressing, whose hash is FNV-1a of 32 bits. */
class CategoricalTally extends FeatureTally {
  private readonly slots: Int16Array;
  private readonly mask: number;
  private readonly names: readonly Buffer[];

  constructor(feature: CategoricalBaseline) {
    super(feature);
    this.names = feature.categories.map((category) => Buffer.from(category));
    const size = 2 ** Math.ceil(Math.log2(Math.max(4, SLOTS_PER_CATEGORY * this.names.length)));
    this.mask = size - 1;
    this.slots = new Int16Array(size).fill(-1);
    this.names.forEach((name, code) => {
      let slot = this.slotOf(name, 0, name.length);
      while (this.slots[slot] !== -1) {
        slot = (slot + 1) & this.mask;
      }
      this.slots[slot] = code;
    });
  }

  public addBytes(bytes: Buffer, start: number, end: number): void {
    if (start === end) {
      this.missing++;
      return;
    }
    let slot = this.slotOf(bytes, start, end);
    for (let code = this.slots[slot]!; code !== -1; code = this.slots[slot]!) {
      if (equal(this.names[code]!, bytes, start, end)) {
        this.counts[code]!++;
        return;
      }
      slot = (slot + 1) & this.mask;
    }
    this.outside++;
  }

  private slotOf(bytes: Uint8Array, start: number, end: number): number {
    let hash = FNV_OFFSET;
    for (let at = start; at < end; at++) {
      hash = Math.imul(hash ^ bytes[at]!, FNV_PRIME);
    }
    return (hash ^ (hash >>> 15)) & this.mask;
  }
}

function equal(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) {
    return false;
  }
  for (let i = 0; i < name.length; i++) {
    if (name[i] !== bytes[start + i]) {
      return false;
    }
  }
  return true;
}

/** An empty count of the feature. */
export function featureTally(feature: FeatureBaseline): FeatureTally {
  return feature.kind === 'numeric' ? new NumericTally(feature) : new CategoricalTally(feature);
}
