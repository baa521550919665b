import { createHash, timingSafeEqual } from 'node:crypto';
import { LOGIN_COOKIE, SESSION_COOKIE, UiPath } from '../../../lib/registry/ui-contract';

/** The application at the issuer, and where people see the UI. */
export interface Application {
  readonly clientId: string;
  /** `https://<domain>` */
  readonly origin: string;
}

export interface Reply {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly cookies: string[];
  readonly body: string;
}

/** What a login leaves with the browser, for the callback to match. */
interface Pending {
  readonly state: string;
  /** Proves that who redeems the code is who asked for it (RFC 7636). */
  readonly verifier: string;
}

const LOGIN_SECONDS = 600;
/** Never longer than a working day, whatever the issuer says. */
const SESSION_SECONDS = 12 * 3600;
const FLAGS = 'Path=/; Secure; HttpOnly; SameSite=Lax';
/** 32 bytes in base64url. */
const SECRET = /^[\w-]{43}$/;

const cookie = (name: string, value: string, seconds: number): string =>
  `${name}=${value}; Max-Age=${seconds}; ${FLAGS}`;

function redirect(location: string, cookies: string[]): Reply {
  return { statusCode: 302, headers: { location, 'cache-control': 'no-store' }, cookies, body: '' };
}

export const redirectUri = ({ origin }: Application): string => `${origin}${UiPath.CALLBACK}`;

/** Sends the browser to the issuer: the authorization code flow with PKCE. */
export function startLogin(
  application: Application,
  authorizationEndpoint: string,
  random: () => Buffer,
): Reply {
  const state = random().toString('base64url');
  const verifier = random().toString('base64url');
  const location = new URL(authorizationEndpoint);
  const query = {
    response_type: 'code',
    client_id: application.clientId,
    redirect_uri: redirectUri(application),
    scope: 'openid email',
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(query)) location.searchParams.set(name, value);
  return redirect(location.href, [cookie(LOGIN_COOKIE, `${state}.${verifier}`, LOGIN_SECONDS)]);
}

/** What the browser kept of its login, when the callback's state is that login's; else undefined. */
export function pendingLogin(cookies: readonly string[], state: string | undefined): Pending | undefined {
  const value = cookies
    .flatMap((each) => each.split(/;\s*/))
    .find((each) => each.startsWith(`${LOGIN_COOKIE}=`))
    ?.slice(LOGIN_COOKIE.length + 1);
  const [expected, verifier] = value?.split('.') ?? [];
  if (expected === undefined || verifier === undefined || state === undefined) return undefined;
  if (!SECRET.test(expected) || !SECRET.test(verifier) || !SECRET.test(state)) return undefined;
  return timingSafeEqual(Buffer.from(expected), Buffer.from(state)) ? { state, verifier } : undefined;
}

/** Puts the token where only requests to the UI's own origin carry it. API Gateway verifies it at each of them. */
export function finishLogin(idToken: string, expiresInSeconds: number): Reply {
  const seconds = Math.min(expiresInSeconds, SESSION_SECONDS);
  return redirect('/', [cookie(SESSION_COOKIE, idToken, seconds), cookie(LOGIN_COOKIE, '', 0)]);
}

export function logout(): Reply {
  return {
    statusCode: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
    cookies: [cookie(SESSION_COOKIE, '', 0)],
    body: 'You are logged out of this page. The issuer may still know you.',
  };
}

/** What people read when a login fails; nothing of it comes from the request. */
export function refused(statusCode: number, reason: string): Reply {
  return {
    statusCode,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
    cookies: [cookie(LOGIN_COOKIE, '', 0)],
    body: `${reason} Try again at ${UiPath.LOGIN}.`,
  };
}
