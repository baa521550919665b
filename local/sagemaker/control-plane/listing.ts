import { validation } from '../protocol/errors';

/** The query parameters that all list operations share; times in seconds since the epoch. */
export interface ListRequest {
  readonly NameContains?: string;
  readonly StatusEquals?: string;
  readonly CreationTimeAfter?: number;
  readonly CreationTimeBefore?: number;
  readonly LastModifiedTimeAfter?: number;
  readonly LastModifiedTimeBefore?: number;
  readonly SortBy?: string;
  readonly SortOrder?: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

/** What a listing looks at in a resource. */
export interface Listed {
  readonly name: string;
  readonly status?: string;
  readonly CreationTime: number;
  readonly LastModifiedTime?: number;
}

/** How an operation lists when the request leaves it open. */
export interface ListDefaults {
  readonly sortBy: 'Name' | 'CreationTime';
  readonly sortOrder: 'Ascending' | 'Descending';
}

export interface Page<T> {
  readonly items: T[];
  readonly nextToken?: string;
}

const DEFAULT_PAGE = 10;

/**
 * Filters, sorts and pages resources. A page's token names the last item shown, so that resources that come or go
 * between two pages neither repeat nor hide others.
 *
 * @throws ApiError ValidationException for a token that no listing gave out.
 */
export function listPage<T extends Listed>(
  resources: readonly T[],
  request: ListRequest,
  defaults: ListDefaults,
): Page<T> {
  const compare = order(
    request.SortBy ?? defaults.sortBy,
    (request.SortOrder ?? defaults.sortOrder).startsWith('Desc') ? -1 : 1,
  );
  let found = resources.filter((resource) => matches(resource, request)).sort(compare);
  if (request.NextToken !== undefined) {
    const last = readToken(request.NextToken);
    found = found.filter((resource) => compare(last as T, resource) < 0);
  }
  const items = found.slice(0, request.MaxResults ?? DEFAULT_PAGE);
  return found.length > items.length ? { items, nextToken: writeToken(items.at(-1)!) } : { items };
}

function matches(resource: Listed, request: ListRequest): boolean {
  const modified = resource.LastModifiedTime ?? resource.CreationTime;
  return (
    (request.NameContains === undefined ||
      resource.name.toLowerCase().includes(request.NameContains.toLowerCase())) &&
    (request.StatusEquals === undefined || resource.status === request.StatusEquals) &&
    (request.CreationTimeAfter === undefined || resource.CreationTime > request.CreationTimeAfter) &&
    (request.CreationTimeBefore === undefined || resource.CreationTime < request.CreationTimeBefore) &&
    (request.LastModifiedTimeAfter === undefined || modified > request.LastModifiedTimeAfter) &&
    (request.LastModifiedTimeBefore === undefined || modified < request.LastModifiedTimeBefore)
  );
}

function order(sortBy: string, direction: 1 | -1): (left: Listed, right: Listed) => number {
  const byName = (left: Listed, right: Listed) =>
    left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
  return (left, right) => {
    if (sortBy === 'Status' && left.status !== right.status) {
      return direction * ((left.status ?? '') < (right.status ?? '') ? -1 : 1);
    }
    if (sortBy === 'CreationTime' && left.CreationTime !== right.CreationTime) {
      return direction * (left.CreationTime - right.CreationTime);
    }
    return direction * byName(left, right);
  };
}

function writeToken({ name, status, CreationTime }: Listed): string {
  return Buffer.from(JSON.stringify({ name, status, CreationTime })).toString('base64url');
}

function readToken(token: string): Listed {
  try {
    const parsed = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (typeof parsed.name === 'string' && typeof parsed.CreationTime === 'number') {
      return parsed;
    }
  } catch {
    // Refused below, as any other token that is not ours.
  }
  throw validation('Invalid NextToken.');
}
