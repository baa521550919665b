import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, APIGatewayProxyResult } from 'aws-lambda';
import { ApiError } from './errors';
import type { ApiRequest } from './http';

/** An event of API Gateway: of a REST API (payload 1.0, also of HTTP APIs that ask for it) or an HTTP API (2.0). */
export type GatewayEvent = APIGatewayProxyEvent | APIGatewayProxyEventV2;

const isV2 = (event: GatewayEvent): event is APIGatewayProxyEventV2 =>
  (event as APIGatewayProxyEventV2).version === '2.0';

/** The request of an event. The principal is decided apart. */
export function requestOf(event: GatewayEvent, principal: string): ApiRequest {
  const base = isV2(event)
    ? {
        method: event.requestContext.http.method,
        path: withoutStage(event.rawPath, event.requestContext.stage),
        rawQuery: event.rawQueryString,
      }
    : { method: event.httpMethod, path: event.path, rawQuery: queryOf(event) };
  return { ...base, headers: headersOf(event), body: bodyOf(event), principal };
}

/** Who asks, or undefined when nobody proved who it is: an IAM caller's ARN, or the subject of a verified token. */
export function principalOf(event: GatewayEvent): string | undefined {
  const claims = claimsOf(event);
  // A person reads the e-mail address; the subject never passes to somebody else.
  const names = [claims?.email, claims?.sub].filter((name) => typeof name === 'string' && name !== '');
  if (names.length > 0) return names.length === 2 ? `${names[0]} (${names[1]})` : String(names[0]);
  const arn = isV2(event)
    ? (event.requestContext as { authorizer?: { iam?: { userArn?: string } } }).authorizer?.iam?.userArn
    : event.requestContext.identity?.userArn;
  return arn === undefined || arn === null || arn === '' ? undefined : arn;
}

/** Claims of a token that API Gateway verified; undefined for callers that signed with IAM credentials. */
export function claimsOf(event: GatewayEvent): Readonly<Record<string, unknown>> | undefined {
  const authorizer = (event.requestContext as { authorizer?: Record<string, unknown> | null }).authorizer;
  const jwt = authorizer?.jwt as { claims?: Record<string, unknown> } | undefined;
  return jwt?.claims ?? (authorizer?.claims as Record<string, unknown> | undefined);
}

function withoutStage(path: string, stage: string): string {
  const prefix = `/${stage}`;
  if (stage === '$default' || !path.startsWith(`${prefix}/`)) return path;
  return path.slice(prefix.length);
}

/** Payload 1.0 has decoded the query: it is encoded again, repeated keys as repeated keys. */
function queryOf(event: APIGatewayProxyEvent): string {
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(event.multiValueQueryStringParameters ?? {})) {
    for (const value of values ?? []) query.append(name, value);
  }
  return query.toString();
}

/** By their names in lower case. One that was sent several times has all its values, separated by commas. */
function headersOf(event: GatewayEvent): ApiRequest['headers'] {
  const lower: Record<string, string | undefined> = Object.create(null);
  for (const [name, value] of Object.entries(event.headers ?? {})) lower[name.toLowerCase()] = value;
  if (isV2(event)) return lower;
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {})) {
    if (values !== undefined && values.length > 1) lower[name.toLowerCase()] = values.join(', ');
  }
  return lower;
}

function bodyOf(event: GatewayEvent): Buffer {
  const { body, isBase64Encoded } = event;
  if (body === undefined || body === null) return Buffer.alloc(0);
  return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
}

/** Lambda answers at most 6 MB, counted as it is encoded; a little stays for the envelope and the headers. */
export const MAX_REPLY_BYTES = 6 * 1024 * 1024 - 64 * 1024;

/** @throws ApiError when the reply is larger than Lambda may answer. */
export function resultOf(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
): APIGatewayProxyResult {
  const isBinary = Buffer.isBuffer(body);
  const encoded = isBinary ? body.toString('base64') : body;
  const bytes = isBinary ? encoded.length : Buffer.byteLength(encoded);
  if (bytes > MAX_REPLY_BYTES) {
    throw new ApiError(
      'INVALID_PARAMETER_VALUE',
      `The reply has ${bytes} bytes; at most ${MAX_REPLY_BYTES} can be answered. Ask for fewer results, or read artifacts from S3.`,
    );
  }
  return { statusCode: status, headers: { ...headers }, body: encoded, isBase64Encoded: isBinary };
}
