import { invalid } from './errors';
import { bindKeys, checkPlaceholders, conditionOf, keyConditionOf, type SortKeyTest } from './expressions';
import { type Entry, type Items, indexOrder } from './items';
import { MAX_QUERY_BYTES } from './limits';
import { compareText } from './order';
import { placeholdersOf, type Request } from './requests';
import { INDEX_NAME, INDEX_PARTITION_KEY, INDEX_SORT_KEY, PARTITION_KEY, SORT_KEY } from './schema';
import type { SortedMap } from './sorted-map';
import type { Item } from './values';

export interface QueryAnswer {
  readonly Items?: Item[];
  readonly Count: number;
  readonly ScannedCount: number;
  readonly LastEvaluatedKey?: Item;
}

/** One page: up to `Limit` items or 1 MB of them, before the filter. */
export function query(items: Items, request: Request): QueryAnswer {
  const index = indexOf(request);
  const condition = keyConditionOf(request.KeyConditionExpression);
  if (condition === undefined)
    throw invalid(
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    );
  const filter = conditionOf(request.FilterExpression);
  const given = placeholdersOf(request);
  checkPlaceholders([condition.references, filter?.references], given);
  const keys = index
    ? { partition: INDEX_PARTITION_KEY, sort: INDEX_SORT_KEY }
    : { partition: PARTITION_KEY, sort: SORT_KEY };
  const bound = bindKeys(condition, keys, given);
  const partition = index ? items.indexPartition(bound.partition) : items.partition(bound.partition);
  const page = readPage(partition, bound.sort, request, index);
  const found =
    filter === undefined ? page.items : page.items.filter((item) => filter.holds({ item, ...given }));
  return {
    ...(request.Select === 'COUNT' ? {} : { Items: found }),
    Count: found.length,
    ScannedCount: page.items.length,
    ...(page.last === undefined ? {} : { LastEvaluatedKey: keyOf(page.last, index) }),
  };
}

function indexOf({ IndexName, ConsistentRead }: Request): boolean {
  if (IndexName === undefined) return false;
  if (IndexName !== INDEX_NAME) {
    throw invalid(`The table does not have the specified index: ${IndexName}`);
  }
  if (ConsistentRead === true) {
    throw invalid('Consistent reads are not supported on global secondary indexes');
  }
  return true;
}

function readPage(
  partition: SortedMap<Entry> | undefined,
  sort: SortKeyTest | undefined,
  request: Request,
  index: boolean,
): { items: Item[]; last: Item | undefined } {
  const items: Item[] = [];
  if (request.Limit !== undefined && !(request.Limit >= 1)) {
    throw invalid(
      `1 validation error detected: Value '${request.Limit}' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1`,
    );
  }
  if (partition === undefined) return { items, last: undefined };
  let bytes = 0;
  const forward = request.ScanIndexForward ?? true;
  for (const [key, entry] of candidates(partition, sort, request, index)) {
    const sortKey = index ? (entry.item[INDEX_SORT_KEY] as string) : key;
    const fit = position(sortKey, sort);
    if (fit !== 0) {
      if (fit > 0 === forward) break;
      continue;
    }
    items.push(entry.item);
    bytes += entry.bytes;
    if (items.length === request.Limit || bytes >= MAX_QUERY_BYTES) return { items, last: entry.item };
  }
  return { items, last: undefined };
}

/** Entries from where the page begins, in its direction. */
function candidates(
  partition: SortedMap<Entry>,
  sort: SortKeyTest | undefined,
  request: Request,
  index: boolean,
): Iterable<readonly [string, Entry]> {
  const { ExclusiveStartKey: start } = request;
  const after = start === undefined ? undefined : index ? indexOrder(start) : (start[SORT_KEY] as string);
  if (request.ScanIndexForward ?? true) {
    const lowest = lowestOf(sort);
    if (after !== undefined && (lowest === undefined || compareText(after, lowest) >= 0)) {
      return partition.from(after, false);
    }
    return partition.from(lowest, true);
  }
  const highest = highestOf(sort);
  // In the index a sort key is followed by the table's key: all of these come before the next code point.
  const ceiling = highest === undefined ? undefined : index ? `${highest}\u0001` : highest;
  if (after !== undefined && (ceiling === undefined || compareText(after, ceiling) <= 0)) {
    return partition.downFrom(after, false);
  }
  return partition.downFrom(ceiling, true);
}

function lowestOf(sort: SortKeyTest | undefined): string | undefined {
  return sort === undefined || sort.operator === '<' || sort.operator === '<=' ? undefined : sort.operands[0];
}

function highestOf(sort: SortKeyTest | undefined): string | undefined {
  switch (sort?.operator) {
    case '=':
    case '<':
    case '<=':
      return sort.operands[0];
    case 'BETWEEN':
      return sort.operands[1];
    case 'BEGINS_WITH':
      return `${sort.operands[0]}\u{10FFFF}`;
    default:
      return undefined;
  }
}

/** 0 when the sort key is asked for; else on which side of what is asked for it lies. */
function position(key: string, sort: SortKeyTest | undefined): number {
  if (sort === undefined) return 0;
  const [first, second] = sort.operands as [string, string];
  if (sort.operator === 'BEGINS_WITH') return key.startsWith(first) ? 0 : compareText(key, first);
  const order = compareText(key, first);
  switch (sort.operator) {
    case '=':
      return order;
    case '<':
      return order < 0 ? 0 : 1;
    case '<=':
      return order <= 0 ? 0 : 1;
    case '>':
      return order > 0 ? 0 : -1;
    case '>=':
      return order >= 0 ? 0 : -1;
    default:
      return order < 0 ? -1 : compareText(key, second) > 0 ? 1 : 0;
  }
}

function keyOf(item: Item, index: boolean): Item {
  const key = { [PARTITION_KEY]: item[PARTITION_KEY], [SORT_KEY]: item[SORT_KEY] };
  if (!index) return key;
  return {
    ...key,
    [INDEX_PARTITION_KEY]: item[INDEX_PARTITION_KEY],
    [INDEX_SORT_KEY]: item[INDEX_SORT_KEY],
  };
}
