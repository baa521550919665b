import validate from 'asl-validator';
import { describe, expect, test } from 'vitest';
import { deployed } from './deployable-app';
import { validateRequests } from './python';
import { requestsOf, stateMachines, statesOf } from './state-machines';

const machines = stateMachines(deployed());
const tasks = machines.flatMap(({ logicalId, definition }) =>
  [...statesOf(definition, logicalId)].filter(([, { Type }]) => Type === 'Task'),
);

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
    expect(tasks.filter(([, state]) => state.Catch === undefined).map(([path]) => path)).toEqual([]);
  });

  test('spread their retries', () => {
    const lockstep = tasks.flatMap(([path, { Retry = [] }]) =>
      Retry.filter(({ JitterStrategy }) => JitterStrategy !== 'FULL').map(
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
