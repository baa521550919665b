import type { Duration } from 'aws-cdk-lib';

/** `CapacitySize` of SageMaker. @internal */
export interface FleetSize {
  readonly Type: 'INSTANCE_COUNT' | 'CAPACITY_PERCENT';
  readonly Value: number;
}

/** Longest wait interval and termination wait of a blue/green update. @internal */
export const MAX_WAIT_SECONDS = 3600;
const MIN_EXECUTION_SECONDS = 600;
const MAX_EXECUTION_SECONDS = 28_800;
/** For starting the new fleet and stopping the old one, on top of the waits. */
const PROVISIONING_SECONDS = 1800;
const HIGHEST_PERCENT = 50;

/** @internal */
export interface FleetSizeLimits {
  readonly instanceCount: number;
  /** Smallest share of the fleet in percent; undefined where any number of at least 1 will do. */
  readonly lowestPercent: number | undefined;
}

/**
 * Either a share or a number of instances, within what SageMaker takes.
 *
 * @throws Error naming the option, its value and the limit.
 * @internal
 */
export function fleetSize(
  what: string,
  percent: number | undefined,
  instances: number | undefined,
  limits: FleetSizeLimits,
): FleetSize {
  if (percent !== undefined && instances !== undefined) {
    throw new Error(`${what}: give percent (${percent}) or instances (${instances}), not both.`);
  }
  const lowest = limits.lowestPercent ?? 0;
  if (percent !== undefined) {
    if (!Number.isInteger(percent) || percent < Math.max(1, lowest) || percent > HIGHEST_PERCENT) {
      throw new Error(
        `${what}: percent is ${percent}; SageMaker takes whole numbers from ${Math.max(1, lowest)} to ${HIGHEST_PERCENT}.`,
      );
    }
    return { Type: 'CAPACITY_PERCENT', Value: percent };
  }
  const count = instances ?? 1;
  const share = (100 * count) / limits.instanceCount;
  if (!Number.isInteger(count) || count < 1 || share > HIGHEST_PERCENT || share < lowest) {
    const atLeast = limits.lowestPercent === undefined ? 'at least one' : `at least ${lowest} %`;
    throw new Error(
      `${what}: instances is ${count} of ${limits.instanceCount} (${Number(share.toFixed(1))} %); SageMaker takes ${atLeast} and at most ${HIGHEST_PERCENT} % of the instances.`,
    );
  }
  return { Type: 'INSTANCE_COUNT', Value: count };
}

/**
 * @throws Error when the wait is longer than SageMaker takes.
 * @internal
 */
export function waitSeconds(name: string, wait: Duration): number {
  const seconds = wait.toSeconds();
  if (seconds > MAX_WAIT_SECONDS) {
    throw new Error(`${name} is ${seconds} s; SageMaker waits ${MAX_WAIT_SECONDS} s (one hour) at most.`);
  }
  return seconds;
}

/**
 * A limit for the whole update that leaves room for starting the fleets.
 *
 * @throws Error when the waits alone exceed what SageMaker takes.
 * @internal
 */
export function maximumExecutionSeconds(waits: number): number {
  const seconds = Math.max(MIN_EXECUTION_SECONDS, waits + PROVISIONING_SECONDS);
  if (seconds > MAX_EXECUTION_SECONDS) {
    throw new Error(
      `The steps of this traffic shift wait ${waits} s in all; with ${PROVISIONING_SECONDS} s to start the fleets that exceeds the ${MAX_EXECUTION_SECONDS} s (8 hours) in which SageMaker must finish. Take fewer steps or shorter waits.`,
    );
  }
  return seconds;
}
