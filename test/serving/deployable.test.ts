import { describe, expect, it } from 'vitest';
import { whyNotDeployed } from '../../lambdas/serving/deployable';
import { aVersion } from '../registry/samples';

const version = { ...aVersion(), version: 3 };
const asked = { requestedBy: 'ada', requestedAt: '2013-02-01T00:00:00.000Z' };

describe('a version', () => {
  it('may be deployed when it is approved, or was registered before there were approvals', () => {
    expect(whyNotDeployed(version)).toBeUndefined();
    expect(whyNotDeployed({ ...version, approval: { ...asked, status: 'APPROVED' } })).toBeUndefined();
  });

  it('is not deployed while it waits for approval', () => {
    expect(whyNotDeployed({ ...version, approval: { ...asked, status: 'PENDING' } })).toBe(
      'Version 3 of model "flights" waits for approval since 2013-02-01T00:00:00.000Z: approve it first (flywheel models approve 3).',
    );
  });

  it('is not deployed after it was rejected, and the refusal says by whom and why', () => {
    const approval = {
      ...asked,
      status: 'REJECTED' as const,
      decidedBy: 'grace',
      decidedAt: '2013-02-02T00:00:00.000Z',
      decision: 'biased',
    };
    expect(whyNotDeployed({ ...version, approval })).toBe(
      'Version 3 of model "flights" was rejected by grace at 2013-02-02T00:00:00.000Z: biased.',
    );
  });

  it('is not deployed after it was deleted', () => {
    expect(whyNotDeployed({ ...version, deletedAt: '2013-02-02T00:00:00.000Z' })).toBe(
      'Version 3 of model "flights" was deleted at 2013-02-02T00:00:00.000Z: deploy another one.',
    );
  });
});
