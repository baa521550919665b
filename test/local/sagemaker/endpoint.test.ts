import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Harness } from './support/harness';
import { canary, createConfig, createModel, inferenceScript, variant } from './support/models';
import { isAlive } from './support/processes';

describe('an endpoint', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.create({ invocationTimeoutSeconds: 1 });
    await createConfig(harness, 'one', inferenceScript('one'));
    await createConfig(harness, 'two', inferenceScript('two'));
    await harness.call('CreateEndpoint', { EndpointName: 'served', EndpointConfigName: 'one' });
    await harness.endpointSettled('served');
  });
  afterAll(() => harness.close());

  const describeEndpoint = (name = 'served') => harness.call('DescribeEndpoint', { EndpointName: name });

  it('answers requests and says which variant did', async () => {
    expect(await harness.invoke('served', 'a\nb')).toMatchObject({
      status: 200,
      body: 'one\none',
      headers: { 'content-type': 'text/csv', 'x-amzn-invoked-production-variant': 'AllTraffic' },
    });
    expect(await describeEndpoint()).toMatchObject({
      EndpointArn: 'arn:aws:sagemaker:us-east-1:000000000000:endpoint/served',
      EndpointConfigName: 'one',
      EndpointStatus: 'InService',
      ProductionVariants: [
        {
          VariantName: 'AllTraffic',
          CurrentWeight: 1,
          DesiredWeight: 1,
          CurrentInstanceCount: 2,
          DesiredInstanceCount: 2,
        },
      ],
    });
  });

  it('counts requests and errors with their dimensions', async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    harness.metrics.length = 0;
    await harness.invoke('served', 'fine');
    await harness.invoke('served', 'raise');
    const requests = () => harness.metrics.filter(({ namespace }) => namespace === 'AWS/SageMaker');
    await expect.poll(() => requests().length).toBe(14);
    const values = (name: string) =>
      harness.metrics.filter(({ metricName }) => metricName === name).map(({ value }) => value);
    expect(values('Invocations')).toEqual([1, 1]);
    expect(values('Invocation5XXErrors')).toEqual([0, 1]);
    expect(values('Invocation4XXErrors')).toEqual([0, 0]);
    expect(values('InvocationModelErrors')).toEqual([0, 1]);
    expect(values('InvocationsPerInstance')).toEqual([0.5, 0.5]);
    expect(values('ModelLatency').every((value) => value > 0)).toBe(true);
    expect(new Set(requests().map(({ dimensions }) => JSON.stringify(dimensions)))).toEqual(
      new Set(['{"EndpointName":"served","VariantName":"AllTraffic"}']),
    );
  });

  it('measures CPU and memory once a virtual minute', async () => {
    const named = (name: string) => harness.metrics.filter(({ metricName }) => metricName === name);
    await expect.poll(() => named('MemoryUtilization').length, { timeout: 3000 }).toBeGreaterThan(1);
    expect(named('MemoryUtilization')[0]).toMatchObject({
      namespace: '/aws/sagemaker/Endpoints',
      dimensions: { EndpointName: 'served', VariantName: 'AllTraffic' },
      unit: 'Percent',
    });
    expect(named('MemoryUtilization')[0]!.value).toBeGreaterThan(0);
    expect(named('CPUUtilization').length).toBe(named('MemoryUtilization').length);
  });

  it('hands the error of a model to the caller as AWS words it', async () => {
    const answer = await harness.invoke('served', 'raise');
    expect(answer.status).toBe(424);
    expect(answer.headers['x-amzn-errortype']).toBe('ModelError');
    expect(JSON.parse(answer.body)).toEqual({
      ErrorCode: 'ModelError',
      OriginalStatusCode: 500,
      OriginalMessage: "KeyError: 'broken row'",
      LogStreamArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/sagemaker/Endpoints/served',
      Message:
        'Received server error (500) from primary with message "KeyError: \'broken row\'". See ' +
        'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logEventViewer:group=' +
        '/aws/sagemaker/Endpoints/served in account 000000000000 for more information.',
    });
  });

  it('gives up on a model that takes too long', async () => {
    const answer = await harness.invoke('served', 'sleep');
    expect(answer.status).toBe(424);
    expect(JSON.parse(answer.body)).toMatchObject({
      OriginalStatusCode: 0,
      OriginalMessage: expect.stringContaining('Your invocation timed out while waiting for a response'),
    });
  });

  it('refuses unknown endpoints, unknown variants and bodies that are too large', async () => {
    const message = async (endpoint: string, body: string | Buffer, headers = {}) => {
      const answer = await harness.invoke(endpoint, body, headers);
      expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([400, 'ValidationError']);
      return JSON.parse(answer.body).Message;
    };
    expect(await message('nobody', 'a')).toBe('Endpoint nobody of account 000000000000 not found.');
    expect(await message('served', 'a', { 'x-amzn-sagemaker-target-variant': 'Blue' })).toBe(
      'Production variant Blue of endpoint served not found.',
    );
    expect(await message('served', Buffer.alloc(6_291_457, 'a'))).toContain('less than or equal to 6291456');
  });

  it('starts a model again that ended by itself', async () => {
    await createConfig(harness, 'mortal', inferenceScript('mortal'));
    await harness.call('CreateEndpoint', { EndpointName: 'mortal', EndpointConfigName: 'mortal' });
    await harness.endpointSettled('mortal');
    expect((await harness.invoke('mortal', 'crash')).status).toBe(424);
    await expect.poll(async () => (await harness.invoke('mortal', 'a')).status, { timeout: 8000 }).toBe(200);
  });

  it('fails to be created when the model does not answer pings, and can then only be deleted', async () => {
    await createConfig(harness, 'ill', 'raise ImportError("no such library")');
    await harness.call('CreateEndpoint', { EndpointName: 'ill', EndpointConfigName: 'ill' });
    expect(await harness.endpointSettled('ill')).toMatchObject({
      EndpointStatus: 'Failed',
      FailureReason:
        'The primary container for production variant AllTraffic did not pass the ping health check. ' +
        'Please check CloudWatch logs for this endpoint.',
    });
    const update = { EndpointName: 'ill', EndpointConfigName: 'one' };
    expect((await harness.refusal('UpdateEndpoint', update)).message).toContain('in status Failed');
    await harness.call('DeleteEndpoint', { EndpointName: 'ill' });
    await expect
      .poll(() => harness.send('DescribeEndpoint', { EndpointName: 'ill' }).then(({ status }) => status))
      .toBe(400);
  });

  it('says that the model data is not there', async () => {
    await createConfig(harness, 'gone', inferenceScript('gone'));
    await harness.store.delete('bucket', 'models/gone.tar.gz');
    await harness.call('CreateEndpoint', { EndpointName: 'gone', EndpointConfigName: 'gone' });
    expect((await harness.endpointSettled('gone')).FailureReason).toContain(
      'Failed to download model data for container "container_1" from URL: "s3://bucket/models/gone.tar.gz"',
    );
  });

  it('splits traffic by weight, honours TargetVariant and changes weights without new processes', async () => {
    await createModel(harness, 'left', inferenceScript('left'));
    await createModel(harness, 'right', inferenceScript('right'));
    await harness.call('CreateEndpointConfig', {
      EndpointConfigName: 'both',
      ProductionVariants: [variant('left', 1, 1, 'Left'), variant('right', 1, 0, 'Right')],
    });
    await harness.call('CreateEndpoint', { EndpointName: 'both', EndpointConfigName: 'both' });
    await harness.endpointSettled('both');
    const processes = harness.service.processIds();
    const tally = async () => {
      const answers = await Promise.all(Array.from({ length: 40 }, () => harness.invoke('both', 'a')));
      return new Set(answers.map(({ body }) => body));
    };
    expect(await tally()).toEqual(new Set(['left']));
    expect(await harness.invoke('both', 'a', { 'x-amzn-sagemaker-target-variant': 'Right' })).toMatchObject({
      body: 'right',
      headers: { 'x-amzn-invoked-production-variant': 'Right' },
    });

    await harness.call('UpdateEndpointWeightsAndCapacities', {
      EndpointName: 'both',
      DesiredWeightsAndCapacities: [{ VariantName: 'Right', DesiredWeight: 1, DesiredInstanceCount: 3 }],
    });
    expect(await describeEndpoint('both')).toMatchObject({
      EndpointStatus: 'Updating',
      ProductionVariants: [
        { CurrentWeight: 1 },
        { CurrentWeight: 0, DesiredWeight: 1, DesiredInstanceCount: 3 },
      ],
    });
    expect(await harness.endpointSettled('both')).toMatchObject({
      ProductionVariants: [{ CurrentWeight: 1 }, { CurrentWeight: 1, CurrentInstanceCount: 3 }],
    });
    expect(await tally()).toEqual(new Set(['left', 'right']));
    expect(harness.service.processIds()).toEqual(processes);
  });

  it('moves all at once to a new configuration without a policy, and keeps refusing changes meanwhile', async () => {
    await harness.call('CreateEndpoint', { EndpointName: 'moved', EndpointConfigName: 'one' });
    expect(await harness.refusal('DeleteEndpoint', { EndpointName: 'moved' })).toEqual({
      code: 'ValidationException',
      message:
        'Cannot update in-progress endpoint "arn:aws:sagemaker:us-east-1:000000000000:endpoint/moved".',
    });
    await harness.endpointSettled('moved');
    const update = { EndpointName: 'moved', EndpointConfigName: 'two' };
    await harness.call('UpdateEndpoint', update);
    expect(await describeEndpoint('moved')).toMatchObject({
      EndpointStatus: 'Updating',
      EndpointConfigName: 'one',
      PendingDeploymentSummary: { EndpointConfigName: 'two' },
    });
    expect((await harness.refusal('UpdateEndpoint', update)).message).toContain(
      'Cannot update in-progress endpoint',
    );
    const done = await harness.endpointSettled('moved');
    expect(done).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'two' });
    expect(done.PendingDeploymentSummary).toBeUndefined();
    expect((await harness.invoke('moved', 'a')).body).toBe('two');
  });

  it('refuses a canary on one instance and one with other variants', async () => {
    await harness.call('CreateEndpointConfig', {
      EndpointConfigName: 'single',
      ProductionVariants: [variant('two', 1)],
    });
    const update = { EndpointName: 'served', DeploymentConfig: canary() };
    expect(
      (await harness.refusal('UpdateEndpoint', { ...update, EndpointConfigName: 'single' })).message,
    ).toBe(
      "CanarySize must be at most 50% of the variant's instance count: 1 of 1 instance(s) of AllTraffic is more.",
    );
    await harness.call('CreateEndpointConfig', {
      EndpointConfigName: 'renamed',
      ProductionVariants: [variant('two', 2, 1, 'Other')],
    });
    expect(
      (await harness.refusal('UpdateEndpoint', { ...update, EndpointConfigName: 'renamed' })).message,
    ).toContain(
      'same production variant names in both endpoint configurations: AllTraffic serve now, the new ones are Other',
    );
  });

  it('ends its processes when it is deleted', async () => {
    const before = harness.service.processIds();
    await harness.call('CreateEndpoint', { EndpointName: 'brief', EndpointConfigName: 'one' });
    await harness.endpointSettled('brief');
    const [pid] = harness.service.processIds().filter((id) => !before.includes(id));
    await harness.call('DeleteEndpoint', { EndpointName: 'brief' });
    expect((await harness.invoke('brief', 'a')).status).toBe(400);
    await expect.poll(() => isAlive(pid!)).toBe(false);
    expect(
      harness.events
        .filter(({ resources }) => resources?.[0]?.endsWith('/brief'))
        .map(({ detail }) => (detail as { EndpointStatus: string }).EndpointStatus),
    ).toEqual(['CREATING', 'IN_SERVICE', 'DELETING']);
  });
});
