import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { RegistryEnv } from '../../../lib/registry/contract';
import { endpointNameOf, PREDICT_TIMEOUT_SECONDS, ServingEnv } from '../../../lib/serving/contract';
import { registryStore } from '../../registry/registry-store';
import { dynamo } from '../../shared/clients';
import { systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { logger } from '../../shared/logger';
import { LiveModelReader } from './champion';
import { createHandler } from './handler';

const model = requireEnv(ServingEnv.MODEL_NAME);
// The attempts are counted here, by what the error means for a deployment; the SDK makes none of its own.
const runtime = new SageMakerRuntimeClient({ maxAttempts: 1 });

/** `POST /predictions`. */
export const handler = createHandler({
  model,
  live: new LiveModelReader(registryStore(dynamo(), requireEnv(RegistryEnv.TABLE)), model, systemClock),
  invoke: async ({ body, inferenceId, timeoutMilliseconds }) => {
    const answer = await runtime.send(
      new InvokeEndpointCommand({
        EndpointName: endpointNameOf(model),
        ContentType: 'text/csv',
        Accept: 'text/csv',
        InferenceId: inferenceId,
        Body: Buffer.from(body, 'utf8'),
      }),
      { abortSignal: AbortSignal.timeout(Math.ceil(timeoutMilliseconds)) },
    );
    return Buffer.from(answer.Body ?? []).toString('utf8');
  },
  newId: randomUUID,
  budgetMilliseconds: (PREDICT_TIMEOUT_SECONDS - 2) * 1000,
  elapsed: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: Math.random,
  logger,
});
