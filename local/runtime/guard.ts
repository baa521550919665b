import type { IncomingHttpHeaders } from 'node:http';

/** `127.0.0.1`, `[::1]`, `localhost` or a name under it, with or without a port. */
const LOOPBACK_HOST = /^(127\.0\.0\.1|\[::1\]|localhost|[a-z0-9][a-z0-9.-]*\.localhost)(:\d{1,5})?$/i;

/** What browsers say of a request that a page of another site made without an Origin header (an image, a link). */
const FOREIGN_FETCH_SITES = ['cross-site', 'same-site'];

/**
 * Why a request must not be served, or undefined when it may be.
 *
 * The endpoint takes any credentials, so the only thing between a web page and the user's Lambdas is this: requests
 * must be addressed to a loopback name (a page that rebinds its DNS name to 127.0.0.1 still sends its own name) and
 * must not come from a page of another origin.
 */
export function refusal(headers: IncomingHttpHeaders): string | undefined {
  const { host, origin } = headers;
  if (host === undefined || !LOOPBACK_HOST.test(host)) {
    return `Host "${host ?? ''}" is not this machine: use http://127.0.0.1:<port> or http://localhost:<port>.`;
  }
  if (origin !== undefined) {
    return isLoopbackOrigin(origin)
      ? undefined
      : `Origin "${origin}" is foreign: web pages must not reach the laptop runtime.`;
  }
  const site = headers['sec-fetch-site'];
  if (typeof site === 'string' && FOREIGN_FETCH_SITES.includes(site)) {
    return `Sec-Fetch-Site "${site}": web pages must not reach the laptop runtime.`;
  }
  return undefined;
}

function isLoopbackOrigin(origin: string): boolean {
  const match = /^https?:\/\/(.+)$/.exec(origin);
  return match !== null && LOOPBACK_HOST.test(match[1]!);
}
