import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createLogin, type LoginEvent } from '../../../lambdas/registry/ui-login/handle';

const ISSUER = 'https://login.example.com';
const TOKEN = 'aaa.bbb.ccc';
const document = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/token`,
};

/** An issuer that knows one code; `sent` are the forms that it got. */
function world(change: { document?: object; token?: object; status?: number } = {}) {
  const sent: URLSearchParams[] = [];
  let count = 0;
  const get = async (url: string, options: { body?: URLSearchParams }): Promise<Response> => {
    if (url.endsWith('/.well-known/openid-configuration')) {
      return Response.json({ ...document, ...change.document });
    }
    sent.push(options.body!);
    return Response.json(change.token ?? { id_token: TOKEN, expires_in: 3600 }, {
      status: change.status ?? 200,
    });
  };
  const login = createLogin({
    issuer: ISSUER,
    clientId: 'client',
    origin: 'https://ui.example.com',
    fetch: get as typeof fetch,
    random: () => {
      count += 1;
      return Buffer.alloc(32, count);
    },
  });
  return { sent, login: (event: Partial<LoginEvent>) => login({ rawPath: '/login', ...event }) };
}

/** Begins a login; what the browser then holds. */
async function begun(each: ReturnType<typeof world>) {
  const reply = await each.login({});
  const location = new URL(reply.headers.location!);
  return {
    reply,
    location,
    state: location.searchParams.get('state')!,
    cookie: reply.cookies[0]!.split(';')[0]!,
  };
}

const callback = (cookies: string[], query: Record<string, string>) => ({
  rawPath: '/login/callback',
  cookies,
  queryStringParameters: query,
});

describe('logging in to the web UI', () => {
  it('sends the browser to the issuer, with a secret that only this browser holds', async () => {
    const { location, cookie, reply } = await begun(world());
    expect(location.origin + location.pathname).toBe(`${ISSUER}/authorize`);
    const query = Object.fromEntries(location.searchParams);
    const [state, verifier] = cookie.slice('__Host-login='.length).split('.');
    expect(query).toEqual({
      response_type: 'code',
      client_id: 'client',
      redirect_uri: 'https://ui.example.com/login/callback',
      scope: 'openid email',
      state,
      code_challenge: createHash('sha256').update(verifier!).digest('base64url'),
      code_challenge_method: 'S256',
    });
    expect(reply.cookies[0]).toMatch(/Path=\/; Secure; HttpOnly; SameSite=Lax$/);
  });

  it('redeems the code with that secret, and keeps the token where no script reads it', async () => {
    const each = world();
    const { state, cookie } = await begun(each);
    const reply = await each.login(callback([cookie], { code: 'c', state }));
    expect([reply.statusCode, reply.headers.location]).toEqual([302, '/']);
    expect(reply.cookies[0]).toBe(
      `__Host-session=${TOKEN}; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax`,
    );
    expect(reply.cookies[1]).toMatch(/^__Host-login=; Max-Age=0/);
    expect(Object.fromEntries(each.sent[0]!)).toMatchObject({
      grant_type: 'authorization_code',
      code: 'c',
      code_verifier: cookie.split('.')[1],
    });
  });

  it.each([
    ['of another login', 'A'.repeat(43)],
    ['that is no state', '<script>'],
  ])('refuses an answer %s, and asks the issuer nothing', async (_, state) => {
    const each = world();
    const { cookie } = await begun(each);
    const reply = await each.login(callback([cookie], { code: 'c', state }));
    expect(reply.statusCode).toBe(400);
    expect(reply.body).not.toContain('<script>');
    expect(each.sent).toEqual([]);
  });

  it('refuses an answer in a browser that began no login', async () => {
    const each = world();
    const { state } = await begun(each);
    expect((await each.login(callback([], { code: 'c', state }))).statusCode).toBe(400);
  });

  it('refuses when the issuer refuses, without a session', async () => {
    for (const change of [{ status: 400 }, {}]) {
      const each = world(change);
      const { state, cookie } = await begun(each);
      const query: Record<string, string> =
        'status' in change ? { code: 'c', state } : { error: 'access_denied', state };
      const reply = await each.login(callback([cookie], query));
      expect(reply.statusCode).toBe(403);
      expect(reply.cookies.some((set) => set.startsWith('__Host-session'))).toBe(false);
    }
  });

  it('lets no session last longer than 12 hours', async () => {
    const each = world({ token: { id_token: TOKEN, expires_in: 999_999 } });
    const { state, cookie } = await begun(each);
    const reply = await each.login(callback([cookie], { code: 'c', state }));
    expect(reply.cookies[0]).toContain('Max-Age=43200;');
  });

  it('refuses a token that could be read as another cookie', async () => {
    const each = world({ token: { id_token: 'a.b.c; Domain=evil', expires_in: 1 } });
    const { state, cookie } = await begun(each);
    await expect(each.login(callback([cookie], { code: 'c', state }))).rejects.toThrow();
  });

  it('trusts no issuer that speaks for another, and no endpoint without https', async () => {
    await expect(world({ document: { issuer: 'https://evil.example' } }).login({})).rejects.toThrow(
      /speaks for https:\/\/evil.example, not for/,
    );
    await expect(world({ document: { token_endpoint: 'http://x.example' } }).login({})).rejects.toThrow();
  });

  it('asks the issuer again after it failed to answer', async () => {
    const change: { document?: object } = { document: { issuer: 'https://evil.example' } };
    const each = world(change);
    await expect(each.login({})).rejects.toThrow();
    change.document = {};
    expect((await each.login({})).statusCode).toBe(302);
  });

  it('ends the session on leaving', async () => {
    const reply = await world().login({ rawPath: '/logout' });
    expect(reply.cookies).toEqual([expect.stringMatching(/^__Host-session=; Max-Age=0/)]);
  });
});
