import type { ManifestObject } from './entities';
import type { KeyState, ListedVersion } from './listing';
import { mergeJoin } from './merge-join';

/** A key whose newest object version is not the one that the parent's manifest names. */
export interface Change {
  readonly key: string;
  /** What it can be read from, newest first, back to what the parent names; empty when it is deleted. */
  readonly chain: readonly ListedVersion[];
  readonly parent?: ManifestObject;
  /** What was found before of versions in the chain that no manifest names. */
  readonly seen: readonly ManifestObject[];
}

/** Whether the parent's entry stands for the newest version of its key. */
function isCurrent(parent: ManifestObject, head: ListedVersion, seen: readonly ManifestObject[]): boolean {
  if (head.versionId === parent.versionId) return true;
  return seen.some(({ versionId, checksum }) => versionId === head.versionId && checksum === parent.checksum);
}

/** So many versions of a key are looked at while none is accepted. */
export const MAX_CHAIN = 100;

/**
 * The chain up to and including what the parent names: what came before is never needed. However many bad versions
 * came since, what the parent names stays at its end: without it, the key would fall out of the dataset.
 */
function newerThan(chain: readonly ListedVersion[], parent: ManifestObject | undefined) {
  const at = chain.findIndex(({ versionId }) => versionId === parent?.versionId);
  if (at < MAX_CHAIN) return chain.slice(0, at < 0 ? MAX_CHAIN : at + 1);
  return [...chain.slice(0, MAX_CHAIN - 1), ...chain.slice(at, at + 1)];
}

/**
 * The keys that differ from the parent's manifest. All three sources are in the order of keys; memory holds one key
 * of each.
 *
 * @param seen what is known of object versions that no manifest names
 */
export async function* changesOf(
  states: AsyncIterable<KeyState>,
  parent: AsyncIterable<ManifestObject>,
  seen: AsyncIterable<ManifestObject>,
): AsyncGenerator<Change> {
  const joined = mergeJoin<[KeyState, ManifestObject, ManifestObject]>(states, parent, seen);
  for await (const { key, items } of joined) {
    const [[state], [before], facts] = items;
    const [head] = state?.chain ?? [];
    if (state === undefined || head === undefined) {
      if (before !== undefined) yield { key, chain: [], parent: before, seen: [] };
      continue;
    }
    if (before !== undefined && isCurrent(before, head, facts)) continue;
    const chain = newerThan(state.chain, before);
    const versions = new Set(chain.map(({ versionId }) => versionId));
    yield {
      key,
      chain,
      ...(before === undefined ? {} : { parent: before }),
      seen: facts.filter(({ versionId }) => versions.has(versionId)),
    };
  }
}

/** What one function looks at, at most. */
export interface WorkLimit {
  /** How many. */
  readonly changes: number;
  readonly bytes: number;
}

/** Changes in groups, each within the limit unless it is a single change. */
export async function* inParts(changes: AsyncIterable<Change>, limit: WorkLimit): AsyncGenerator<Change[]> {
  let part: Change[] = [];
  let bytes = 0;
  for await (const change of changes) {
    const size = change.chain[0]?.size ?? 0;
    if (part.length > 0 && (part.length >= limit.changes || bytes + size > limit.bytes)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(change);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
