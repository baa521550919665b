import type { Baseline, FeatureBaseline } from '../baseline';
import { type Place, placer } from '../bins';
import { homogeneity } from '../stats/homogeneity';
import { BLOCKS } from '../tolerance';

const MOVEMENT_QUANTILE = 0.9;

/**
 * Second pass: counts every feature by block of consecutive rows, so that the baseline also tells how much a feature
 * moves by itself. The same rules as the training pipeline's (jobs/prepare.py).
 */
export class BaselineCounts {
  private readonly blocks: number;
  private readonly places: readonly ((text: string) => Place)[];
  /** By feature, then by block: the bins, what is in none of them, what is missing. */
  private readonly counts: readonly (readonly Float64Array[])[];
  private row = 0;

  /** @param rows how many will be added, in all */
  constructor(
    private readonly features: readonly FeatureBaseline[],
    private readonly rows: number,
  ) {
    const blocks = Math.max(BLOCKS.min, Math.min(BLOCKS.max, Math.floor(rows / BLOCKS.rows)));
    this.blocks = Math.min(rows, blocks);
    this.places = features.map(placer);
    this.counts = features.map(({ counts }) =>
      Array.from({ length: this.blocks }, () => new Float64Array(counts.length + 2)),
    );
  }

  /** @param row one text a feature */
  public add(row: readonly string[]): void {
    const block = Math.floor((this.row++ * this.blocks) / this.rows);
    for (let i = 0; i < this.places.length; i++) {
      const counts = this.counts[i]![block]!;
      const place = this.places[i]!(row[i] ?? '');
      const cell = place === 'missing' ? counts.length - 1 : place === 'outside' ? counts.length - 2 : place;
      counts[cell]!++;
    }
  }

  public baseline(): Baseline {
    const features = this.features.map((feature, i) => describe(feature, this.counts[i]!));
    return { version: 1, rows: this.rows, features };
  }
}

function describe(feature: FeatureBaseline, blocks: readonly Float64Array[]): FeatureBaseline {
  const total = sumOf(blocks);
  const counts = total.slice(0, -2);
  const [outside, missing] = [total.at(-2)!, total.at(-1)!];
  const common = { counts, missing, movement: movementOf(blocks, total) };
  return feature.kind === 'numeric'
    ? { ...feature, ...common, invalid: outside }
    : { ...feature, ...common, other: outside };
}

/**
 * How far blocks of consecutive rows are from all other rows without any drift: the 0.9 quantile (the smallest effect
 * that 90 % of the blocks do not exceed) of the de-biased effect.
 */
function movementOf(blocks: readonly Float64Array[], total: readonly number[]): number {
  if (blocks.length < 2) {
    return 0;
  }
  const effects = blocks
    .map(
      (block) =>
        homogeneity(
          [...block],
          total.map((all, cell) => all - block[cell]!),
          0,
        ).effect,
    )
    .sort((a, b) => a - b);
  return effects[Math.ceil(MOVEMENT_QUANTILE * effects.length) - 1]!;
}

function sumOf(blocks: readonly Float64Array[]): number[] {
  const total = new Array<number>(blocks[0]?.length ?? 2).fill(0);
  for (const block of blocks) {
    for (let cell = 0; cell < block.length; cell++) {
      total[cell]! += block[cell]!;
    }
  }
  return total;
}
