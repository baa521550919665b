import validate from 'asl-validator';
import { describe, expect, test } from 'vitest';
import { deployed } from './deployable-app';
import { validateRequests } from './python';
import { type Retrier, requestsOf, stateMachines, statesOf } from './state-machines';
import { resourcesOf } from './synthesise';

const machines = stateMachines(deployed());
const tasks = machines.flatMap(({ logicalId, definition }) =>
  [...statesOf(definition, logicalId)].filter(([, { Type }]) => Type === 'Task'),
);

const isRetried = ({ MaxAttempts }: Retrier) => MaxAttempts !== 0;

describe('the state machines', () => {
  test.each(machines.map((machine) => [machine.logicalId, machine] as const))(
    '%s is valid Amazon States Language',
    (_, { definition }) => {
      expect(validate(definition).errors).toEqual([]);
    },
  );

  test('bound how long each task may take', () => {
    expect(tasks.filter(([, state]) => state.TimeoutSeconds === undefined).map(([path]) => path)).toEqual([]);
  });

  test('say for each task what happens when it fails', () => {
    const silent = tasks.filter(([, state]) => state.Catch === undefined);
    // What records the end of a run has nothing after it: it retries, and then the execution fails, with an alarm.
    expect(silent.filter(([path]) => !/\/Conclude(Failed)?$/.test(path)).map(([path]) => path)).toEqual([]);
    expect(silent.filter(([, { Retry = [] }]) => !Retry.some(isRetried)).map(([path]) => path)).toEqual([]);
    const watched = resourcesOf(deployed(), 'AWS::CloudWatch::Alarm').filter(
      ([, { Properties }]) => Properties?.MetricName === 'ExecutionsFailed',
    );
    expect(watched.length).toBeGreaterThan(0);
  });

  test('spread their retries', () => {
    const lockstep = tasks.flatMap(([path, { Retry = [] }]) =>
      Retry.filter((retry) => isRetried(retry) && retry.JitterStrategy !== 'FULL').map(
        ({ ErrorEquals }) => `${path}: ${ErrorEquals}`,
      ),
    );
    expect(lockstep).toEqual([]);
  });

  test("make only requests that AWS's service models know", () => {
    const requests = machines.flatMap(requestsOf);
    expect(requests.some(({ service }) => service === 'sagemaker')).toBe(true);
    expect(validateRequests(requests)).toEqual([]);
  });
});
