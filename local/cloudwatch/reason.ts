import type { AlarmDefinition, Comparison } from './alarm';
import { jsonTime, reasonTime } from './aws-time';
import { type Evaluation, isBreaching, type RealPeriod, toAlarm } from './evaluate';

/** With more data points than this the reason names only the most recent ones. */
const NAMED_DATAPOINTS = 5;

const RELATION: Record<Comparison, string> = {
  GreaterThanThreshold: 'greater than',
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** Why the alarm is in the evaluation's state, in CloudWatch's words. */
export function reasonText(definition: AlarmDefinition, evaluation: Evaluation): string {
  const { state, evaluated, filled } = evaluation;
  const needed = definition.evaluationPeriods;
  if (state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${count(needed, 'datapoint')} ${wasWere(needed)} unknown.`;
  }
  const treatment = definition.treatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
  const filling =
    filled === 0
      ? ''
      : ` and ${count(filled, 'missing datapoint')} ${wasWere(filled)} treated as [${treatment}]`;
  if (evaluated.length === 0) {
    return `Threshold Crossed: no datapoints were received for ${count(needed, 'period')}${filling}.`;
  }
  const grounds = evaluated.filter(
    ({ datapoint }) => isBreaching(definition, datapoint.value) === (state === 'ALARM'),
  );
  if (grounds.length === 0) {
    return `Threshold Crossed:${filling.replace(' and', '')}${minimum(definition, state)}.`;
  }
  return `Threshold Crossed: ${crossing(definition, state === 'ALARM', grounds)}${filling}${minimum(definition, state)}.`;
}

function crossing(definition: AlarmDefinition, crossed: boolean, grounds: readonly RealPeriod[]): string {
  const total = grounds.length;
  const points =
    definition.datapointsToAlarm === undefined
      ? count(total, 'datapoint')
      : `${total} out of the last ${definition.evaluationPeriods} datapoints`;
  const relation = `${wasWere(total)} ${crossed ? '' : 'not '}${RELATION[definition.comparison]} the threshold (${decimal(definition.threshold)})`;
  const named = [...grounds].reverse().slice(0, NAMED_DATAPOINTS);
  const list = `[${named.map(({ start, datapoint }) => `${decimal(datapoint.value)} (${reasonTime(start)})`).join(', ')}]`;
  return total < NAMED_DATAPOINTS
    ? `${points} ${list} ${relation}`
    : `${points} ${relation}. The most recent datapoints which crossed the threshold: ${list}`;
}

function minimum(definition: AlarmDefinition, state: Evaluation['state']): string {
  if (definition.datapointsToAlarm === undefined) {
    return '';
  }
  const least =
    state === 'ALARM' ? toAlarm(definition) : definition.evaluationPeriods - toAlarm(definition) + 1;
  const transition = state === 'ALARM' ? 'OK -> ALARM' : 'ALARM -> OK';
  return ` (minimum ${count(least, 'datapoint')} for ${transition} transition)`;
}

/** The evaluation as data, in the shape of CloudWatch's StateReasonData. */
export function reasonData(definition: AlarmDefinition, evaluation: Evaluation, queryDate: Date): string {
  const { evaluated } = evaluation;
  const oldest = evaluated[0];
  return JSON.stringify({
    version: '1.0',
    queryDate: jsonTime(queryDate),
    ...(oldest === undefined ? {} : { startDate: jsonTime(oldest.start) }),
    ...(definition.unit === undefined ? {} : { unit: definition.unit }),
    statistic: definition.statistic,
    period: definition.period,
    recentDatapoints: evaluated.map(({ datapoint }) => datapoint.value),
    threshold: definition.threshold,
    evaluatedDatapoints: [...evaluated].reverse().map(({ start, datapoint }) => ({
      timestamp: jsonTime(start),
      sampleCount: datapoint.sampleCount,
      value: datapoint.value,
    })),
  });
}

/** CloudWatch writes whole numbers with one decimal. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function wasWere(number: number): string {
  return number === 1 ? 'was' : 'were';
}
