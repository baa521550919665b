import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeploymentConfig } from '../../../local/sagemaker/state/records';
import { deploymentProblem } from '../../../local/sagemaker/traffic/check-deployment';
import { chooseGreen, chooseVariant } from '../../../local/sagemaker/traffic/choose';
import { instancesOf, planDeployment } from '../../../local/sagemaker/traffic/deployment-plan';

type Policy = NonNullable<DeploymentConfig['BlueGreenUpdatePolicy']>;

const size = (Type: 'INSTANCE_COUNT' | 'CAPACITY_PERCENT', Value: number) => ({ Type, Value });
const canary = (canarySize: ReturnType<typeof size>, wait = 60): Policy => ({
  TrafficRoutingConfiguration: { Type: 'CANARY', WaitIntervalInSeconds: wait, CanarySize: canarySize },
  TerminationWaitInSeconds: 30,
});
const linear = (stepSize: ReturnType<typeof size>, wait = 60): Policy => ({
  TrafficRoutingConfiguration: { Type: 'LINEAR', WaitIntervalInSeconds: wait, LinearStepSize: stepSize },
});

describe('the choice of a variant', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 });

  it('gives each variant its weight’s share and never one without weight', () => {
    fc.assert(
      fc.property(weights, (given) => {
        const variants = given.map((weight, index) => ({ name: `${index}`, weight }));
        const total = given.reduce((sum, weight) => sum + weight, 0);
        const draws = Math.max(1, total) * 8;
        const counts = new Map<string, number>();
        for (let draw = 0; draw < draws; draw += 1) {
          const chosen = chooseVariant(variants, (draw + 0.5) / draws);
          expect(chosen === undefined).toBe(total === 0);
          counts.set(chosen?.name ?? '', (counts.get(chosen?.name ?? '') ?? 0) + 1);
        }
        if (total > 0) {
          expect(variants.map(({ name }) => counts.get(name) ?? 0)).toEqual(
            given.map((weight) => weight * 8),
          );
        }
      }),
    );
  });

  it('sends nothing to green at share 0 and everything at share 1', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        expect(chooseGreen(0, random)).toBe(false);
        expect(chooseGreen(1, random)).toBe(true);
      }),
    );
  });
});

describe('the plan of a deployment', () => {
  it('moves everything at once without a policy', () => {
    expect(planDeployment([2], undefined)).toEqual([
      { activeInstances: [2], greenShare: 1, bakeSeconds: 0, last: true },
    ]);
  });

  it('is two steps for a canary', () => {
    expect(planDeployment([4], canary(size('CAPACITY_PERCENT', 30)))).toEqual([
      { activeInstances: [1], greenShare: 0.25, bakeSeconds: 60, last: false },
      { activeInstances: [4], greenShare: 1, bakeSeconds: 30, last: true },
    ]);
  });

  it('goes up in equal steps for a linear shift', () => {
    expect(
      planDeployment([4], linear(size('INSTANCE_COUNT', 1))).map(({ greenShare }) => greenShare),
    ).toEqual([0.25, 0.5, 0.75, 1]);
    expect(
      planDeployment([10], linear(size('CAPACITY_PERCENT', 40))).map(({ greenShare }) => greenShare),
    ).toEqual([0.4, 0.8, 1]);
  });

  it('always rises to the whole traffic, and only the last step ends it', () => {
    const policies = fc.oneof(
      fc.constant(undefined),
      fc.integer({ min: 1, max: 50 }).map((percent) => canary(size('CAPACITY_PERCENT', percent))),
      fc.integer({ min: 10, max: 50 }).map((percent) => linear(size('CAPACITY_PERCENT', percent))),
      fc.integer({ min: 1, max: 8 }).map((count) => linear(size('INSTANCE_COUNT', count))),
    );
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 16 }), policies, (instances, policy) => {
        const steps = planDeployment([instances], policy);
        const shares = steps.map(({ greenShare }) => greenShare);
        expect(shares).toEqual([...shares].sort((a, b) => a - b));
        expect(new Set(shares).size).toBe(shares.length);
        expect(shares.at(-1)).toBe(1);
        expect(steps.map(({ last }) => last)).toEqual(steps.map((_, index) => index === steps.length - 1));
        for (const { activeInstances, greenShare } of steps) {
          expect(activeInstances[0]! / instances).toBe(greenShare);
        }
      }),
    );
  });

  it('never makes a canary of no instance', () => {
    expect(instancesOf(size('CAPACITY_PERCENT', 1), 2)).toBe(1);
    expect(instancesOf(size('CAPACITY_PERCENT', 50), 3)).toBe(1);
  });
});

describe('the check of a deployment configuration', () => {
  const two = [{ name: 'AllTraffic', instanceCount: 2 }];
  const problem = (policy: Policy, green = two, blue = two) =>
    deploymentProblem({ BlueGreenUpdatePolicy: policy }, blue, green);

  it('takes what can be carried out', () => {
    expect(problem(canary(size('CAPACITY_PERCENT', 50)))).toBeUndefined();
    expect(problem(canary(size('INSTANCE_COUNT', 1)))).toBeUndefined();
    expect(problem(linear(size('CAPACITY_PERCENT', 50)))).toBeUndefined();
    expect(deploymentProblem(undefined, two, [{ name: 'Other', instanceCount: 1 }])).toBeUndefined();
  });

  it.each([
    [canary(size('CAPACITY_PERCENT', 51)), 'CanarySize must be 1 to 50 percent, not 51.'],
    [canary(size('INSTANCE_COUNT', 2)), '2 of 2 instance(s) of AllTraffic is more'],
    [linear(size('CAPACITY_PERCENT', 5)), 'LinearStepSize must be 10 to 50 percent, not 5.'],
    [
      { TrafficRoutingConfiguration: { Type: 'CANARY' as const, WaitIntervalInSeconds: 0 } },
      'CanarySize must be given for the traffic routing type CANARY and only then',
    ],
    [
      {
        TrafficRoutingConfiguration: {
          Type: 'ALL_AT_ONCE' as const,
          WaitIntervalInSeconds: 0,
          CanarySize: size('INSTANCE_COUNT', 1),
        },
      },
      'the type is ALL_AT_ONCE',
    ],
    [
      { ...canary(size('CAPACITY_PERCENT', 50), 600), MaximumExecutionTimeoutInSeconds: 630 },
      'MaximumExecutionTimeoutInSeconds (630) must be more than all waits together (630).',
    ],
    [
      { ...linear(size('CAPACITY_PERCENT', 10), 100), MaximumExecutionTimeoutInSeconds: 900 },
      'must be more than all waits together (900)',
    ],
  ])('refuses %j', (policy, message) => {
    const green = message.includes('CanarySize must be at most')
      ? two
      : [
          {
            name: 'AllTraffic',
            instanceCount: policy.TrafficRoutingConfiguration.Type === 'LINEAR' ? 10 : 2,
          },
        ];
    expect(problem(policy as Policy, green)).toContain(message);
  });
});
