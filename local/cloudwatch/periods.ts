import type { AlarmDefinition, RawDatapoint } from './alarm';
import { aggregate, type Datapoint } from './statistics';

/**
 * Periods that CloudWatch looks at beyond the evaluation periods, so that a few missing ones can be made up for. The
 * documentation's examples have 2 (5 for 3 evaluation periods); it gives no general rule.
 */
const EXTRA_PERIODS = 2;

/** One period of the evaluation range. */
export interface Period {
  readonly start: Date;
  /** @default - no data */
  readonly datapoint?: Datapoint;
}

/** Milliseconds between evaluations: 10 s for periods below a minute, else a minute. */
export function resolutionMs(definition: Pick<AlarmDefinition, 'period'>): number {
  return definition.period < 60 ? 10_000 : 60_000;
}

/** The latest time up to which all data is in the past: the end of the evaluation range. */
export function lastBoundary(definition: Pick<AlarmDefinition, 'period'>, now: Date): Date {
  const resolution = resolutionMs(definition);
  return new Date(Math.floor(now.getTime() / resolution) * resolution);
}

/** Milliseconds of data that an evaluation looks at. */
export function rangeMs(definition: Pick<AlarmDefinition, 'period' | 'evaluationPeriods'>): number {
  return (definition.evaluationPeriods + EXTRA_PERIODS) * definition.period * 1000;
}

/**
 * The periods of the evaluation range that ends at `end`, oldest first. Periods end where the range ends: they slide
 * with the evaluation and are not aligned to the clock.
 */
export function periodsUntil(
  definition: AlarmDefinition,
  end: Date,
  points: readonly RawDatapoint[],
): Period[] {
  const length = definition.period * 1000;
  const count = definition.evaluationPeriods + EXTRA_PERIODS;
  const first = end.getTime() - count * length;
  const slots: RawDatapoint[][] = Array.from({ length: count }, () => []);
  for (const point of points) {
    if (definition.unit === undefined || point.unit === definition.unit) {
      slots[Math.floor((point.timestamp.getTime() - first) / length)]?.push(point);
    }
  }
  return slots.map((slot, index) => ({
    start: new Date(first + index * length),
    datapoint: aggregate(slot, definition.statistic),
  }));
}
