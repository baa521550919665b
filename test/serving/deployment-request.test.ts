import { describe, expect, it } from 'vitest';
import { parseDeploymentRequest } from '../../lambdas/serving/deployment-request';

describe('the input of a deployment', () => {
  it('needs a model and a version; the rest has defaults', () => {
    expect(parseDeploymentRequest({ model: 'flights', version: 3 }, 'flights').request).toEqual({
      model: 'flights',
      version: 3,
      trigger: 'manual',
      reasons: [],
    });
  });

  it('names every field that is wrong', () => {
    const { problems } = parseDeploymentRequest(
      { model: 'flights', version: '3', trigger: 'magic', colour: 'red' },
      'flights',
    );
    expect(problems).toHaveLength(3);
    expect(problems?.join('\n')).toMatch(/"version".*\n.*"trigger".*\n.*colour/);
  });

  it('is refused for another model', () => {
    expect(parseDeploymentRequest({ model: 'trains', version: 1 }, 'flights').problems).toEqual([
      'The input asks for model "trains", but this state machine deploys model "flights".',
    ]);
  });

  it.each([undefined, null, [], 'x', 7])('is refused when it is %j', (input) => {
    expect(parseDeploymentRequest(input, 'flights').problems).toHaveLength(1);
  });
});
