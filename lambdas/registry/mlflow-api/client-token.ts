import { createHash } from 'node:crypto';
import type { ApiRequest } from './http';
import { Limit } from './limits';
import { checkLength } from './validation';

/**
 * What a caller that repeats a request names it by, in the header `Idempotency-Key`. MLflow's own client sends none;
 * two of its requests that look alike are two.
 *
 * @throws ApiError when it is longer than what is kept.
 */
export function clientToken({ headers }: ApiRequest): string | undefined {
  const token = headers['idempotency-key'] ?? headers['x-idempotency-key'];
  if (token === undefined || token === '') return undefined;
  checkLength('Idempotency-Key', token, Limit.IDEMPOTENCY_KEY);
  return token;
}

/** 32 hexadecimal digits that are the same for the same caller, kind and token; undefined without a token. */
export function idOfToken(request: ApiRequest, kind: string): string | undefined {
  const token = clientToken(request);
  if (token === undefined) return undefined;
  return createHash('sha256')
    .update(JSON.stringify([kind, request.principal, token]))
    .digest('hex')
    .slice(0, 32);
}
