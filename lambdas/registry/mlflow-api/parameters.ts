import type { Shape } from './decode';
import { ApiError, invalidParameter } from './errors';
import type { ApiRequest } from './http';

type Parameters = Readonly<Record<string, unknown>>;

/**
 * What a request says, before it is checked against a shape: the query of a GET that has one, else the JSON body.
 *
 * @throws ApiError when a POST or PUT is not JSON by its content type, or the body is no JSON object.
 */
export function readParameters(request: ApiRequest, shape: Shape): Parameters {
  if (request.method === 'GET' && request.rawQuery !== '') return fromQuery(request.rawQuery, shape);
  if (request.method === 'POST' || request.method === 'PUT') requireJson(request.headers['content-type']);
  return parseBody(request.body);
}

function requireJson(contentType: string | undefined): void {
  if (contentType === undefined) {
    throw invalidParameter('Bad Request. Content-Type header is missing.');
  }
  if (contentType.split(';')[0]!.trim().toLowerCase() !== 'application/json') {
    throw invalidParameter("Bad Request. Content-Type must be one of ['application/json'].");
  }
}

/** Old clients send the JSON text of a JSON text: it is decoded twice. */
function parseBody(body: Buffer): Parameters {
  if (body.length === 0) return {};
  let value = parse(body.toString('utf8'));
  if (typeof value === 'string') value = parse(value);
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new ApiError('BAD_REQUEST', 'The body of the request must be a JSON object.');
  }
  return value as Parameters;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiError('BAD_REQUEST', `The body of the request is not JSON: ${(error as Error).message}`);
  }
}

/** Repeated keys make lists; what the shape says is no list takes the first. */
function fromQuery(rawQuery: string, shape: Shape): Parameters {
  const query = new URLSearchParams(rawQuery);
  const parameters: Record<string, unknown> = {};
  for (const name in shape) {
    const values = query.getAll(name);
    if (values.length === 0) continue;
    const field = shape[name]!;
    if (field.kind === 'list') parameters[name] = values;
    else parameters[name] = field.kind === 'bool' ? toBoolean(values[0]!) : values[0];
  }
  return parameters;
}

function toBoolean(text: string): boolean {
  const lower = text.toLowerCase();
  if (lower !== 'true' && lower !== 'false') {
    throw invalidParameter(`Invalid boolean value: ${text}, must be 'true' or 'false'.`);
  }
  return lower === 'true';
}
