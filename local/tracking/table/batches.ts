import { invalid } from './errors';
import type { Items } from './items';
import { MAX_BATCH_GET_BYTES, MAX_BATCH_KEYS, MAX_BATCH_WRITE_BYTES, MAX_BATCH_WRITES } from './limits';
import type { Mutation } from './mutation';
import { requestKey } from './schema';
import type { Item, Value } from './values';
import { mutationOf, plan } from './writes';

export interface WriteRequest {
  readonly PutRequest?: { readonly Item: Item };
  readonly DeleteRequest?: { readonly Key: Readonly<Record<string, Value>> };
}

/** What a BatchWrite changes. Each item on its own on AWS; here all at once, which AWS may do as well. */
export function batchWrite(requests: readonly WriteRequest[], items: Items): Mutation[] {
  if (requests.length === 0 || requests.length > MAX_BATCH_WRITES) {
    throw invalid(
      `1 validation error detected: Value at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to ${MAX_BATCH_WRITES}, Member must have length greater than or equal to 1]; it has ${requests.length}`,
    );
  }
  const mutations = requests.map(({ PutRequest, DeleteRequest }) => {
    const write =
      PutRequest === undefined
        ? plan('Delete', { Key: DeleteRequest?.Key })
        : plan('Put', { Item: PutRequest.Item });
    return mutationOf(write, items)!;
  });
  requireDistinct(mutations);
  const bytes = mutations.reduce((sum, { entry }) => sum + (entry?.bytes ?? 0), 0);
  if (bytes > MAX_BATCH_WRITE_BYTES) throw invalid('Batch request exceeds the maximum size of 16 MB');
  return mutations;
}

/** Items that are there, up to 16 MB; the keys that did not fit are left to ask for again. */
export function batchGet(
  keys: readonly Readonly<Record<string, Value>>[],
  items: Items,
): { found: Item[]; unprocessed: Readonly<Record<string, Value>>[] } {
  if (keys.length === 0 || keys.length > MAX_BATCH_KEYS) {
    throw invalid(
      keys.length === 0
        ? "1 validation error detected: Value at 'requestItems' failed to satisfy constraint: at least 1 key"
        : 'Too many items requested for the BatchGetItem call',
    );
  }
  const resolved = keys.map(requestKey);
  requireDistinct(resolved);
  const found: Item[] = [];
  let bytes = 0;
  for (const [index, key] of resolved.entries()) {
    const entry = items.get(key);
    if (entry === undefined) continue;
    if (bytes + entry.bytes > MAX_BATCH_GET_BYTES) return { found, unprocessed: keys.slice(index) };
    bytes += entry.bytes;
    found.push(entry.item);
  }
  return { found, unprocessed: [] };
}

function requireDistinct(keys: readonly { readonly pk: string; readonly sk: string }[]): void {
  if (new Set(keys.map(({ pk, sk }) => `${pk}\u0000${sk}`)).size < keys.length) {
    throw invalid('Provided list of item keys contains duplicates');
  }
}
