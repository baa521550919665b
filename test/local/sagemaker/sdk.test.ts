import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InvokeEndpointCommand, ModelError, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, Harness, PYTHON, REGION } from './support/harness';
import { hostOverHttp } from './support/http-host';
import { startMiniStack } from './support/ministack';
import { createConfig, inferenceScript } from './support/models';

const run = promisify(execFile);

describe('an ordinary client', () => {
  let stack: Awaited<ReturnType<typeof startMiniStack>>;
  let harness: Harness;
  let host: Awaited<ReturnType<typeof hostOverHttp>>;
  beforeAll(async () => {
    stack = await startMiniStack();
    harness = await Harness.create({ endpointUrl: stack.url, objects: undefined, cloudWatchLogs: true });
    host = await hostOverHttp((request) => harness.service.handle(request));
  });
  afterAll(async () => {
    host?.server.close();
    await harness?.close();
    await stack?.stop();
  });

  it('trains, serves and captures with boto3 and S3', { timeout: 60_000 }, async () => {
    const script = join(__dirname, 'fixtures/boto3_client.py');
    const { stdout } = await run(PYTHON, [script, stack.url, host.url], {
      env: { PATH: process.env.PATH },
    }).catch((error) => {
      throw new Error(`${error.stderr}\n${harness.errors.join('\n')}`);
    });
    expect(stdout.trim()).toBe('all good');
  });
});

describe('the JavaScript SDK', () => {
  it('parses the error of a model', async () => {
    const harness = await Harness.create();
    const { server, url } = await hostOverHttp((request) => harness.service.handle(request));
    try {
      await createConfig(harness, 'parsed', inferenceScript('x'));
      await harness.call('CreateEndpoint', { EndpointName: 'parsed', EndpointConfigName: 'parsed' });
      await harness.endpointSettled('parsed');
      const client = new SageMakerRuntimeClient({
        endpoint: url,
        region: REGION,
        credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'local' },
        maxAttempts: 1,
      });
      const call = (body: string) =>
        client.send(
          new InvokeEndpointCommand({
            EndpointName: 'parsed',
            Body: Buffer.from(body),
            ContentType: 'text/csv',
            Accept: 'text/csv',
          }),
        );
      const answer = await call('a');
      expect([Buffer.from(answer.Body!).toString(), answer.InvokedProductionVariant]).toEqual([
        'x',
        'AllTraffic',
      ]);
      const error = await call('raise').catch((caught) => caught);
      expect(error).toBeInstanceOf(ModelError);
      expect(error).toMatchObject({ OriginalStatusCode: 500, OriginalMessage: "KeyError: 'broken row'" });
    } finally {
      server.close();
      await harness.close();
    }
  });
});
