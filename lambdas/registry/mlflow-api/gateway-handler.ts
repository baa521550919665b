import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { APIGatewayProxyResult } from 'aws-lambda';
import {
  accessOfGroups,
  includes,
  requiredAccess,
  type TokenPolicy,
} from '../../../lib/registry/tracking-contract';
import type { Dispatch } from './dispatch';
import { ApiError, endpointNotFound, errorResponse } from './errors';
import {
  claimsOf,
  type GatewayEvent,
  MAX_REPLY_BYTES,
  principalOf,
  requestOf,
  resultOf,
} from './gateway-event';
import { groupsOf } from './gateway-groups';
import type { ApiRequest, ApiResponse } from './http';

export interface GatewayDeps {
  readonly dispatch: Dispatch;
  /** What callers with a token may do. @default - such callers are refused */
  readonly tokenPolicy?: TokenPolicy;
}

/** Smaller replies are not worth compressing. */
const GZIP_FROM_BYTES = 1024;
const compress = promisify(gzip);

/** Answers events of API Gateway. Nothing is done for callers that nobody has identified. */
export function createHandler({ dispatch, tokenPolicy }: GatewayDeps) {
  return async (event: GatewayEvent): Promise<APIGatewayProxyResult> => {
    try {
      const principal = principalOf(event);
      if (principal === undefined) {
        throw new ApiError(
          'UNAUTHENTICATED',
          'Sign the request (MLFLOW_TRACKING_AWS_SIGV4=true) or send a token.',
        );
      }
      const request = requestOf(event, principal);
      const claims = claimsOf(event);
      if (claims !== undefined) authorize(tokenPolicy, claims, request);
      return await encode(await dispatch(request), request.headers['accept-encoding']);
    } catch (error) {
      const refusal = errorResponse(error);
      if (refusal === undefined) throw error;
      return resultOf(refusal.status, refusal.headers, refusal.body as string);
    }
  };
}

/** @throws ApiError when the groups of the token do not allow the call. IAM has checked callers that sign. */
function authorize(
  policy: TokenPolicy | undefined,
  claims: Readonly<Record<string, unknown>>,
  { method, path, headers }: ApiRequest,
): void {
  const needed = requiredAccess(method, path);
  if (needed === undefined) throw endpointNotFound(method, path);
  const held =
    policy === undefined ? undefined : accessOfGroups(policy, groupsOf(headers, claims, policy.groupsClaim));
  if (held === undefined || !includes(held, needed)) {
    throw new ApiError(
      'PERMISSION_DENIED',
      `${method} ${path} needs the permission to ${needed}; this token allows ${held === undefined ? 'nothing' : `to ${held}`}.`,
    );
  }
}

async function encode(response: ApiResponse, accepted: string | undefined): Promise<APIGatewayProxyResult> {
  const { status, headers } = response;
  const body = await whole(response.body);
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  if (bytes.length >= GZIP_FROM_BYTES && /\bgzip\b/.test(accepted ?? '')) {
    const { 'content-length': _length, ...others } = headers;
    return resultOf(
      status,
      { ...others, 'content-encoding': 'gzip', vary: 'accept-encoding' },
      await compress(bytes),
    );
  }
  return resultOf(status, headers, body);
}

/** @throws ApiError when a file is larger than a reply may be. */
async function whole(body: string | Buffer | Readable): Promise<string | Buffer> {
  if (typeof body === 'string' || Buffer.isBuffer(body)) return body;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MAX_REPLY_BYTES) {
      body.destroy();
      throw new ApiError(
        'INVALID_PARAMETER_VALUE',
        `The artifact has more than ${MAX_REPLY_BYTES} bytes: read it from S3, or by a presigned URL.`,
      );
    }
  }
  return Buffer.concat(chunks);
}
