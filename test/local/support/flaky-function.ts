/**
 * A function that fails `failures` times, by the name in `error`, then answers; calls are counted by `counter` in a file,
 * which outlives the worker.
 */
export const FLAKY_FUNCTION = `
const { readFileSync, writeFileSync, existsSync } = require('node:fs');
const { tmpdir } = require('node:os');
exports.handler = async (event) => {
  if (event.sleepMs) await new Promise((resolve) => setTimeout(resolve, event.sleepMs));
  const file = tmpdir() + '/calls-' + (event.counter ?? 'none');
  const calls = existsSync(file) ? Number(readFileSync(file)) + 1 : 1;
  if (event.counter) writeFileSync(file, String(calls));
  if (calls <= (event.failures ?? 0)) {
    const error = new Error('call ' + calls);
    error.name = event.error ?? 'Flaky';
    throw error;
  }
  return { calls, item: event.item ?? null };
};`;

/** A Task state that calls the function. */
export function callTo(functionArn: string, payload: object, more: object = {}): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: functionArn, Payload: payload },
    Output: '{% $states.result.Payload %}',
    End: true,
    ...more,
  };
}

/** A state machine of one state. */
export function single(state: object): object {
  return { StartAt: 'Only', States: { Only: state } };
}
