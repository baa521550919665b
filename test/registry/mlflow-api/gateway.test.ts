import { gunzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import type { GatewayEvent } from '../../../lambdas/registry/mlflow-api/gateway-event';
import { createHandler } from '../../../lambdas/registry/mlflow-api/gateway-handler';
import { type ApiRequest, json } from '../../../lambdas/registry/mlflow-api/http';

const ARN = 'arn:aws:iam::123456789012:user/ana';

const event = (given: object = {}): GatewayEvent =>
  ({
    httpMethod: 'GET',
    path: '/api/2.0/mlflow/runs/get',
    headers: {},
    multiValueQueryStringParameters: null,
    body: null,
    isBase64Encoded: false,
    requestContext: { identity: { userArn: ARN } },
    ...given,
  }) as unknown as GatewayEvent;

const tokenOf = (payload: object) =>
  `Bearer ${['{"alg":"RS256"}', JSON.stringify(payload), 'signature'].map((part) => Buffer.from(part).toString('base64url')).join('.')}`;

/** API Gateway hands on the claims of the token that it has verified as texts, lists as `[a b]`. */
const withToken = (payload: object, given: object = {}) => {
  const claims = Object.fromEntries(
    Object.entries(payload).map(([name, value]) => [
      name,
      Array.isArray(value) ? `[${value.join(' ')}]` : value,
    ]),
  );
  return event({
    headers: { authorization: tokenOf(payload) },
    requestContext: { identity: {}, authorizer: { claims } },
    ...given,
  });
};

function handlerOf(answer: object = { ok: true }, tokenPolicy?: object) {
  const dispatch = vi.fn(async (_request: ApiRequest) => json(200, answer));
  return { dispatch, handler: createHandler({ dispatch, tokenPolicy: tokenPolicy as never }) };
}

describe('the Lambda behind API Gateway', () => {
  it('hands on a request of payload 1.0 with repeated keys, decoded body and the caller', async () => {
    const { dispatch, handler } = handlerOf();
    await handler(
      event({
        httpMethod: 'POST',
        headers: { 'Content-Type': 'application/json' },
        multiValueQueryStringParameters: { run_ids: ['a,b', 'c&d'] },
        body: Buffer.from('{"a":"ü"}').toString('base64'),
        isBase64Encoded: true,
      }),
    );
    const request = dispatch.mock.calls[0]![0];
    expect(request).toMatchObject({ method: 'POST', path: '/api/2.0/mlflow/runs/get', principal: ARN });
    expect(request.headers['content-type']).toBe('application/json');
    expect(new URLSearchParams(request.rawQuery).getAll('run_ids')).toEqual(['a,b', 'c&d']);
    expect(request.body.toString()).toBe('{"a":"ü"}');
  });

  it('hands on a request of payload 2.0 without its stage', async () => {
    const { dispatch, handler } = handlerOf();
    await handler({
      version: '2.0',
      rawPath: '/prod/health',
      rawQueryString: 'a=1&a=2',
      headers: {},
      isBase64Encoded: false,
      requestContext: {
        stage: 'prod',
        http: { method: 'GET' },
        authorizer: { iam: { userArn: ARN } },
      },
    } as unknown as GatewayEvent);
    expect(dispatch.mock.calls[0]![0]).toMatchObject({
      method: 'GET',
      path: '/health',
      rawQuery: 'a=1&a=2',
      principal: ARN,
    });
  });

  it('answers 401 in the envelope, and does nothing, for a caller that nobody identified', async () => {
    const { dispatch, handler } = handlerOf();
    const answer = await handler(event({ requestContext: { identity: { userArn: null } } }));
    expect(answer.statusCode).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ error_code: 'UNAUTHENTICATED' });
    expect(dispatch).not.toHaveBeenCalled();
  });

  it('compresses large replies for callers that take gzip, and no others', async () => {
    const { handler } = handlerOf({ text: 'x'.repeat(5000) });
    const compressed = await handler(event({ headers: { 'Accept-Encoding': 'gzip, deflate' } }));
    expect(compressed).toMatchObject({ isBase64Encoded: true });
    expect(compressed.headers).toMatchObject({ 'content-encoding': 'gzip' });
    expect(JSON.parse(gunzipSync(Buffer.from(compressed.body, 'base64')).toString()).text).toHaveLength(5000);
    const plain = await handler(event());
    expect(plain).toMatchObject({ isBase64Encoded: false });
    expect(JSON.parse(plain.body).text).toHaveLength(5000);
  });

  it('refuses a reply that Lambda could not answer, as a mistake that the caller can mend', async () => {
    const { handler } = handlerOf({ text: 'x'.repeat(7_000_000) });
    const answer = await handler(event());
    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({
      error_code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('Ask for fewer results'),
    });
  });
});

