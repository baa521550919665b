import { describe, expect, it } from 'vitest';
import { LEASE_SECONDS } from '../../lib/serving/contract';
import { POLL_SECONDS, type State } from '../../lib/serving/definition-states';
import { deploymentDefinition } from '../../lib/serving/deployment-definition';
import { OPTIONS } from './fake/deployment-world';

const { States } = deploymentDefinition(OPTIONS) as { States: Record<string, State> };

interface Retrier {
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds: number;
}

/** Seconds that a task takes at most when each of its retriers is used up. */
function longest(task: State): number {
  const retriers = task.Retry as Retrier[];
  const attempts = retriers.reduce((sum, { MaxAttempts }) => sum + MaxAttempts, 1);
  const delays = retriers.flatMap(({ IntervalSeconds, BackoffRate, MaxAttempts, MaxDelaySeconds }) =>
    Array.from({ length: MaxAttempts }, (_, i) =>
      Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** i),
    ),
  );
  return attempts * (task.TimeoutSeconds as number) + delays.reduce((sum, delay) => sum + delay, 0);
}

/** The calls of SageMaker after a plan has renewed the lease and before a check does. */
const BETWEEN = [
  ['CreateModel', 'CreateEndpointConfig', 'UpdateEndpoint', 'DescribeEndpoint'],
  ['CreateModel', 'CreateEndpointConfig', 'CreateEndpoint', 'DescribeEndpoint'],
];

describe('the lease of a deployment', () => {
  it.each(BETWEEN.flatMap((chain) => chain.map((slow) => ({ chain, slow }))))(
    'outlasts $chain when $slow is repeated to the end',
    ({ chain, slow }) => {
      const others = chain
        .filter((name) => name !== slow)
        .map((name) => States[name]!.TimeoutSeconds as number);
      const calls = others.reduce((sum, seconds) => sum + seconds, longest(States[slow]!));
      const check = States.CheckDeployment!.TimeoutSeconds as number;
      expect(longest(States[slow]!)).toBe(2415);
      expect(LEASE_SECONDS).toBeGreaterThan(calls + POLL_SECONDS + check);
    },
  );
});
