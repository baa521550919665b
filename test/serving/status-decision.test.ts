import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideStatus, type StatusFacts } from '../../lambdas/serving/status-decision';
import { STATUSES } from './fake/statuses';

const OLD = 'flights-v1-aaaaaaaa';
const NEW = 'flights-v2-bbbbbbbb';
const DEADLINE = new Date('2013-02-01T02:00:00Z');

const facts = (overrides: Partial<StatusFacts>): StatusFacts => ({
  now: new Date('2013-02-01T00:10:00Z'),
  deadline: DEADLINE,
  endpointConfigName: NEW,
  creating: false,
  endpoint: { status: 'Updating', config: OLD },
  alarms: [],
  alarmsSeen: [],
  ...overrides,
});
const errors = {
  name: 'flights-server-errors',
  state: 'ALARM',
  reason: '0.5 was greater than 0.05',
} as const;
const errorsInWords = 'Alarm "flights-server-errors" fired: 0.5 was greater than 0.05';

describe('a deployment', () => {
  it('is live when the endpoint is in service with its configuration', () => {
    expect(decideStatus(facts({ endpoint: { status: 'InService', config: NEW } }))).toEqual({
      status: 'live',
      reasons: [`The endpoint serves configuration ${NEW}.`],
      alarmsSeen: [],
      deleteEndpoint: false,
    });
  });

  it('is rolled back when the endpoint is in service with the old configuration, even without a reason', () => {
    expect(decideStatus(facts({ endpoint: { status: 'InService', config: OLD } }))).toMatchObject({
      status: 'rolled-back',
      reasons: [
        `The endpoint went back to configuration ${OLD}.`,
        'SageMaker gave no reason, and no rollback alarm was seen in ALARM.',
      ],
    });
  });

  it('names the alarm that fired, also when it has recovered by the end of the rollback', () => {
    const during = decideStatus(facts({ alarms: [errors] }));
    expect(during).toMatchObject({ status: 'pending', alarmsSeen: [errorsInWords] });
    const end = decideStatus(
      facts({
        endpoint: { status: 'InService', config: OLD, failureReason: 'Alarms fired' },
        alarms: [{ ...errors, state: 'OK', reason: 'fine again' }],
        alarmsSeen: during.alarmsSeen,
      }),
    );
    expect(end).toMatchObject({
      status: 'rolled-back',
      reasons: [
        `The endpoint went back to configuration ${OLD}.`,
        errorsInWords,
        'SageMaker says: Alarms fired',
      ],
    });
  });

  it('remembers each alarm once', () => {
    const again = decideStatus(
      facts({ alarms: [{ ...errors, reason: 'more' }], alarmsSeen: [errorsInWords] }),
    );
    expect(again.alarmsSeen).toEqual([errorsInWords]);
  });

  it('has failed with an endpoint that failed, which is deleted only if it never served', () => {
    const endpoint = { status: 'Failed', config: NEW, failureReason: 'did not pass the ping health check' };
    expect(decideStatus(facts({ endpoint, creating: true }))).toMatchObject({
      status: 'failed',
      deleteEndpoint: true,
      reasons: ['The endpoint has failed.', 'SageMaker says: did not pass the ping health check'],
    });
    expect(decideStatus(facts({ endpoint }))).toMatchObject({ status: 'failed', deleteEndpoint: false });
  });

  it('has failed when the endpoint is gone, but not when it could not be described for a moment', () => {
    expect(
      decideStatus(facts({ endpoint: { error: 'Could not find endpoint "arn:flights".' } })),
    ).toMatchObject({
      status: 'failed',
      reasons: ['The endpoint is gone: something else deleted it.'],
    });
    expect(decideStatus(facts({ endpoint: { error: 'Rate exceeded' } })).status).toBe('pending');
  });

  it('has failed at the deadline, saying how far it came', () => {
    const decision = decideStatus(facts({ now: DEADLINE }));
    expect(decision).toMatchObject({
      status: 'failed',
      reasons: ['Not finished by 2013-02-01T02:00:00.000Z: the endpoint is Updating.'],
      deleteEndpoint: false,
    });
  });

  it('is pending in service while another configuration is still on its way', () => {
    const endpoint = { status: 'InService', config: OLD, pendingConfig: NEW };
    expect(decideStatus(facts({ endpoint })).status).toBe('pending');
  });

  it.each([
    ['OutOfService', 'failed'],
    ['Creating', 'pending'],
    ['Updating', 'pending'],
    ['SystemUpdating', 'pending'],
    ['RollingBack', 'pending'],
    ['InService', 'rolled-back'],
    ['Deleting', 'failed'],
    ['Failed', 'failed'],
    ['UpdateRollbackFailed', 'failed'],
  ])('with an endpoint %s and the old configuration is %s', (status, expected) => {
    expect(STATUSES).toContain(status);
    expect(decideStatus(facts({ endpoint: { status, config: OLD } })).status).toBe(expected);
  });

  it('is live only with its own configuration in service, and always says why', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STATUSES, 'SomethingNew'),
        fc.constantFrom(OLD, NEW),
        fc.option(fc.constantFrom(OLD, NEW), { nil: undefined }),
        fc.option(fc.string(), { nil: undefined }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (status, config, pendingConfig, failureReason, creating, late, firing) => {
          const decision = decideStatus(
            facts({
              now: late ? DEADLINE : facts({}).now,
              endpoint: { status, config, pendingConfig, failureReason },
              creating,
              alarms: firing ? [errors] : [],
            }),
          );
          const live = status === 'InService' && config === NEW && pendingConfig === undefined;
          expect(decision.status === 'live').toBe(live);
          expect(decision.reasons.length).toBeGreaterThan(0);
          if (late) expect(decision.status).not.toBe('pending');
          if (decision.deleteEndpoint) expect(status === 'Failed' && creating).toBe(true);
          if (firing && ['rolled-back', 'failed'].includes(decision.status) && status !== 'Deleting') {
            expect(decision.reasons).toContain(errorsInWords);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
