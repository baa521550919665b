import type { DatasetVersion, ManifestObject, ShardRef } from '../entities';
import { mergeJoin } from '../merge-join';

/** Which versions stay, besides the current one and those in use. */
export interface KeepRules {
  /** As many of the newest accepted versions. */
  readonly last: number;
  /** Those that were made, or were current, at this time or later. */
  readonly since?: Date;
}

/** What is known of the versions of a dataset. */
export interface GcInput {
  readonly versions: readonly Pick<DatasetVersion, 'id' | 'status' | 'createdAt'>[];
  readonly current: string | undefined;
  /** When each version was last made current or, being current, was replaced. ISO 8601. */
  readonly lastCurrentAt: ReadonlyMap<string, string>;
  /** Who uses a version, in words: models that are live or approved, runs that go on. */
  readonly uses: ReadonlyMap<string, readonly string[]>;
  readonly rules: KeepRules;
}

export interface Kept {
  readonly id: string;
  /** Why, in words. */
  readonly reasons: readonly string[];
}

export interface GcPlan {
  readonly keep: readonly Kept[];
  /** Ids of the versions to remove, oldest first. */
  readonly collect: readonly string[];
}

/**
 * Decides which versions of a dataset stay and why. A version that was kept out goes when no accepted version as old
 * as it stays. A version whose removal has begun is always among those to remove.
 */
export function planGc({ versions, current, lastCurrentAt, uses, rules }: GcInput): GcPlan {
  const lastUse = (version: { id: string; createdAt: string }): string =>
    later(lastCurrentAt.get(version.id), version.createdAt);
  const accepted = versions
    .filter(({ status }) => status === 'accepted')
    .sort((a, b) => compare(lastUse(b), lastUse(a)) || compare(a.id, b.id));
  const newest = new Set(accepted.slice(0, rules.last).map(({ id }) => id));
  const reasonsFor = (version: (typeof versions)[number]): string[] => [
    ...(version.id === current ? ['is current'] : []),
    ...(newest.has(version.id) ? [`is one of the last ${rules.last}`] : []),
    ...(rules.since !== undefined && Date.parse(lastUse(version)) >= rules.since.getTime()
      ? [`is from ${rules.since.toISOString()} or later`]
      : []),
    ...(uses.get(version.id) ?? []),
  ];
  const kept = new Map<string, string[]>();
  for (const version of versions) {
    const reasons = isBeingCollected(version) ? [] : reasonsFor(version);
    if (reasons.length > 0) kept.set(version.id, reasons);
  }
  const oldestKept = accepted
    .filter(({ id }) => kept.has(id))
    .map(({ createdAt }) => createdAt)
    .sort()[0];
  for (const { id, status, createdAt } of versions) {
    if (status !== 'quarantined' || kept.has(id)) continue;
    if (oldestKept === undefined || createdAt >= oldestKept) {
      kept.set(id, ['was kept out, and is as new as a version that stays']);
    }
  }
  return {
    keep: [...kept].map(([id, reasons]) => ({ id, reasons })),
    collect: versions
      .filter(({ id }) => !kept.has(id))
      .sort((a, b) => compare(a.createdAt, b.createdAt))
      .map(({ id }) => id),
  };
}

/** The status of a version whose removal has begun. */
export const COLLECTING = 'collecting';

export const isBeingCollected = ({ status }: { readonly status: string }): boolean => status === COLLECTING;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const later = (a: string | undefined, b: string): string => (a !== undefined && a > b ? a : b);

/** An S3 object version that nothing needs any more. */
export interface Garbage {
  /** Relative to `raw/<dataset>/`. */
  readonly key: string;
  readonly versionId: string;
  /** In bytes. */
  readonly size: number;
  readonly checksum: string;
  /** Whether no version that stays has the same content under the same key. */
  readonly contentIsGone: boolean;
}

/**
 * The S3 object versions that manifests of collected versions name and no other manifest does. All manifests are read
 * at once, in the order of their keys, so that memory holds one key at a time.
 */
export async function* garbage(
  collected: readonly AsyncIterable<ManifestObject>[],
  kept: readonly AsyncIterable<ManifestObject>[],
): AsyncGenerator<Garbage> {
  for await (const { key, items } of mergeJoin<ManifestObject[]>(...collected, ...kept)) {
    const needed = items.slice(collected.length).flat();
    const stays = new Set(needed.map(({ versionId }) => versionId));
    const contents = new Set(needed.map(({ checksum }) => checksum));
    for (const { versionId, size, checksum } of items.slice(0, collected.length).flat()) {
      if (stays.has(versionId)) continue;
      stays.add(versionId);
      yield { key, versionId, size, checksum, contentIsGone: !contents.has(checksum) };
    }
  }
}

/** Digests of the shards that collected manifests list and no kept one does. */
export function garbageShards(
  collected: readonly (readonly ShardRef[])[],
  kept: readonly (readonly ShardRef[])[],
): string[] {
  const needed = new Set(kept.flat().map(({ digest }) => digest));
  return [...new Set(collected.flat().map(({ digest }) => digest))].filter((digest) => !needed.has(digest));
}
