import { Duration } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { alarmWindowSeconds, rollbackLimits } from '../../lib/serving/rollback';

describe('rollback limits', () => {
  it('have defaults, with latency in the microseconds of ModelLatency', () => {
    const limits = rollbackLimits();
    expect(limits).toEqual({
      serverErrorRate: 0.05,
      latencyMicroseconds: 5_000_000,
      periodSeconds: 60,
      evaluationPeriods: 2,
    });
    expect(alarmWindowSeconds(limits)).toBe(120);
    expect(rollbackLimits({ latencyP99: Duration.millis(250) }).latencyMicroseconds).toBe(250_000);
  });

  it.each([0, 1, 5, -0.1, Number.NaN])(
    'refuse a server error rate of %s, which no average could tell',
    (rate) => {
      expect(() => rollbackLimits({ serverErrorRate: rate })).toThrow(
        `rollback.serverErrorRate is ${rate}: the alarm compares the average of Invocation5XXErrors, which lies between 0 and 1`,
      );
    },
  );

  it('refuse periods in which SageMaker publishes nothing', () => {
    expect(() => rollbackLimits({ period: Duration.seconds(90) })).toThrow(
      'rollback.period is 90 s: SageMaker publishes its metrics once a minute',
    );
  });

  it('refuse a latency of nothing and a number of periods that is none', () => {
    expect(() => rollbackLimits({ latencyP99: Duration.millis(0) })).toThrow('rollback.latencyP99 is 0');
    expect(() => rollbackLimits({ evaluationPeriods: 0 })).toThrow('rollback.evaluationPeriods is 0');
    expect(() => rollbackLimits({ evaluationPeriods: 1.5 })).toThrow('rollback.evaluationPeriods is 1.5');
  });
});
