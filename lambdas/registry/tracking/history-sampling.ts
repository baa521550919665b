import type { LatestMetric } from './entities';
import { comparePoints } from './metric-packs';

/**
 * About `most` points of a history, spread evenly over the points themselves (not over steps, of which one may have
 * thousands of points): the first of each of `most` equal parts, and always the last point. By step, timestamp, value.
 */
export function sampled(points: readonly LatestMetric[], most: number): LatestMetric[] {
  const sorted = [...points].sort((a, b) => a.step - b.step || comparePoints(a, b));
  if (sorted.length <= most) return sorted;
  // As SQL's ntile deals them: the first parts are larger by one where the points do not divide evenly.
  const size = Math.floor(sorted.length / most);
  const larger = sorted.length % most;
  const sample = Array.from({ length: most }, (_, part) => sorted[part * size + Math.min(part, larger)]!);
  sample[most - 1] = sorted.at(-1)!;
  return sample;
}
