import type { CapacitySize, DeploymentConfig } from '../state/records';

const MOST_CANARY_PERCENT = 50;
const LINEAR_PERCENT = { least: 10, most: 50 };
const DEFAULT_TIMEOUT_SECONDS = 28_800;

/** The variants of a configuration, as far as a deployment cares. */
export interface DeployedVariant {
  readonly name: string;
  readonly instanceCount: number;
}

/**
 * What keeps a deployment configuration from being carried out between two configurations.
 *
 * @param blue - variants that serve now; undefined when there is no endpoint yet
 * @param green - variants of the new configuration
 * @returns the first problem, undefined when there is none
 */
export function deploymentProblem(
  config: DeploymentConfig | undefined,
  blue: readonly DeployedVariant[] | undefined,
  green: readonly DeployedVariant[],
): string | undefined {
  const policy = config?.BlueGreenUpdatePolicy;
  if (config !== undefined && policy === undefined) {
    return 'DeploymentConfig must have a BlueGreenUpdatePolicy.';
  }
  if (policy === undefined) {
    return undefined;
  }
  const names = (variants: readonly DeployedVariant[]) => variants.map(({ name }) => name).sort();
  if (blue !== undefined && names(blue).join() !== names(green).join()) {
    return (
      'A deployment with a BlueGreenUpdatePolicy needs the same production variant names in both endpoint ' +
      `configurations: ${names(blue).join(', ')} serve now, the new ones are ${names(green).join(', ')}.`
    );
  }
  return sizeProblem(policy, green) ?? timeoutProblem(policy, green);
}

function sizeProblem(
  { TrafficRoutingConfiguration: routing }: NonNullable<DeploymentConfig['BlueGreenUpdatePolicy']>,
  green: readonly DeployedVariant[],
): string | undefined {
  const { Type, CanarySize, LinearStepSize } = routing;
  if ((Type === 'CANARY') !== (CanarySize !== undefined)) {
    return `CanarySize must be given for the traffic routing type CANARY and only then; the type is ${Type}.`;
  }
  if ((Type === 'LINEAR') !== (LinearStepSize !== undefined)) {
    return `LinearStepSize must be given for the traffic routing type LINEAR and only then; the type is ${Type}.`;
  }
  for (const variant of green) {
    const problem =
      CanarySize === undefined
        ? LinearStepSize && tooLarge('LinearStepSize', LinearStepSize, variant, LINEAR_PERCENT)
        : tooLarge('CanarySize', CanarySize, variant, { least: 1, most: MOST_CANARY_PERCENT });
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}

function tooLarge(
  name: string,
  { Type, Value }: CapacitySize,
  { name: variant, instanceCount }: DeployedVariant,
  percent: { least: number; most: number },
): string | undefined {
  if (Type === 'CAPACITY_PERCENT' && (Value < percent.least || Value > percent.most)) {
    return `${name} must be ${percent.least} to ${percent.most} percent, not ${Value}.`;
  }
  const instances = Type === 'CAPACITY_PERCENT' ? 1 : Value;
  if (instances > (instanceCount * percent.most) / 100) {
    return (
      `${name} must be at most ${percent.most}% of the variant's instance count: ${instances} of ` +
      `${instanceCount} instance(s) of ${variant} is more.`
    );
  }
  return undefined;
}

function timeoutProblem(
  policy: NonNullable<DeploymentConfig['BlueGreenUpdatePolicy']>,
  green: readonly DeployedVariant[],
): string | undefined {
  const {
    TrafficRoutingConfiguration: routing,
    TerminationWaitInSeconds,
    MaximumExecutionTimeoutInSeconds,
  } = policy;
  const smallest = Math.min(...green.map(({ instanceCount }) => instanceCount));
  const waits =
    routing.Type === 'CANARY'
      ? 1
      : routing.Type === 'LINEAR' && routing.LinearStepSize !== undefined
        ? linearWaits(routing.LinearStepSize, smallest)
        : 0;
  const total = waits * routing.WaitIntervalInSeconds + (TerminationWaitInSeconds ?? 0);
  const timeout = MaximumExecutionTimeoutInSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  return total >= timeout
    ? `MaximumExecutionTimeoutInSeconds (${timeout}) must be more than all waits together (${total}).`
    : undefined;
}

function linearWaits({ Type, Value }: CapacitySize, instanceCount: number): number {
  const whole = Type === 'CAPACITY_PERCENT' ? 100 : instanceCount;
  return Math.ceil(whole / Value) - 1;
}
