import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Harness } from './support/harness';
import { canary, createConfig, inferenceScript } from './support/models';

describe('an update with deployment guardrails', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.create();
    await createConfig(harness, 'old', inferenceScript('old'));
    await createConfig(harness, 'new', inferenceScript('new'));
    await createConfig(harness, 'ill', 'raise ImportError("no such library")');
    harness.alarms.set('errors', 'OK');
  });
  afterAll(() => harness.close());

  const serve = async (name: string) => {
    await harness.call('CreateEndpoint', { EndpointName: name, EndpointConfigName: 'old' });
    await harness.endpointSettled(name);
  };
  const update = (name: string, config: string, deployment: object) =>
    harness.call('UpdateEndpoint', {
      EndpointName: name,
      EndpointConfigName: config,
      DeploymentConfig: deployment,
    });
  const baking = (name: string) =>
    harness.until(
      'DescribeEndpoint',
      { EndpointName: name },
      ({ PendingDeploymentSummary }) =>
        PendingDeploymentSummary?.ProductionVariants[0].VariantStatus[0].Status === 'Baking',
    );
  const answers = async (name: string, count = 60) => {
    const all = await Promise.all(Array.from({ length: count }, () => harness.invoke(name, 'a')));
    return all.map(({ body }) => body);
  };

  it('gives the canary its share, bakes twice in virtual time and then serves the new configuration', async () => {
    await serve('promoted');
    const began = Date.now();
    await update('promoted', 'new', canary('errors', 900));
    const pending = await baking('promoted');
    harness.metrics.length = 0;
    const mixed = await answers('promoted');

    expect(pending).toMatchObject({
      EndpointStatus: 'Updating',
      EndpointConfigName: 'old',
      PendingDeploymentSummary: {
        EndpointConfigName: 'new',
        ProductionVariants: [
          {
            VariantName: 'AllTraffic',
            CurrentInstanceCount: 2,
            VariantStatus: [
              {
                Status: 'Baking',
                StatusMessage:
                  'Baking for 900 seconds (WaitIntervalInSeconds) with traffic enabled on canary capacity of 1 instance(s).',
              },
            ],
          },
        ],
      },
    });
    const share = mixed.filter((body) => body === 'new').length / mixed.length;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.8);
    const requests = () => harness.metrics.filter(({ namespace }) => namespace === 'AWS/SageMaker');
    await expect.poll(() => requests().length).toBe(60 * 14);
    const perConfig = requests().filter(({ dimensions }) => dimensions.EndpointConfigName !== undefined);
    expect(new Set(perConfig.map(({ dimensions }) => dimensions.EndpointConfigName))).toEqual(
      new Set(['old', 'new']),
    );

    const done = await harness.endpointSettled('promoted');
    expect(done).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: 'new',
      LastDeploymentConfig: canary('errors', 900),
    });
    expect(done.FailureReason).toBeUndefined();
    expect(new Set(await answers('promoted', 10))).toEqual(new Set(['new']));
    // 900 + 120 virtual seconds at 600 times the speed
    expect(Date.now() - began).toBeGreaterThan(1700);
    expect(
      harness.events
        .filter((event) => event.detailType === 'SageMaker Endpoint Deployment State Change')
        .map(
          ({ detail }) =>
            (detail as typeof pending).PendingDeploymentSummary.ProductionVariants[0].VariantStatus[0].Status,
        ),
    ).toEqual(['Creating', 'ActivatingTraffic', 'Baking', 'ActivatingTraffic', 'Baking', 'Deleting']);
  });

  it('takes all traffic back when an alarm rings during the bake', async () => {
    await serve('rolled');
    const before = harness.service.processIds().length;
    await update('rolled', 'new', canary('errors', 1500));
    await baking('rolled');
    harness.alarms.set('errors', 'ALARM');
    const done = await harness.endpointSettled('rolled');
    harness.alarms.set('errors', 'OK');

    expect(done).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: 'old',
      FailureReason:
        'The deployment of endpoint configuration "new" was rolled back: CloudWatch alarm(s) in ALARM state: errors.',
    });
    expect(done.PendingDeploymentSummary).toBeUndefined();
    expect(new Set(await answers('rolled', 20))).toEqual(new Set(['old']));
    expect(harness.service.processIds().length).toBe(before);
  });

  it('does not even start when an alarm already rings', async () => {
    await serve('ringing');
    harness.alarms.set('errors', 'ALARM');
    await update('ringing', 'new', canary('errors'));
    const done = await harness.endpointSettled('ringing');
    harness.alarms.set('errors', 'OK');
    expect(done).toMatchObject({
      EndpointConfigName: 'old',
      FailureReason: expect.stringContaining('ALARM state: errors'),
    });
  });

  it('rolls back when an alarm does not exist: what is not watched is not safe', async () => {
    await serve('unwatched');
    await update('unwatched', 'new', canary('no-such-alarm'));
    expect(await harness.endpointSettled('unwatched')).toMatchObject({
      EndpointConfigName: 'old',
      FailureReason: expect.stringContaining('alarm(s) not found: no-such-alarm'),
    });
  });

  it('keeps the old configuration when the new model does not become healthy', async () => {
    await serve('unhealthy');
    await update('unhealthy', 'ill', canary('errors'));
    expect(await harness.endpointSettled('unhealthy')).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: 'old',
      FailureReason:
        'The primary container for production variant AllTraffic did not pass the ping health check. ' +
        'Please check CloudWatch logs for this endpoint.',
    });
    expect(new Set(await answers('unhealthy', 5))).toEqual(new Set(['old']));
  });
});
