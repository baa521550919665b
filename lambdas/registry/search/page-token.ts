import { createHash } from 'node:crypto';
import * as z from 'zod';
import { InvalidParameterError } from '../tracking/errors';
import type { SortValue } from './order/sort-key';

const VERSION = 1;
/** JSON has no NaN; a list cannot be mistaken for a value. */
const value = z.union([z.number(), z.string(), z.null(), z.tuple([z.literal('NaN')])]);
const token = z.strictObject({ v: z.literal(VERSION), q: z.string(), k: z.array(value) });

/** What a token is good for: the endpoint with all that decides on the results and their order. */
export function queryDigest(query: unknown): string {
  return createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 22);
}

/** A token that goes on after the result with these sort values. */
export function encodePageToken(digest: string, key: readonly SortValue[]): string {
  const k = key.map((part) => (typeof part === 'number' && Number.isNaN(part) ? ['NaN'] : part));
  return Buffer.from(JSON.stringify({ v: VERSION, q: digest, k })).toString('base64url');
}

/**
 * The sort values that the page goes on after; undefined without a token.
 *
 * @param text - of the value for each field of the order: whether it is a text.
 * @throws InvalidParameterError for a token that is damaged, or of another query.
 */
export function decodePageToken(
  pageToken: string | undefined,
  digest: string,
  text: readonly boolean[],
): readonly SortValue[] | undefined {
  if (pageToken === undefined || pageToken === '') return undefined;
  const parsed = token.safeParse(jsonOf(pageToken));
  if (!parsed.success) {
    throw new InvalidParameterError(
      `Invalid page token, '${pageToken.slice(0, 200)}' is none that this server made. Start at the first page.`,
    );
  }
  if (parsed.data.q !== digest) {
    throw new InvalidParameterError(
      'Invalid page token, it belongs to another query. A token goes on with the same filter, order_by and ' +
        'experiments only; start at the first page.',
    );
  }
  const key = parsed.data.k.map((part) => (Array.isArray(part) ? Number.NaN : part));
  const fits = key.length === text.length && key.every((part, at) => fitsType(part, text[at]!));
  if (fits) return key;
  throw new InvalidParameterError('Invalid page token, its position does not fit the query.');
}

const fitsType = (part: SortValue, isText: boolean): boolean =>
  part === null || (typeof part === 'string') === isText;

function jsonOf(pageToken: string): unknown {
  try {
    return JSON.parse(Buffer.from(pageToken, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
