import type { RawDatapoint } from './alarm';

const PERCENTILE = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/i;

/** What the data points of one period come to. */
export interface Datapoint {
  readonly value: number;
  readonly sampleCount: number;
}

/** The percentile that a name such as `p99.9` stands for; undefined when it is none. */
export function percentileOf(statistic: string): number | undefined {
  const match = PERCENTILE.exec(statistic);
  return match === null ? undefined : Number(match[1]);
}

/** Can this runtime compute the statistic? Trimmed means and the like are CloudWatch's, but not ours. */
export function isSupportedStatistic(statistic: string): boolean {
  return statistic in SIMPLE || percentileOf(statistic) !== undefined;
}

/**
 * The statistic of the data points of one period; undefined without data. A percentile needs the values themselves:
 * like CloudWatch, it has no result over a statistic set unless all its values are known to be equal.
 *
 * @throws RangeError for a statistic that `isSupportedStatistic` denies.
 */
export function aggregate(points: readonly RawDatapoint[], statistic: string): Datapoint | undefined {
  const sets = points.map(asSet).filter(({ sampleCount }) => sampleCount > 0);
  if (sets.length === 0) {
    return undefined;
  }
  const total: StatisticSet = {
    sampleCount: sum(sets.map((set) => set.sampleCount)),
    sum: sum(sets.map((set) => set.sum)),
    minimum: sets.reduce((least, set) => Math.min(least, set.minimum), Number.POSITIVE_INFINITY),
    maximum: sets.reduce((most, set) => Math.max(most, set.maximum), Number.NEGATIVE_INFINITY),
  };
  const percentile = percentileOf(statistic);
  const value = percentile === undefined ? simple(statistic)(total) : quantile(sets, percentile);
  return value === undefined ? undefined : { value, sampleCount: total.sampleCount };
}

interface StatisticSet {
  readonly sampleCount: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
}

const SIMPLE: Record<string, (set: StatisticSet) => number> = {
  SampleCount: (set) => set.sampleCount,
  Average: (set) => set.sum / set.sampleCount,
  Sum: (set) => set.sum,
  Minimum: (set) => set.minimum,
  Maximum: (set) => set.maximum,
};

function simple(statistic: string): (set: StatisticSet) => number {
  const compute = SIMPLE[statistic];
  if (compute === undefined) {
    throw new RangeError(
      `Statistic ${statistic} is not supported on the laptop: use ${Object.keys(SIMPLE).join(', ')} or a percentile such as p99`,
    );
  }
  return compute;
}

function asSet(point: RawDatapoint): StatisticSet {
  if ('statistics' in point) {
    return point.statistics;
  }
  const { value, count } = point;
  return { sampleCount: count, sum: value * count, minimum: value, maximum: value };
}

/** Nearest rank: the smallest value that at least `percentile` percent of the samples do not exceed. */
function quantile(sets: readonly StatisticSet[], percentile: number): number | undefined {
  if (sets.some((set) => set.minimum !== set.maximum)) {
    return undefined;
  }
  const sorted = [...sets].sort((left, right) => left.minimum - right.minimum);
  const rank = (percentile / 100) * sum(sorted.map((set) => set.sampleCount));
  let seen = 0;
  for (const set of sorted) {
    seen += set.sampleCount;
    if (seen >= rank) {
      return set.minimum;
    }
  }
  return sorted.at(-1)?.minimum;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
