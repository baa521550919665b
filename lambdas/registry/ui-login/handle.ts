import * as z from 'zod';
import { UiPath } from '../../../lib/registry/ui-contract';
import {
  type Application,
  finishLogin,
  logout,
  pendingLogin,
  type Reply,
  redirectUri,
  refused,
  startLogin,
} from './login';

/** What of an HTTP API's event (payload 2.0) matters here. */
export interface LoginEvent {
  readonly rawPath: string;
  readonly cookies?: string[];
  readonly queryStringParameters?: Record<string, string | undefined>;
}

export interface LoginDeps extends Application {
  readonly issuer: string;
  readonly fetch: typeof fetch;
  readonly random: () => Buffer;
}

const httpsUrl = z.url({ protocol: /^https$/ });
const discovery = z.object({
  issuer: z.string(),
  authorization_endpoint: httpsUrl,
  token_endpoint: httpsUrl,
});
const tokens = z.object({
  id_token: z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/),
  expires_in: z.number().positive(),
});
const TIMEOUT_MS = 5_000;

/** Logs people in at the issuer and keeps their token in a cookie that scripts cannot read. */
export function createLogin(deps: LoginDeps): (event: LoginEvent) => Promise<Reply> {
  let endpoints: Promise<z.infer<typeof discovery>> | undefined;
  const discovered = (): Promise<z.infer<typeof discovery>> => {
    endpoints ??= discover(deps);
    endpoints.catch(() => {
      endpoints = undefined;
    });
    return endpoints;
  };
  return async ({ rawPath, cookies = [], queryStringParameters: query = {} }) => {
    switch (rawPath) {
      case UiPath.LOGIN:
        return startLogin(deps, (await discovered()).authorization_endpoint, deps.random);
      case UiPath.CALLBACK:
        return callback(deps, discovered, cookies, query);
      case UiPath.LOGOUT:
        return logout();
      default:
        return refused(404, 'There is no such page.');
    }
  };
}

async function callback(
  deps: LoginDeps,
  discovered: () => Promise<z.infer<typeof discovery>>,
  cookies: string[],
  query: Record<string, string | undefined>,
): Promise<Reply> {
  const pending = pendingLogin(cookies, query.state);
  if (pending === undefined) {
    return refused(400, 'This answer belongs to no login of this browser, or to one that took too long.');
  }
  if (query.code === undefined) return refused(403, 'The issuer did not let you in.');
  const answer = await deps.fetch((await discovered()).token_endpoint, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: deps.clientId,
      redirect_uri: redirectUri(deps),
      code: query.code,
      code_verifier: pending.verifier,
    }),
  });
  if (!answer.ok) return refused(403, 'The issuer did not accept this login.');
  const { id_token, expires_in } = tokens.parse(await answer.json());
  return finishLogin(id_token, expires_in);
}

/** @throws Error when the issuer does not answer, or answers for another. */
async function discover({ issuer, fetch: get }: LoginDeps): Promise<z.infer<typeof discovery>> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const answer = await get(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`The issuer answered ${answer.status} at ${url}.`);
  const found = discovery.parse(await answer.json());
  if (found.issuer !== issuer) throw new Error(`${url} speaks for ${found.issuer}, not for ${issuer}.`);
  return found;
}
