import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Harness, IMAGE, ROLE } from './support/harness';
import { createModel, inferenceScript, variant } from './support/models';
import { trainingRequest } from './support/sources';

describe('the control plane', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.create();
    await createModel(harness, 'Scorer', inferenceScript('x'));
  });
  afterAll(() => harness.close());

  const arn = (rest: string) => `arn:aws:sagemaker:us-east-1:000000000000:${rest}`;

  it.each([
    ['DescribeTrainingJob', { TrainingJobName: 'none' }, 'Requested resource not found.'],
    ['StopTrainingJob', { TrainingJobName: 'none' }, 'Requested resource not found.'],
    ['DescribeProcessingJob', { ProcessingJobName: 'none' }, 'Could not find requested job'],
    ['DescribeModel', { ModelName: 'None' }, `Could not find model "${arn('model/none')}".`],
    ['DeleteModel', { ModelName: 'none' }, `Could not find model "${arn('model/none')}".`],
    [
      'DescribeEndpointConfig',
      { EndpointConfigName: 'none' },
      `Could not find endpoint configuration "${arn('endpoint-config/none')}".`,
    ],
    ['DescribeEndpoint', { EndpointName: 'none' }, `Could not find endpoint "${arn('endpoint/none')}".`],
    ['DeleteEndpoint', { EndpointName: 'none' }, `Could not find endpoint "${arn('endpoint/none')}".`],
    [
      'CreateEndpoint',
      { EndpointName: 'e', EndpointConfigName: 'none' },
      `Could not find endpoint configuration "${arn('endpoint-config/none')}".`,
    ],
    [
      'CreateEndpointConfig',
      { EndpointConfigName: 'e', ProductionVariants: [variant('none')] },
      `Could not find model "${arn('model/none')}".`,
    ],
    ['ListTags', { ResourceArn: arn('model/none') }, `Could not find resource "${arn('model/none')}".`],
  ])('answers %s for something that is not there as AWS does', async (operation, input, message) => {
    expect(await harness.refusal(operation, input)).toEqual({ code: 'ValidationException', message });
  });

  it('refuses names that exist', async () => {
    const model = { ModelName: 'Scorer', PrimaryContainer: { Image: IMAGE } };
    expect(await harness.refusal('CreateModel', model)).toEqual({
      code: 'ValidationException',
      message: `Cannot create already existing model "${arn('model/scorer')}".`,
    });
    const job = await trainingRequest(harness, 'twice', 'pass');
    await harness.call('CreateTrainingJob', job);
    expect(await harness.refusal('CreateTrainingJob', job)).toEqual({
      code: 'ResourceInUse',
      message: expect.stringContaining(`already exists (${arn('training-job/twice')})`),
    });
    await harness.trainingEnded('twice');
    expect((await harness.refusal('CreateTrainingJob', job)).code).toBe('ResourceInUse');
  });

  it('reports every violation of the service model in one message', async () => {
    expect(
      await harness.refusal('CreateTrainingJob', {
        TrainingJobName: 'not_a_name!',
        AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'Carrier' },
        RoleArn: ROLE,
        StoppingCondition: { MaxRuntimeInSeconds: 0 },
      }),
    ).toEqual({
      code: 'ValidationException',
      message:
        "4 validation errors detected: Value null at 'outputDataConfig' failed to satisfy constraint: Member must " +
        "not be null; Value 'not_a_name!' at 'trainingJobName' failed to satisfy constraint: Member must satisfy " +
        "regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}; Value 'Carrier' at " +
        "'algorithmSpecification.trainingInputMode' failed to satisfy constraint: Member must satisfy enum value " +
        "set: [Pipe, File, FastFile]; Value '0' at 'stoppingCondition.maxRuntimeInSeconds' failed to satisfy " +
        'constraint: Member must have value greater than or equal to 1',
    });
  });

  it.each([
    ['{"ModelName": 3}', 'SerializationException', 'modelName: number is not a String'],
    ['{', 'SerializationException', 'The request body is not valid JSON'],
    ['[]', 'SerializationException', 'The request body is not a JSON object'],
  ])('says what is wrong with the body %s', async (body, code, message) => {
    expect(await harness.refusal('DescribeModel', body)).toEqual({ code, message });
  });

  it('names the field that it can not honour instead of leaving it out', async () => {
    const job = await trainingRequest(harness, 'demanding', 'pass');
    const refusal = (extra: object) => harness.refusal('CreateTrainingJob', { ...job, ...extra });
    expect(
      await refusal({ ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 2, VolumeSizeInGB: 1 } }),
    ).toEqual({
      code: 'ValidationException',
      message:
        'The laptop runtime does not support ResourceConfig.InstanceCount 2. It trains on one instance.',
    });
    expect((await refusal({ RetryStrategy: { MaximumRetryAttempts: 2 } })).message).toBe(
      'The laptop runtime does not support "RetryStrategy" of CreateTrainingJob. Leave it out to run this on the laptop.',
    );
    expect((await refusal({ HyperParametres: {} })).message).toContain('SageMaker has no such parameter');
    expect(
      (await refusal({ StoppingCondition: { MaxRuntimeInSeconds: 9, MaxWaitTimeInSeconds: 9 } })).message,
    ).toContain('only supported when EnableManagedSpotTraining is true');
  });

  it('says that an operation is not supported, and which are', async () => {
    const { code, message } = await harness.refusal('CreateHyperParameterTuningJob', {});
    expect(code).toBe('UnknownOperationException');
    expect(message).toContain('does not support the SageMaker operation CreateHyperParameterTuningJob');
    expect(message).toContain('CreateTrainingJob');
  });

  it('leaves requests for other services alone', async () => {
    const headers = { 'x-amz-target': 'DynamoDB_20120810.GetItem' };
    const request = {
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      headers,
      body: Buffer.from('{}'),
    };
    expect(await harness.service.handle(request)).toBeUndefined();
    expect(
      await harness.service.handle({ ...request, method: 'GET', path: '/endpoints/a/invocations' }),
    ).toBeUndefined();
  });

  it('keeps tags from creation on, changes and removes them', async () => {
    await harness.call('CreateModel', {
      ModelName: 'tagged',
      PrimaryContainer: { Image: IMAGE },
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    });
    const ResourceArn = arn('model/tagged');
    await harness.call('AddTags', { ResourceArn, Tags: [{ Key: 'b', Value: '3' }] });
    await harness.call('DeleteTags', { ResourceArn, TagKeys: ['a'] });
    expect(await harness.call('ListTags', { ResourceArn })).toEqual({ Tags: [{ Key: 'b', Value: '3' }] });
    await harness.call('DeleteModel', { ModelName: 'tagged' });
    expect((await harness.refusal('ListTags', { ResourceArn })).message).toContain('Could not find resource');
  });

  it('lists by name, in pages', async () => {
    for (const name of ['page-c', 'page-a', 'page-b']) {
      await harness.call('CreateModel', { ModelName: name, PrimaryContainer: { Image: IMAGE } });
    }
    const query = { NameContains: 'PAGE', SortBy: 'Name', SortOrder: 'Ascending', MaxResults: 2 };
    const first = await harness.call('ListModels', query);
    const second = await harness.call('ListModels', { ...query, NextToken: first.NextToken });
    const names = ({ Models }: { Models: { ModelName: string }[] }) =>
      Models.map(({ ModelName }) => ModelName);
    expect(names(first)).toEqual(['page-a', 'page-b']);
    expect(names(second)).toEqual(['page-c']);
    expect(second.NextToken).toBeUndefined();
    expect((await harness.refusal('ListModels', { NextToken: 'invented' })).message).toBe(
      'Invalid NextToken.',
    );
  });

  it('lists jobs by status', async () => {
    await harness.call('CreateTrainingJob', await trainingRequest(harness, 'listed', 'raise SystemExit(1)'));
    await harness.trainingEnded('listed');
    const { TrainingJobSummaries } = await harness.call('ListTrainingJobs', {
      StatusEquals: 'Failed',
      NameContains: 'listed',
    });
    expect(TrainingJobSummaries).toEqual([
      {
        TrainingJobName: 'listed',
        TrainingJobArn: arn('training-job/listed'),
        TrainingJobStatus: 'Failed',
        SecondaryStatus: 'Failed',
        CreationTime: expect.any(Number),
        LastModifiedTime: expect.any(Number),
        TrainingEndTime: expect.any(Number),
      },
    ]);
  });
});
