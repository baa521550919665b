import { describe, expect, it } from 'vitest';
import { deploymentOutcome } from '../../lambdas/serving/deployment-outcome';

describe('the outcome of a deployment', () => {
  it('is what was seen at the endpoint, with what failed afterwards', () => {
    const failure = { step: 'deleteEndpoint', error: 'SageMaker.SageMakerException', cause: 'in-progress' };
    expect(deploymentOutcome({ check: { status: 'failed', reasons: ['It has failed.'] }, failure })).toEqual({
      status: 'failed',
      reasons: ['It has failed.', 'deleteEndpoint failed: SageMaker.SageMakerException: in-progress'],
    });
    expect(deploymentOutcome({ check: { status: 'live', reasons: ['It serves.'] }, failure: {} })).toEqual({
      status: 'live',
      reasons: ['It serves.'],
    });
  });

  it('is a failure with the message of what was caught', () => {
    const cause = JSON.stringify({ errorType: 'Error', errorMessage: 'no table', trace: ['...'] });
    expect(
      deploymentOutcome({
        check: { status: 'pending' },
        failure: { step: 'checkDeployment', error: 'Error', cause },
      }),
    ).toEqual({ status: 'failed', reasons: ['checkDeployment failed: Error: no table'] });
  });

  it('is a failure with the reasons of a plan that was refused', () => {
    const plan = { outcome: 'refused', reasons: ['Model "flights" has no version 9.'] };
    expect(deploymentOutcome({ plan, check: {}, failure: {} })).toEqual({
      status: 'failed',
      reasons: ['Model "flights" has no version 9.'],
    });
  });

  it('is never a success by default', () => {
    expect(deploymentOutcome({}).status).toBe('failed');
    expect(deploymentOutcome({ check: { status: 'pending' } }).status).toBe('failed');
    expect(deploymentOutcome({ check: { status: 'Live' } }).status).toBe('failed');
  });
});
