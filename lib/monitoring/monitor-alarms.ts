import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { driftAlarmName, FLOORS, type QualitySettings, qualityAlarmName } from './contract';

/** Windows without captures before the alarm: the last one is not evaluated yet when the current one begins. */
const MISSING_WINDOWS = 3;

/**
 * One datum says it: how many windows have to agree is counted by the evaluation, feature by feature. Without new
 * verdicts the alarm keeps its state, because no data is no good news.
 *
 * @internal
 */
export function createDriftAlarm(
  scope: Construct,
  modelName: string,
  metric: cloudwatch.Metric,
): cloudwatch.Alarm {
  return metric.createAlarm(scope, 'DriftAlarm', {
    ...atLeastOne,
    alarmName: driftAlarmName(modelName),
    alarmDescription: `What model ${modelName} is asked has moved away from what it was trained on.`,
  });
}

/** @internal */
export function createQualityAlarm(
  scope: Construct,
  modelName: string,
  settings: QualitySettings,
  metric: cloudwatch.Metric,
): cloudwatch.Alarm | undefined {
  const floors = FLOORS.filter((name) => settings.floors[name] !== undefined);
  if (floors.length === 0) {
    return undefined;
  }
  const text = floors.map((name) => `${name} ${settings.floors[name]}`).join(', ');
  return metric.createAlarm(scope, 'QualityAlarm', {
    ...atLeastOne,
    alarmName: qualityAlarmName(modelName),
    alarmDescription: `Model ${modelName} misses a floor: ${text}.`,
  });
}

const atLeastOne = {
  threshold: 1,
  comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  treatMissingData: cloudwatch.TreatMissingData.IGNORE,
};

/** @internal */
export function capturesMissingAlarm(
  scope: Construct,
  modelName: string,
  metric: cloudwatch.Metric,
): cloudwatch.Alarm {
  return metric.createAlarm(scope, 'CapturesMissingAlarm', {
    alarmName: `${modelName}-captures-missing`,
    alarmDescription: `No requests to model ${modelName} were captured: it is idle, or capturing has stopped.`,
    threshold: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: MISSING_WINDOWS,
    datapointsToAlarm: MISSING_WINDOWS,
    treatMissingData: cloudwatch.TreatMissingData.BREACHING,
  });
}
