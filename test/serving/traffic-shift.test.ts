import { Duration } from 'aws-cdk-lib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TrafficShift, type TrafficShiftContext } from '../../lib/serving/traffic-shift';

const fleet = (instanceCount: number, alarmWindowSeconds = 120): TrafficShiftContext => ({
  instanceCount,
  alarmWindowSeconds,
});

describe('a canary', () => {
  it('is one instance for five minutes by default', () => {
    expect(TrafficShift.canary()._bind(fleet(2))).toEqual({
      TrafficRoutingConfiguration: {
        Type: 'CANARY',
        WaitIntervalInSeconds: 300,
        CanarySize: { Type: 'INSTANCE_COUNT', Value: 1 },
      },
      TerminationWaitInSeconds: 0,
      MaximumExecutionTimeoutInSeconds: 2100,
    });
  });

  it('can be a share of the fleet', () => {
    const { TrafficRoutingConfiguration } = TrafficShift.canary({ percent: 30 })._bind(fleet(10));
    expect(TrafficRoutingConfiguration.CanarySize).toEqual({ Type: 'CAPACITY_PERCENT', Value: 30 });
  });

  it('is refused with a single instance, saying what to do', () => {
    expect(() => TrafficShift.canary()._bind(fleet(1))).toThrow(
      'TrafficShift.canary with instanceCount 1: a canary takes at most half of the fleet, so it needs two instances. Set instanceCount to 2 or more, or use TrafficShift.allAtOnce().',
    );
  });

  it('is refused above half of the fleet', () => {
    expect(() => TrafficShift.canary({ percent: 51 })._bind(fleet(4))).toThrow(
      'TrafficShift.canary: percent is 51; SageMaker takes whole numbers from 1 to 50.',
    );
    expect(() => TrafficShift.canary({ instances: 2 })._bind(fleet(3))).toThrow(
      'TrafficShift.canary: instances is 2 of 3 (66.7 %); SageMaker takes at least one and at most 50 % of the instances.',
    );
  });

  it('is refused when both sizes are given', () => {
    expect(() => TrafficShift.canary({ percent: 50, instances: 1 })._bind(fleet(2))).toThrow(
      'give percent (50) or instances (1), not both',
    );
  });

  it('is refused when the alarms could not fire while it bakes', () => {
    expect(() => TrafficShift.canary({ bake: Duration.minutes(10) })._bind(fleet(2, 1200))).toThrow(
      'bake is 600 s, but the rollback alarms need 1200 s of data (period times evaluationPeriods): they could not fire before the traffic has moved on.',
    );
    expect(() => TrafficShift.canary({ bake: Duration.minutes(10) })._bind(fleet(2, 600))).not.toThrow();
  });

  it('is refused when it bakes for more than an hour', () => {
    expect(() => TrafficShift.canary({ bake: Duration.seconds(3601) })._bind(fleet(2))).toThrow(
      'bake is 3601 s; SageMaker waits 3600 s (one hour) at most.',
    );
  });
});

describe('a linear shift', () => {
  it('takes steps of a quarter by default and leaves time for all of them', () => {
    expect(TrafficShift.linear()._bind(fleet(4))).toEqual({
      TrafficRoutingConfiguration: {
        Type: 'LINEAR',
        WaitIntervalInSeconds: 300,
        LinearStepSize: { Type: 'CAPACITY_PERCENT', Value: 25 },
      },
      TerminationWaitInSeconds: 0,
      MaximumExecutionTimeoutInSeconds: 4 * 300 + 1800,
    });
  });

  it.each([9, 51, 12.5])('is refused with steps of %s percent', (percent) => {
    expect(() => TrafficShift.linear({ percent })._bind(fleet(10))).toThrow(
      `TrafficShift.linear: percent is ${percent}; SageMaker takes whole numbers from 10 to 50.`,
    );
  });

  it('is refused when one instance is less than a tenth of the fleet', () => {
    expect(() => TrafficShift.linear({ instances: 1 })._bind(fleet(11))).toThrow(
      'instances is 1 of 11 (9.1 %); SageMaker takes at least 10 % and at most 50 %',
    );
  });

  it('is refused when its steps take longer than SageMaker may take', () => {
    expect(() => TrafficShift.linear({ percent: 10, interval: Duration.hours(1) })._bind(fleet(10))).toThrow(
      'wait 36000 s in all',
    );
  });
});

describe('all at once', () => {
  it('always sends the wait interval that the model of the API requires', () => {
    const policy = TrafficShift.allAtOnce()._bind(fleet(1));
    expect(policy.TrafficRoutingConfiguration).toEqual({ Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 });
    expect(policy.TerminationWaitInSeconds).toBe(300);
  });

  it('may drop the old fleet at once, but not keep it for less time than the alarms need', () => {
    expect(() =>
      TrafficShift.allAtOnce({ terminationWait: Duration.seconds(0) })._bind(fleet(1)),
    ).not.toThrow();
    expect(() => TrafficShift.allAtOnce({ terminationWait: Duration.seconds(60) })._bind(fleet(1))).toThrow(
      'terminationWait is 60 s, but the rollback alarms need 120 s',
    );
  });
});

describe('whatever is accepted', () => {
  it('lies within the limits of SageMaker and gives the alarms time', () => {
    const shift = fc.oneof(
      fc.record({ percent: fc.integer({ min: 1, max: 60 }) }).map((props) => TrafficShift.canary(props)),
      fc.record({ instances: fc.integer({ min: 0, max: 12 }) }).map((props) => TrafficShift.canary(props)),
      fc
        .record({ percent: fc.integer({ min: 1, max: 60 }), seconds: fc.integer({ min: 0, max: 4000 }) })
        .map(({ percent, seconds }) => TrafficShift.linear({ percent, interval: Duration.seconds(seconds) })),
    );
    let accepted = 0;
    fc.assert(
      fc.property(
        shift,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 60, max: 600 }),
        (traffic, n, window) => {
          let policy: ReturnType<TrafficShift['_bind']>;
          try {
            policy = traffic._bind(fleet(n, window));
          } catch {
            return;
          }
          accepted += 1;
          const routing = policy.TrafficRoutingConfiguration;
          const size = routing.CanarySize ?? routing.LinearStepSize!;
          const share = size.Type === 'CAPACITY_PERCENT' ? size.Value : (100 * size.Value) / n;
          expect(share).toBeLessThanOrEqual(50);
          expect(share).toBeGreaterThanOrEqual(routing.Type === 'LINEAR' ? 10 : Number.MIN_VALUE);
          expect(routing.WaitIntervalInSeconds).toBeGreaterThanOrEqual(window);
          expect(routing.WaitIntervalInSeconds).toBeLessThanOrEqual(3600);
          expect(policy.MaximumExecutionTimeoutInSeconds).toBeGreaterThanOrEqual(600);
          expect(policy.MaximumExecutionTimeoutInSeconds).toBeLessThanOrEqual(28_800);
          expect(policy.MaximumExecutionTimeoutInSeconds).toBeGreaterThan(routing.WaitIntervalInSeconds);
        },
      ),
      { numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});
