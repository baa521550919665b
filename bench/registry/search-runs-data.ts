import type { NewMetric } from '../../lambdas/registry/tracking/entities';

/** A run of the benchmarks, apart from its id. */
export interface BenchRun {
  /** Milliseconds since the epoch. */
  readonly startTime: number;
  readonly name: string;
  readonly params: readonly (readonly [string, string])[];
  readonly tags: readonly (readonly [string, string])[];
  readonly metrics: readonly NewMetric[];
}

const WIDTH = 30;
const TEAMS = ['vision', 'ranking', 'speech', 'fraud', 'search'];

/**
 * Runs as hyperparameter sweeps leave them: 30 params of few values, 30 tags of which five differ in every run, and
 * 30 metrics of which a fiftieth is NaN and a fiftieth missing. The same seed makes the same runs.
 */
export function* benchRuns(count: number, seed = 1): Generator<BenchRun> {
  const random = uniform(seed);
  for (let at = 0; at < count; at += 1) {
    const startTime = 1_700_000_000_000 + Math.floor(random() * 90 * 24 * 3600) * 1000;
    yield {
      startTime,
      name: `run-${at}`,
      params: keys('param').map((key, index) => [key, String(Math.floor(random() * (2 + index * 3)))]),
      tags: keys('tag').map((key, index) => [key, tagValue(at, index, random)]),
      metrics: keys('metric').flatMap((key, index) => metric(key, index, startTime, random)),
    };
  }
}

const keys = (kind: string): string[] => Array.from({ length: WIDTH }, (_, index) => `${kind}_${index}`);

function tagValue(at: number, index: number, random: () => number): string {
  if (index < 5) return `commit-${index}-${at}`;
  return `${TEAMS[Math.floor(random() * TEAMS.length)]}-${index}`;
}

function metric(key: string, index: number, timestamp: number, random: () => number): NewMetric[] {
  const fate = random();
  if (fate < 0.02) return [];
  const value = fate < 0.04 ? Number.NaN : random() * (index + 1);
  return [{ key, value, timestamp, step: Math.floor(random() * 1000) }];
}

/** Mulberry32, by Tommy Ettinger. */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
