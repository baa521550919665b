import type { AlarmState } from '../runtime/services';
import type { AlarmDefinition, Comparison } from './alarm';
import type { Period } from './periods';
import type { Datapoint } from './statistics';

/** A period that has data. */
export interface RealPeriod {
  readonly start: Date;
  readonly datapoint: Datapoint;
}

/** What an evaluation came to and on what grounds. */
export interface Evaluation {
  readonly state: AlarmState;
  /** The periods with data that counted, oldest first. */
  readonly evaluated: readonly RealPeriod[];
  /** Missing periods that were counted as breaching or not breaching. */
  readonly filled: number;
}

const EXCEEDS: Record<Comparison, (value: number, threshold: number) => boolean> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

export function isBreaching(definition: AlarmDefinition, value: number): boolean {
  return EXCEEDS[definition.comparison](value, definition.threshold);
}

/**
 * The state of an alarm after looking at the periods of its evaluation range (oldest first), as the CloudWatch user
 * guide has it under "Configuring how CloudWatch alarms treat missing data":
 *
 * - With data in at least N periods, the N most recent of these decide and missing ones are passed over.
 * - With less, missing periods stand in for the rest, as breaching or not, when the alarm says so.
 * - Else what data there is decides; without any, the state is INSUFFICIENT_DATA (`missing`) or kept (`ignore`).
 * - With `missing`, breaching data alone, the oldest at least M periods old, is an ALARM though there is less than M
 *   of it; with `ignore`, it keeps the state.
 */
export function evaluate(
  definition: AlarmDefinition,
  periods: readonly Period[],
  current: AlarmState,
): Evaluation {
  const needed = definition.evaluationPeriods;
  const real = periods.filter((period): period is RealPeriod => period.datapoint !== undefined);
  const evaluated = real.slice(-needed);
  const missing = needed - evaluated.length;
  const treatment = definition.treatMissingData;
  if (missing > 0 && (treatment === 'missing' || treatment === 'ignore')) {
    return { state: withoutFilling(definition, periods, evaluated, current), evaluated, filled: 0 };
  }
  const breaching = countBreaching(definition, evaluated) + (treatment === 'breaching' ? missing : 0);
  return { state: breaching >= toAlarm(definition) ? 'ALARM' : 'OK', evaluated, filled: missing };
}

/** M of "M of N". */
export function toAlarm(definition: AlarmDefinition): number {
  return definition.datapointsToAlarm ?? definition.evaluationPeriods;
}

function withoutFilling(
  definition: AlarmDefinition,
  periods: readonly Period[],
  evaluated: readonly RealPeriod[],
  current: AlarmState,
): AlarmState {
  const keeps = definition.treatMissingData === 'ignore';
  if (evaluated.length === 0) {
    return keeps ? current : 'INSUFFICIENT_DATA';
  }
  const breaching = countBreaching(definition, evaluated);
  if (breaching >= toAlarm(definition)) {
    return 'ALARM';
  }
  const age = periods.length - periods.findIndex(({ datapoint }) => datapoint !== undefined);
  if (breaching === evaluated.length && age >= toAlarm(definition)) {
    return keeps ? current : 'ALARM';
  }
  return 'OK';
}

function countBreaching(definition: AlarmDefinition, periods: readonly RealPeriod[]): number {
  return periods.filter(({ datapoint }) => isBreaching(definition, datapoint.value)).length;
}
