import { Duration } from 'aws-cdk-lib';
import {
  type FleetSize,
  fleetSize,
  MAX_WAIT_SECONDS,
  maximumExecutionSeconds,
  waitSeconds,
} from './traffic-limits';

/** Options of `TrafficShift.allAtOnce`. */
export interface AllAtOnceShiftProps {
  /**
   * How long the old fleet is kept, without traffic, so that an alarm can bring it back. At most one hour.
   *
   * @default Duration.minutes(5)
   */
  readonly terminationWait?: Duration;
}

/** Options of `TrafficShift.canary`. */
export interface CanaryShiftProps {
  /**
   * Share of the fleet that takes traffic first, in percent: 1 to 50.
   *
   * @default - `instances` decides
   */
  readonly percent?: number;
  /**
   * Number of instances that take traffic first: at most half of the fleet.
   *
   * @default 1
   */
  readonly instances?: number;
  /**
   * How long the canary is watched before the rest of the traffic follows. At most one hour, and long enough for
   * the rollback alarms to fire.
   *
   * @default Duration.minutes(5)
   */
  readonly bake?: Duration;
  /**
   * How long the old fleet is kept after all traffic has moved. At most one hour.
   *
   * @default Duration.seconds(0)
   */
  readonly terminationWait?: Duration;
}

/** Options of `TrafficShift.linear`. */
export interface LinearShiftProps {
  /**
   * Share of the fleet that follows with every step, in percent: 10 to 50.
   *
   * @default - 25, unless `instances` is given
   */
  readonly percent?: number;
  /**
   * Number of instances that follow with every step: 10 to 50 percent of the fleet.
   *
   * @default - `percent` decides
   */
  readonly instances?: number;
  /**
   * How long every step is watched. At most one hour, and long enough for the rollback alarms to fire.
   *
   * @default Duration.minutes(5)
   */
  readonly interval?: Duration;
  /**
   * How long the old fleet is kept after all traffic has moved. At most one hour.
   *
   * @default Duration.seconds(0)
   */
  readonly terminationWait?: Duration;
}

/** @internal */
export interface TrafficShiftContext {
  readonly instanceCount: number;
  /** Seconds of data that the rollback alarms need before they can fire. */
  readonly alarmWindowSeconds: number;
}

/** `BlueGreenUpdatePolicy` of SageMaker's `DeploymentConfig`. @internal */
export interface BlueGreenUpdatePolicy {
  readonly TrafficRoutingConfiguration: {
    readonly Type: 'ALL_AT_ONCE' | 'CANARY' | 'LINEAR';
    readonly WaitIntervalInSeconds: number;
    readonly CanarySize?: FleetSize;
    readonly LinearStepSize?: FleetSize;
  };
  readonly TerminationWaitInSeconds: number;
  readonly MaximumExecutionTimeoutInSeconds: number;
}

type Bind = (context: TrafficShiftContext) => BlueGreenUpdatePolicy;

/**
 * How the traffic of a live endpoint moves to a new model version. A second fleet is started beside the first
 * (blue/green); when a rollback alarm fires before the end, all traffic goes back.
 *
 * What SageMaker would refuse, or an alarm could not see, is refused at synthesis.
 */
export class TrafficShift {
  /** All traffic moves in one step; the old fleet stays for a while. */
  public static allAtOnce(props: AllAtOnceShiftProps = {}): TrafficShift {
    return new TrafficShift((context) => {
      const termination = waitSeconds('terminationWait', props.terminationWait ?? Duration.minutes(5));
      if (termination > 0) requireAlarmFits('terminationWait', termination, context);
      return {
        TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 },
        TerminationWaitInSeconds: termination,
        MaximumExecutionTimeoutInSeconds: maximumExecutionSeconds(termination),
      };
    });
  }

  /** A part of the fleet takes traffic first and is watched; then the rest follows in one step. */
  public static canary(props: CanaryShiftProps = {}): TrafficShift {
    return new TrafficShift((context) => {
      requireTwoInstances('TrafficShift.canary', 'a canary takes', context);
      const size = fleetSize(
        'TrafficShift.canary',
        props.percent,
        props.instances ?? (props.percent === undefined ? 1 : undefined),
        {
          instanceCount: context.instanceCount,
          lowestPercent: undefined,
        },
      );
      const bake = waitSeconds('bake', props.bake ?? Duration.minutes(5));
      requireAlarmFits('bake', bake, context);
      const termination = waitSeconds('terminationWait', props.terminationWait ?? Duration.seconds(0));
      return {
        TrafficRoutingConfiguration: { Type: 'CANARY', WaitIntervalInSeconds: bake, CanarySize: size },
        TerminationWaitInSeconds: termination,
        MaximumExecutionTimeoutInSeconds: maximumExecutionSeconds(bake + termination),
      };
    });
  }

  /** The fleet follows in equal steps, and each step is watched. */
  public static linear(props: LinearShiftProps = {}): TrafficShift {
    return new TrafficShift((context) => {
      requireTwoInstances('TrafficShift.linear', 'a step takes', context);
      const size = fleetSize(
        'TrafficShift.linear',
        props.percent ?? (props.instances === undefined ? 25 : undefined),
        props.instances,
        {
          instanceCount: context.instanceCount,
          lowestPercent: 10,
        },
      );
      const interval = waitSeconds('interval', props.interval ?? Duration.minutes(5));
      requireAlarmFits('interval', interval, context);
      const termination = waitSeconds('terminationWait', props.terminationWait ?? Duration.seconds(0));
      const whole = size.Type === 'CAPACITY_PERCENT' ? 100 : context.instanceCount;
      const steps = Math.ceil(whole / size.Value);
      return {
        TrafficRoutingConfiguration: {
          Type: 'LINEAR',
          WaitIntervalInSeconds: interval,
          LinearStepSize: size,
        },
        TerminationWaitInSeconds: termination,
        MaximumExecutionTimeoutInSeconds: maximumExecutionSeconds(steps * interval + termination),
      };
    });
  }

  private constructor(private readonly bind: Bind) {}

  /**
   * @throws Error that says what SageMaker would refuse and why.
   * @internal
   */
  public _bind(context: TrafficShiftContext): BlueGreenUpdatePolicy {
    return this.bind(context);
  }
}

function requireTwoInstances(what: string, takes: string, context: TrafficShiftContext): void {
  if (context.instanceCount >= 2) return;
  throw new Error(
    `${what} with instanceCount ${context.instanceCount}: ${takes} at most half of the fleet, so it needs two instances. Set instanceCount to 2 or more, or use TrafficShift.allAtOnce().`,
  );
}

function requireAlarmFits(name: string, seconds: number, context: TrafficShiftContext): void {
  if (context.alarmWindowSeconds <= seconds) return;
  throw new Error(
    `${name} is ${seconds} s, but the rollback alarms need ${context.alarmWindowSeconds} s of data (period times evaluationPeriods): they could not fire before the traffic has moved on. Make ${name} longer (at most ${MAX_WAIT_SECONDS} s) or the alarms quicker.`,
  );
}
