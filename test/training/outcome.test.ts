import { describe, expect, it } from 'vitest';
import { failureInWords } from '../../lambdas/training/failure';
import { outcomeOf } from '../../lambdas/training/outcome';

describe('a failure in words', () => {
  it('of a job is its own reason, not the dump of its description', () => {
    const Cause = JSON.stringify({
      TrainingJobName: 'flights-data-1-train-0',
      TrainingJobStatus: 'Failed',
      FailureReason: 'AlgorithmError: ExecuteUserScriptError: KeyError: late',
    });
    expect(failureInWords({ Error: 'States.TaskFailed', Cause })).toBe(
      'training job flights-data-1-train-0 ended as Failed: AlgorithmError: ExecuteUserScriptError: KeyError: late',
    );
  });

  it('of a processing job prefers what the script said', () => {
    const Cause = JSON.stringify({
      ProcessingJobName: 'p',
      ProcessingJobStatus: 'Stopped',
      ExitMessage: 'too few rows',
    });
    expect(failureInWords({ Cause })).toBe('processing job p ended as Stopped: too few rows');
  });

  it('of a function is its message', () => {
    const Cause = JSON.stringify({
      errorType: 'FencedError',
      errorMessage: 'the lease has passed on',
      trace: [],
    });
    expect(failureInWords({ Error: 'FencedError', Cause })).toBe('FencedError: the lease has passed on');
  });

  it('of a nested execution is its cause', () => {
    const ExecutionArn = 'arn:aws:states:us-east-1:1:execution:deployment:data-1-v2';
    const Cause = JSON.stringify({ ExecutionArn, Status: 'TIMED_OUT' });
    expect(failureInWords({ Error: 'States.TaskFailed', Cause })).toBe(
      'execution data-1-v2 ended as TIMED_OUT',
    );
  });

  it('without any structure is what there is, cut to a readable length', () => {
    expect(failureInWords({ Error: 'States.Timeout' })).toMatch(/took longer than its time limit/);
    expect(failureInWords({ Error: 'X', Cause: 'y'.repeat(5000) })).toHaveLength(1000);
    expect(failureInWords({})).toBe('an error without a name');
  });
});

describe('the outcome of a run', () => {
  const verdict = { accepted: true, reasons: ['ROC AUC 0.9 meets the floor 0.5'] };

  it('is what the deployment said when there was one', () => {
    expect(
      outcomeOf({
        verdict,
        registered: { version: 3 },
        deployed: { status: 'rolled-back', reasons: ['5xx alarm'] },
      }),
    ).toEqual({
      status: 'FINISHED',
      modelVersion: 3,
      deployment: 'rolled-back',
      reasons: [...verdict.reasons, '5xx alarm'],
    });
  });

  it('is a registered version when nothing deploys', () => {
    expect(outcomeOf({ verdict, registered: { version: 3 } })).toEqual({
      status: 'FINISHED',
      modelVersion: 3,
      reasons: verdict.reasons,
    });
  });

  it('is a rejection with the numbers', () => {
    expect(outcomeOf({ verdict: { accepted: false, reasons: ['worse'] } })).toEqual({
      status: 'REJECTED',
      deployment: 'rejected',
      reasons: ['worse'],
    });
  });

  it('is a failure with its cause, and what was registered before it stays known', () => {
    expect(
      outcomeOf({ verdict, registered: { version: 3 }, error: { Error: 'States.Timeout' } }),
    ).toMatchObject({
      status: 'FAILED',
      modelVersion: 3,
      failure: expect.stringContaining('time limit'),
    });
  });

  it('is a failed deployment of a finished run when the deployment itself broke', () => {
    expect(
      outcomeOf({ verdict, registered: { version: 3 }, deploymentError: { Error: 'E', Cause: 'c' } }),
    ).toMatchObject({
      status: 'FINISHED',
      deployment: 'failed',
      failure: 'the deployment failed: E: c',
    });
  });
});
