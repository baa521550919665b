import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Harness } from './support/harness';
import { createConfig, inferenceScript } from './support/models';

const capture = {
  EnableCapture: true,
  InitialSamplingPercentage: 100,
  DestinationS3Uri: 's3://bucket/captures',
  CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
  CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'] },
};

describe('data capture', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.create();
    await createConfig(harness, 'seen', inferenceScript('yes'), { DataCaptureConfig: capture });
    await harness.call('CreateEndpoint', { EndpointName: 'seen', EndpointConfigName: 'seen' });
    await harness.endpointSettled('seen');
  });
  afterAll(() => harness.close());

  const records = async (prefix: string) => {
    const keys = await harness.store.keys('bucket', prefix);
    const texts = await Promise.all(keys.map((key) => harness.store.text('bucket', key)));
    return texts.flatMap((text) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  };

  it('writes answered requests as lines of files by endpoint, variant and hour', async () => {
    const { DataCaptureConfig } = await harness.call('DescribeEndpoint', { EndpointName: 'seen' });
    expect(DataCaptureConfig).toEqual({
      EnableCapture: true,
      CaptureStatus: 'Started',
      CurrentSamplingPercentage: 100,
      DestinationS3Uri: 's3://bucket/captures',
      KmsKeyId: '',
    });
    await harness.invoke('seen', '1,2\n3,4', { 'x-amzn-sagemaker-inference-id': 'abc' });
    await harness.invoke('seen', 'raise');
    await harness.invoke('seen', '5,6', { 'x-amzn-sagemaker-custom-attributes': 'trace=7' });
    await expect.poll(() => records('captures/seen/'), { timeout: 5000 }).toHaveLength(2);

    const [key] = await harness.store.keys('bucket', 'captures/seen/');
    expect(key).toMatch(
      /^captures\/seen\/AllTraffic\/\d{4}\/\d\d\/\d\d\/\d\d\/\d\d-\d\d-\d{3}-[0-9a-f-]{36}\.jsonl$/,
    );
    const [first, second] = await records('captures/seen/');
    expect(first).toEqual({
      captureData: {
        endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data: '1,2\n3,4', encoding: 'CSV' },
        endpointOutput: {
          observedContentType: 'text/csv',
          mode: 'OUTPUT',
          data: 'yes\nyes',
          encoding: 'CSV',
        },
      },
      eventMetadata: {
        eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        inferenceId: 'abc',
        inferenceTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
      eventVersion: '0',
    });
    expect(second.eventMetadata.customAttributes).toEqual(['trace=7']);
  });

  it('writes what is left when the endpoint is deleted', async () => {
    await harness.call('CreateEndpoint', { EndpointName: 'last', EndpointConfigName: 'seen' });
    await harness.endpointSettled('last');
    await harness.invoke('last', 'a');
    await harness.call('DeleteEndpoint', { EndpointName: 'last' });
    await expect.poll(() => records('captures/last/')).toHaveLength(1);
  });

  it('writes what is left when the service closes', async () => {
    const closing = await Harness.create();
    await createConfig(closing, 'brief', inferenceScript('yes'), { DataCaptureConfig: capture });
    await closing.call('CreateEndpoint', { EndpointName: 'brief', EndpointConfigName: 'brief' });
    await closing.endpointSettled('brief');
    await closing.invoke('brief', 'a');
    await closing.service.close();
    expect(await closing.store.keys('bucket', 'captures/brief/')).toHaveLength(1);
    expect(closing.metrics.filter(({ metricName }) => metricName === 'Invocations')).toHaveLength(1);
    await closing.close();
  });
});
