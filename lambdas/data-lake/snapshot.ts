import { objectRole } from './object-key';

/** One entry of the bucket's list of object versions. */
export interface ListedVersion {
  /** Relative to `raw/<dataset>/`. */
  readonly key: string;
  readonly versionId: string;
  /** In bytes. */
  readonly size: number;
  readonly deleted: boolean;
}

/**
 * What each key of a dataset can be read from: its versions from the newest back to the one that followed its last
 * deletion. A key that is deleted now, or is no data, has none; versions without content are passed over.
 *
 * @param listed newest first within a key, as S3 lists them
 */
export function readableVersions(listed: readonly ListedVersion[]): Map<string, ListedVersion[]> {
  const ended = new Set<string>();
  const chains = new Map<string, ListedVersion[]>();
  for (const version of listed) {
    if (ended.has(version.key)) continue;
    if (version.deleted) {
      ended.add(version.key);
    } else if (objectRole(version.key, version.size) === 'data') {
      const chain = chains.get(version.key) ?? [];
      chain.push(version);
      chains.set(version.key, chain);
    }
  }
  return chains;
}