describe('a caller with a token', () => {
  const policy = { groupsClaim: 'groups', writers: ['data'], promoters: ['leads'] };
  const post = (path: string) => ({ httpMethod: 'POST', path: `/api/2.0/mlflow/${path}` });
  const status = async (groups: unknown, given: object, tokenPolicy: object | undefined = policy) =>
    (await handlerOf({}, tokenPolicy).handler(withToken({ sub: 'ana', groups }, given))).statusCode;

  it('may do what its groups allow', async () => {
    expect(await status([], {})).toBe(200);
    expect(await status(['other'], post('runs/create'))).toBe(403);
    expect(await status(['data', 'other'], post('runs/create'))).toBe(200);
    expect(await status('data', post('runs/create'))).toBe(200);
    expect(await status(['data', 'other'], post('registered-models/alias'))).toBe(403);
    expect(await status(['leads'], post('registered-models/alias'))).toBe(200);
  });

  it.each([
    [['former leads']],
    [['not,leads']],
    ['not,leads'],
    ['[data leads]'],
    [['"leads"']],
    [{ leads: 'leads' }],
  ])('is not in the group leads by being in %j', async (groups) => {
    expect(await status(groups, post('registered-models/alias'))).toBe(403);
  });

  it('may be in a group whose name has spaces', async () => {
    const tokenPolicy = { ...policy, promoters: ['release leads'] };
    expect(await status(['release leads'], post('registered-models/alias'), tokenPolicy)).toBe(200);
    expect(await status(['release', 'leads'], post('registered-models/alias'), tokenPolicy)).toBe(403);
  });

  it.each([
    ['no token', { headers: {} }],
    ['a password', { headers: { Authorization: 'Basic bGVhZHM6bGVhZHM=' } }],
    ['no JSON', { headers: { Authorization: 'Bearer a.b.c' } }],
    [
      'a token of more groups',
      { headers: { Authorization: tokenOf({ sub: 'ana', groups: ['x', 'leads'] }) } },
    ],
    ['a token of somebody else', { headers: { Authorization: tokenOf({ sub: 'eve', groups: ['leads'] }) } }],
    [
      'two tokens',
      {
        multiValueHeaders: {
          authorization: [
            tokenOf({ sub: 'ana', groups: ['leads'] }),
            tokenOf({ sub: 'ana', groups: ['leads'] }),
          ],
        },
      },
    ],
  ])('is refused with %s beside the verified claims', async (_what, given) => {
    expect(await status(['leads'], { ...post('registered-models/alias'), ...given })).toBe(403);
  });

  it('may do nothing where no policy was given', async () => {
    const { handler, dispatch } = handlerOf({});
    const answer = await handler(withToken({ sub: 'ana' }));
    expect(answer.statusCode).toBe(403);
    expect(dispatch).not.toHaveBeenCalled();
  });

  it('is told so when there is no such call', async () => {
    expect(await status(['leads'], { httpMethod: 'TRACE', path: '/nowhere' })).toBe(404);
  });

  it('is who the token says, with the e-mail address when it has one', async () => {
    const { handler, dispatch } = handlerOf({}, policy);
    await handler(withToken({ sub: '1', email: 'ana@example.com' }));
    await handler(withToken({ sub: '1' }));
    expect(dispatch.mock.calls.map(([request]) => request.principal)).toEqual(['ana@example.com (1)', '1']);
  });
});
