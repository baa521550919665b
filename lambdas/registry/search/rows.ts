import type { SortField } from './order/fields';
import { compareKeys, type SortValue } from './order/sort-key';
import { decodePageToken, encodePageToken } from './page-token';
import type { Page } from './search-service';

/** A search over things that are all at hand. */
export interface RowSearch<T> {
  readonly rows: readonly T[];
  readonly matches: (row: T) => boolean;
  readonly order: readonly SortField[];
  readonly valueOf: (row: T, field: SortField) => SortValue;
  /** Whether the field holds texts; otherwise numbers. */
  readonly isText: (field: SortField) => boolean;
  readonly limit: number;
  readonly digest: string;
  readonly pageToken: string | undefined;
  /** Bytes that a row takes in the reply, and how many a page may have. A page has one row at least. */
  readonly size?: { readonly of: (row: T) => number; readonly most: number };
}

/** The page of rows that match, in order, after the token's position. */
export function pageOfRows<T>(search: RowSearch<T>): Page<T> {
  const { order, digest } = search;
  const after = decodePageToken(search.pageToken, digest, order.map(search.isText));
  const found = search.rows
    .filter(search.matches)
    .map((row) => ({ row, key: order.map((field) => search.valueOf(row, field)) }))
    .filter(({ key }) => after === undefined || compareKeys(key, after, order) > 0)
    .sort((a, b) => compareKeys(a.key, b.key, order));
  const count = countThatFits(
    found.map(({ row }) => row),
    search,
  );
  const last = found[count - 1];
  return {
    items: found.slice(0, count).map(({ row }) => row),
    nextPageToken: count < found.length ? encodePageToken(digest, last!.key) : undefined,
  };
}

function countThatFits<T>(rows: readonly T[], { limit, size }: RowSearch<T>): number {
  const most = Math.min(limit, rows.length);
  if (size === undefined) return most;
  let bytes = 0;
  for (let count = 0; count < most; count += 1) {
    bytes += size.of(rows[count]!);
    if (bytes > size.most && count > 0) return count;
  }
  return most;
}
