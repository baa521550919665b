import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyFailure, retryDelay, withRetries } from '../../../lambdas/serving/predict/retry';

const modelError = (status: number) =>
  Object.assign(new Error('Received server error'), {
    name: 'ModelError',
    OriginalStatusCode: status,
    OriginalMessage: 'boom',
  });
const named = (name: string, message = 'no') => Object.assign(new Error(message), { name });

/** A clock that moves only while something sleeps or is called. */
function manual(callMilliseconds = 0) {
  let now = 0;
  const calls: number[] = [];
  return {
    calls,
    deps: {
      elapsed: () => now,
      sleep: async (milliseconds: number) => {
        now += milliseconds;
      },
      random: () => 0.999,
    },
    call: (outcomes: (string | Error)[]) => async (left: number) => {
      calls.push(left);
      now += callMilliseconds;
      const outcome = outcomes[Math.min(calls.length, outcomes.length) - 1]!;
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  };
}

describe('an error of the endpoint', () => {
  it.each([
    [modelError(500), true, 502, 'ModelError'],
    [modelError(503), true, 502, 'ModelError'],
    [modelError(400), false, 400, 'RejectedByModel'],
    [named('ServiceUnavailable'), true, 503, 'ModelUnavailable'],
    [named('InternalFailure'), true, 503, 'ModelUnavailable'],
    [named('InternalDependencyException'), true, 503, 'ModelUnavailable'],
    [named('ModelNotReadyException'), true, 503, 'ModelUnavailable'],
    [named('ThrottlingException'), true, 503, 'ModelUnavailable'],
    [named('TimeoutError'), false, 504, 'ModelTimeout'],
    [named('AbortError'), false, 504, 'ModelTimeout'],
    [named('ValidationError', 'Endpoint flights of account 1 not found.'), false, 503, 'NoLiveModel'],
  ])('%s is tried again: %s, else answered %s', (error, retry, statusCode, code) => {
    const failure = classifyFailure(error);
    expect(failure.retry).toBe(retry);
    expect(failure.answer).toMatchObject({ statusCode, code });
  });

  it('that is none of its own is handed on as it is, for the log', () => {
    const error = named('AccessDeniedException', 'secret detail');
    expect(classifyFailure(error)).toEqual({ retry: false, answer: error });
  });
});

describe('retries', () => {
  it('hide server errors of a canary from the caller', async () => {
    const { deps, call, calls } = manual();
    const outcomes = [modelError(500), modelError(500), 'scores'];
    expect(await withRetries({ attempts: 10, budgetMilliseconds: 1000 }, deps, call(outcomes))).toBe(
      'scores',
    );
    expect(calls).toHaveLength(3);
  });

  it('end with the last error when the attempts are used up', async () => {
    const { deps, call, calls } = manual();
    await expect(
      withRetries({ attempts: 2, budgetMilliseconds: 1000 }, deps, call([modelError(500)])),
    ).rejects.toMatchObject({ statusCode: 502, message: 'The model failed: boom' });
    expect(calls).toHaveLength(2);
  });

  it('are not made for errors that would come again', async () => {
    const { deps, call, calls } = manual();
    await expect(
      withRetries({ attempts: 10, budgetMilliseconds: 1000 }, deps, call([modelError(415)])),
    ).rejects.toMatchObject({ code: 'RejectedByModel' });
    expect(calls).toHaveLength(1);
  });

  it('never go beyond the time there is', async () => {
    const { deps, call, calls } = manual(400);
    await expect(
      withRetries({ attempts: 10, budgetMilliseconds: 1000 }, deps, call([modelError(500)])),
    ).rejects.toMatchObject({ code: 'ModelError' });
    expect(calls.length).toBeLessThanOrEqual(3);
    expect(calls.every((left) => left > 0 && left <= 1000)).toBe(true);
    expect(deps.elapsed()).toBeLessThanOrEqual(1000 + 400);
  });

  it('give each attempt a whole number of milliseconds, which is all that a timeout takes', async () => {
    const { deps, call, calls } = manual(0.3);
    await withRetries({ attempts: 3, budgetMilliseconds: 1000.5 }, deps, call([modelError(500), 'scores']));
    expect(calls.every(Number.isInteger)).toBe(true);
  });

  it('wait with jitter, never longer than the cap', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.double({ min: 0, max: 0.9999, noNaN: true }), (attempt, random) => {
        expect(retryDelay(attempt, random)).toBeGreaterThanOrEqual(0);
        expect(retryDelay(attempt, random)).toBeLessThan(400);
      }),
    );
    expect(retryDelay(0, 0.999)).toBeLessThan(25);
    expect(retryDelay(10, 0.999)).toBeGreaterThan(390);
  });
});
