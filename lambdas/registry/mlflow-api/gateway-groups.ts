import { ApiError } from './errors';

type Claims = Readonly<Record<string, unknown>>;

/**
 * The groups that a verified token names, each exactly as the issuer wrote it. API Gateway hands on a list as one text
 * (`[a b]`), in which the group `former promoters` looks like two: so the list is read from the token that it verified.
 *
 * @param headers - the headers of the request by their names in lower case.
 * @param verified - what API Gateway says of the token.
 * @throws ApiError when the request carries no such token, or another than the one that was verified.
 */
export function groupsOf(
  headers: Readonly<Record<string, string | undefined>>,
  verified: Claims,
  groupsClaim: string,
): readonly string[] {
  const payload = payloadOf(headers.authorization);
  if (payload === undefined) {
    throw denied(
      'The Authorization header holds no JSON Web Token to read groups from: send "Bearer <token>".',
    );
  }
  const groups = payload[groupsClaim];
  if (payload.sub !== verified.sub || letters(groups) !== letters(verified[groupsClaim])) {
    throw denied(
      'The Authorization header holds another token than the one that was verified: send only one.',
    );
  }
  if (typeof groups === 'string') return groups === '' ? [] : [groups];
  return Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [];
}

const denied = (message: string): ApiError => new ApiError('PERMISSION_DENIED', message);

/** The claims of a token, not verified here. @returns undefined when it is no JSON Web Token */
function payloadOf(authorization: string | undefined): Claims | undefined {
  const encoded = /^(?:Bearer +)?[\w-]+\.([\w-]+)\.[\w-]+$/i.exec(authorization?.trim() ?? '')?.[1];
  if (encoded === undefined) return undefined;
  try {
    const payload: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
    return typeof payload === 'object' && payload !== null && !Array.isArray(payload)
      ? (payload as Claims)
      : undefined;
  } catch {
    return undefined;
  }
}

/** What of a claim stays the same however its list is written. */
const letters = (claim: unknown): string =>
  claim === undefined || claim === null
    ? ''
    : (Array.isArray(claim) ? claim.map(String).join('') : String(claim)).replace(/[[\]\s,"]/g, '');
