import type { CapacitySize, DeploymentConfig } from '../state/records';

/** One stretch of a blue/green deployment. */
export interface DeploymentStep {
  /** Instances of the green fleet that take traffic, for each variant in the plan's order. */
  readonly activeInstances: readonly number[];
  /** Share of the requests that goes to the green fleet, 0..1. */
  readonly greenShare: number;
  /** Virtual seconds to bake before the next step. */
  readonly bakeSeconds: number;
  /** The bake after the whole traffic has moved: TerminationWaitInSeconds. */
  readonly last: boolean;
}

/**
 * The steps by which an update moves traffic. Without a policy everything moves at once and nothing bakes.
 *
 * @param instanceCounts - instances of each variant of the green fleet; at least one variant
 */
export function planDeployment(
  instanceCounts: readonly number[],
  policy: DeploymentConfig['BlueGreenUpdatePolicy'] | undefined,
): DeploymentStep[] {
  const routing = policy?.TrafficRoutingConfiguration;
  const last: DeploymentStep = {
    activeInstances: instanceCounts,
    greenShare: 1,
    bakeSeconds: policy?.TerminationWaitInSeconds ?? 0,
    last: true,
  };
  if (routing?.Type === 'CANARY') {
    return [step(instanceCounts, routing.CanarySize!, 1, routing.WaitIntervalInSeconds), last];
  }
  if (routing?.Type === 'LINEAR') {
    const size = routing.LinearStepSize!;
    const steps: DeploymentStep[] = [];
    for (let number = 1; ; number += 1) {
      const next = step(instanceCounts, size, number, routing.WaitIntervalInSeconds);
      if (next.greenShare >= 1) {
        return [...steps, last];
      }
      steps.push(next);
    }
  }
  return [last];
}

/** Instances that a size means; a percentage is rounded down, but is one instance at least. */
export function instancesOf(size: CapacitySize, instanceCount: number): number {
  const wanted = size.Type === 'INSTANCE_COUNT' ? size.Value : Math.floor((instanceCount * size.Value) / 100);
  return Math.min(instanceCount, Math.max(1, wanted));
}

/** Traffic follows the instances of the first variant, which is the only one in nearly all deployments. */
function step(
  instanceCounts: readonly number[],
  size: CapacitySize,
  number: number,
  bakeSeconds: number,
): DeploymentStep {
  const activeInstances = instanceCounts.map((count) => Math.min(count, number * instancesOf(size, count)));
  return { activeInstances, greenShare: activeInstances[0]! / instanceCounts[0]!, bakeSeconds, last: false };
}
