import * as z from 'zod';
import type { LatestMetric } from './entities';
import { InvalidParameterError } from './errors';
import { historyPrefix } from './keys';
import { historyOrder, readHistory } from './point-order';

/** Where the next page of a history begins. */
export interface HistoryPosition {
  readonly runId: string;
  readonly key: string;
  /** Sort key of the first item that may have points which were not answered yet. */
  readonly from: string;
  /** The last point that was answered. */
  readonly after: LatestMetric;
}

const shape = z.tuple([z.string(), z.string(), z.string()]);
const ORDER = /^[A-Za-z]\d+[A-Za-z]\d+[0-9a-f]{16}n?$/;

export function encodeHistoryToken({ runId, from, after }: HistoryPosition): string {
  return Buffer.from(JSON.stringify([runId, from, historyOrder(after)])).toString('base64url');
}

/** @throws InvalidParameterError for a token that was not made for this run and key. */
export function decodeHistoryToken(token: string, runId: string, key: string): HistoryPosition {
  const parsed = shape.safeParse(parse(token));
  if (!parsed.success) throw refused(token);
  const [ofRun, from, after] = parsed.data;
  if (ofRun !== runId || !from.startsWith(historyPrefix(key)) || !ORDER.test(after)) throw refused(token);
  return { runId, key, from, after: readHistory(after) };
}

function parse(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    return undefined;
  }
}

const refused = (token: string): InvalidParameterError =>
  new InvalidParameterError(
    `Invalid page token: '${token.slice(0, 200)}' was not made for this run and metric. Begin again without a page token.`,
  );
