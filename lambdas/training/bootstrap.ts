import { createHash } from 'node:crypto';
import {
  confusion,
  type RankGroups,
  rankGroups,
  rowLogLoss,
  type Scored,
  thresholdMetrics,
  weightedRocAuc,
} from './metrics';

export type MetricName = 'rocAuc' | 'f1' | 'accuracy' | 'precision' | 'recall' | 'logLoss';

export interface Interval {
  /** The difference candidate minus champion on the rows as they are. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly level: number;
  readonly resamples: number;
}

export interface PairedScores {
  readonly labels: ArrayLike<number>;
  readonly candidate: ArrayLike<number>;
  readonly champion: ArrayLike<number>;
}

export interface BootstrapOptions {
  readonly metric: MetricName;
  readonly threshold: number;
  /** E.g. 0.95. */
  readonly level: number;
  /** Makes the interval repeatable. */
  readonly seed: string;
}

const WORK = 20_000_000;
const MOST = 1000;
const LEAST = 200;

/** How often to resample: 1,000 times, fewer above 20,000 rows to bound the work, never fewer than 200 times. */
export function resamplesFor(rows: number): number {
  return Math.max(LEAST, Math.min(MOST, Math.floor(WORK / Math.max(rows, 1))));
}

/**
 * The percentile bootstrap interval of the difference between two models on the same rows (Efron and Tibshirani,
 * An Introduction to the Bootstrap, chapter 13): rows are drawn with replacement, both models are measured on the
 * same draw, and the interval is cut from the sorted differences. Pairing removes what is common to both.
 *
 * @returns undefined when the metric is undefined on the rows or on too many draws (more than one in ten).
 */
export function pairedInterval(paired: PairedScores, options: BootstrapOptions): Interval | undefined {
  const rows = paired.labels.length;
  const candidate = measure({ labels: paired.labels, scores: paired.candidate }, options);
  const champion = measure({ labels: paired.labels, scores: paired.champion }, options);
  const estimate = difference(candidate(undefined), champion(undefined));
  if (estimate === undefined) return undefined;
  const random = generator(options.seed);
  const resamples = resamplesFor(rows);
  const differences: number[] = [];
  const weights = new Uint32Array(rows);
  for (let draw = 0; draw < resamples; draw += 1) {
    weights.fill(0);
    for (let row = 0; row < rows; row += 1) {
      const at = Math.floor(random() * rows);
      weights[at] = weights[at]! + 1;
    }
    const value = difference(candidate(weights), champion(weights));
    if (value !== undefined) differences.push(value);
  }
  if (differences.length < resamples * 0.9) return undefined;
  differences.sort((a, b) => a - b);
  const tail = (1 - options.level) / 2;
  return {
    estimate,
    low: quantile(differences, tail),
    high: quantile(differences, 1 - tail),
    level: options.level,
    resamples,
  };
}

type Measure = (weights: Uint32Array | undefined) => number | undefined;

function measure(scored: Scored, { metric, threshold }: BootstrapOptions): Measure {
  if (metric === 'rocAuc') {
    const groups: RankGroups = rankGroups(scored);
    return (weights) => weightedRocAuc(groups, weights);
  }
  if (metric === 'logLoss') return meanLoss(scored);
  return (weights) => thresholdMetrics(confusion(scored, threshold, weights))[metric];
}

function meanLoss({ labels, scores }: Scored): Measure {
  const losses = Float64Array.from({ length: labels.length }, (_, row) =>
    rowLogLoss(labels[row]!, scores[row]!),
  );
  return (weights) => {
    if (losses.length === 0) return undefined;
    let sum = 0;
    for (let row = 0; row < losses.length; row += 1) sum += losses[row]! * (weights?.[row] ?? 1);
    return sum / losses.length;
  };
}

function difference(candidate: number | undefined, champion: number | undefined): number | undefined {
  return candidate === undefined || champion === undefined ? undefined : candidate - champion;
}

/** Linear interpolation between order statistics (type 7 of Hyndman and Fan). */
function quantile(sorted: readonly number[], probability: number): number {
  const at = (sorted.length - 1) * probability;
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}

/** Uniform numbers in [0, 1) from a seed: the sfc32 generator of Chris Doty-Humphrey (PractRand). */
function generator(seed: string): () => number {
  const digest = createHash('sha256').update(seed).digest();
  let [a, b, c, counter] = [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let warmUp = 0; warmUp < 15; warmUp += 1) next();
  return next;
}
