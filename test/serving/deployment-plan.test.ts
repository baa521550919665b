import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALARM_GRACE_SECONDS, type PlanFacts, planDeployment } from '../../lambdas/serving/deployment-plan';
import { STATUSES } from './fake/statuses';

const START = new Date('2013-02-01T00:00:00Z');
const later = (seconds: number) => new Date(START.getTime() + seconds * 1000);

const facts = (overrides: Partial<PlanFacts>): PlanFacts => ({
  now: START,
  waitingSince: START,
  turnSince: START,
  turnLimitSeconds: 7200,
  endpoint: { status: 'InService', config: 'flights-v1-aaaaaaaa' },
  alarms: [],
  endpointConfigName: 'flights-v2-bbbbbbbb',
  features: ['delay', 'carrier'],
  championFeatures: ['delay', 'carrier'],
  ...overrides,
});
const firing = [{ name: 'flights-server-errors', state: 'ALARM', reason: 'too many' }] as const;

describe('a deployment', () => {
  it('creates the endpoint when there is none', () => {
    expect(planDeployment(facts({ endpoint: undefined }))).toMatchObject({
      outcome: 'create',
      creating: true,
    });
  });

  it('updates an endpoint that serves another configuration', () => {
    expect(planDeployment(facts({}))).toEqual({
      outcome: 'update',
      creating: false,
      reasons: ['The endpoint is InService with configuration flights-v1-aaaaaaaa: traffic is shifted.'],
    });
  });

  it.each([
    [['delay', 'carrier', 'origin'], 'carrier, origin added; distance removed'],
    [['distance', 'delay'].reverse(), 'in another order'],
    [['distance'], 'delay removed'],
  ])('is refused while the champion reads other features than %s', (features, difference) => {
    const plan = facts({ features, championFeatures: ['distance', 'delay'] });
    expect(planDeployment(plan)).toMatchObject({
      outcome: 'refused',
      reasons: [expect.stringContaining(`The features are not the champion's (${difference}): `)],
    });
    expect(planDeployment({ ...plan, endpoint: undefined }).outcome).toBe('create');
    expect(
      planDeployment({ ...plan, endpoint: { status: 'Failed', config: 'flights-v1-aaaaaaaa' } }).outcome,
    ).toBe('replace');
    expect(planDeployment({ ...plan, championFeatures: undefined }).outcome).toBe('update');
  });

  it('waits for the deployment that holds the lease', () => {
    expect(planDeployment(facts({ leaseHolder: 'deploy-1' }))).toEqual({
      outcome: 'wait',
      waitSeconds: 30,
      reasons: ['Waiting: deployment "deploy-1" is in progress.'],
    });
  });

  it('gives up when its turn does not come, and says for what it waited', () => {
    expect(planDeployment(facts({ leaseHolder: 'deploy-1', now: later(7200) }))).toEqual({
      outcome: 'refused',
      reasons: ['Gave up after waiting 7200 s for its turn: deployment "deploy-1" is in progress.'],
    });
  });

  it('gives up beginning what SageMaker refused until the limit, but not what has just become possible', () => {
    const update = facts({ now: later(7200), previousOutcome: 'update' });
    expect(planDeployment(update)).toEqual({
      outcome: 'refused',
      reasons: [
        'Gave up after 7200 s: SageMaker refuses again and again to update the endpoint. The history of the execution has its words.',
      ],
    });
    expect(planDeployment({ ...update, now: later(7199) }).outcome).toBe('update');
    expect(planDeployment({ ...update, previousOutcome: 'wait' }).outcome).toBe('update');
    expect(planDeployment({ ...update, endpoint: undefined, previousOutcome: 'replace' }).outcome).toBe(
      'create',
    );
  });

  it.each(['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'])(
    'waits while the endpoint is %s',
    (status) => {
      const plan = planDeployment(facts({ endpoint: { status, config: 'flights-v1-aaaaaaaa' } }));
      expect(plan).toMatchObject({ outcome: 'wait', reasons: [`Waiting: the endpoint is ${status}.`] });
    },
  );

  it('replaces an endpoint that has failed', () => {
    const endpoint = { status: 'Failed', config: 'flights-v1-aaaaaaaa', failureReason: 'no capacity' };
    expect(planDeployment(facts({ endpoint }))).toEqual({
      outcome: 'replace',
      creating: true,
      reasons: ['The endpoint has failed (no capacity): it is replaced.'],
    });
  });

  it('takes up what it has begun already, after a reply that was lost', () => {
    const pending = {
      status: 'Updating',
      config: 'flights-v1-aaaaaaaa',
      pendingConfig: 'flights-v2-bbbbbbbb',
    };
    expect(planDeployment(facts({ endpoint: pending }))).toMatchObject({ outcome: 'adopt', creating: false });
    const creating = { status: 'Creating', config: 'flights-v2-bbbbbbbb' };
    expect(planDeployment(facts({ endpoint: creating }))).toMatchObject({ outcome: 'adopt', creating: true });
  });

  it('lets an alarm of the deployment before recover, for ten minutes from its own turn on', () => {
    const early = planDeployment(facts({ alarms: firing, now: later(ALARM_GRACE_SECONDS - 1) }));
    expect(early).toMatchObject({
      outcome: 'wait',
      reasons: [
        'Waiting: rollback alarm "flights-server-errors" is in ALARM from before and would end the deployment at once.',
      ],
    });
    const late = planDeployment(facts({ alarms: firing, now: later(ALARM_GRACE_SECONDS) }));
    expect(late.outcome).toBe('update');
    expect(late.reasons).toContain(
      'Rollback alarm "flights-server-errors" is still in ALARM after 600 s: the live model may be the cause.',
    );
    const waitedForLease = planDeployment(
      facts({ alarms: firing, now: later(5000), turnSince: later(4990) }),
    );
    expect(waitedForLease.outcome).toBe('wait');
  });

  it('never touches an endpoint while another deployment or a change is in progress', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STATUSES),
        fc.boolean(),
        fc.integer({ min: 0, max: 9000 }),
        (status, leased, seconds) => {
          const plan = planDeployment(
            facts({
              now: later(seconds),
              leaseHolder: leased ? 'other' : undefined,
              endpoint: { status, config: 'flights-v1-aaaaaaaa' },
            }),
          );
          const changing = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'].includes(
            status,
          );
          if (leased || changing) {
            expect(plan.outcome).toBe(seconds >= 7200 ? 'refused' : 'wait');
          } else {
            expect(plan.outcome).toBe(status === 'Failed' ? 'replace' : 'update');
          }
        },
      ),
    );
  });
});
