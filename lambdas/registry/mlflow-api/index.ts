import type { APIGatewayProxyResult } from 'aws-lambda';
import { RegistryEnv } from '../../../lib/registry/contract';
import { type TokenPolicy, TrackingEnv } from '../../../lib/registry/tracking-contract';
import { dynamo, s3 } from '../../shared/clients';
import { requireEnv } from '../../shared/env';
import { publishEvent } from '../../shared/events';
import { logger } from '../../shared/logger';
import { s3Artifacts } from './artifacts/s3-artifacts';
import { composeService } from './compose';
import { createDispatch } from './dispatch';
import type { GatewayEvent } from './gateway-event';
import { createHandler } from './gateway-handler';

/** Of the memory that the construct gives; the rest is for the runtime and the reply. */
const SEARCH_MEMORY_SHARE = 0.4;

function memoryBytes(): number | undefined {
  const megabytes = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  return Number.isFinite(megabytes) ? megabytes * 1024 * 1024 * SEARCH_MEMORY_SHARE : undefined;
}

function tokenPolicy(): TokenPolicy | undefined {
  const policy = process.env[TrackingEnv.TOKEN_POLICY];
  return policy === undefined || policy === '' ? undefined : (JSON.parse(policy) as TokenPolicy);
}

const service = composeService({
  client: dynamo(),
  tableName: requireEnv(RegistryEnv.TABLE),
  artifacts: s3Artifacts(s3(), requireEnv(TrackingEnv.ARTIFACT_ROOT)),
  publish: publishEvent,
  searchMemoryBytes: memoryBytes(),
});

const answer = createHandler({ dispatch: createDispatch({ service, logger }), tokenPolicy: tokenPolicy() });

/** MLflow's tracking and registry API, behind API Gateway. */
export const handler = (event: GatewayEvent): Promise<APIGatewayProxyResult> => answer(event);
