import { Duration } from 'aws-cdk-lib';

/** What brings the old model back while a new one takes over the traffic. */
export interface RollbackProps {
  /**
   * Share of the requests answered with a server error, between 0 and 1 (both excluded), above which a
   * deployment is rolled back.
   *
   * @default 0.05
   */
  readonly serverErrorRate?: number;
  /**
   * 99th percentile of the time that the model takes to answer, above which a deployment is rolled back.
   *
   * @default Duration.seconds(5)
   */
  readonly latencyP99?: Duration;
  /**
   * Length of one period of the alarms. SageMaker publishes once a minute, so whole minutes.
   *
   * @default Duration.minutes(1)
   */
  readonly period?: Duration;
  /**
   * Number of periods in a row that must be bad.
   *
   * @default 2
   */
  readonly evaluationPeriods?: number;
}

/** Thresholds with their defaults, checked. @internal */
export interface RollbackLimits {
  readonly serverErrorRate: number;
  readonly latencyMicroseconds: number;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
}

/**
 * @throws Error that says which threshold could never fire, or always would, and why.
 * @internal
 */
export function rollbackLimits(props: RollbackProps = {}): RollbackLimits {
  const limits = {
    serverErrorRate: props.serverErrorRate ?? 0.05,
    latencyMicroseconds: (props.latencyP99 ?? Duration.seconds(5)).toMilliseconds() * 1000,
    periodSeconds: (props.period ?? Duration.minutes(1)).toSeconds(),
    evaluationPeriods: props.evaluationPeriods ?? 2,
  };
  if (!(limits.serverErrorRate > 0 && limits.serverErrorRate < 1)) {
    throw new Error(
      `rollback.serverErrorRate is ${limits.serverErrorRate}: the alarm compares the average of Invocation5XXErrors, which lies between 0 and 1, so that only a threshold above 0 and below 1 can tell a bad model from a good one.`,
    );
  }
  if (!(limits.latencyMicroseconds > 0)) {
    throw new Error(
      'rollback.latencyP99 is 0: every answer takes longer, so that every deployment would be rolled back.',
    );
  }
  if (limits.periodSeconds <= 0 || limits.periodSeconds % 60 !== 0) {
    throw new Error(
      `rollback.period is ${limits.periodSeconds} s: SageMaker publishes its metrics once a minute; give whole minutes.`,
    );
  }
  if (!Number.isInteger(limits.evaluationPeriods) || limits.evaluationPeriods < 1) {
    throw new Error(
      `rollback.evaluationPeriods is ${limits.evaluationPeriods}: give a whole number of at least 1.`,
    );
  }
  return limits;
}

/** Seconds of data that the alarms need before they can fire. @internal */
export function alarmWindowSeconds(limits: RollbackLimits): number {
  return limits.periodSeconds * limits.evaluationPeriods;
}
