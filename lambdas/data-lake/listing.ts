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

/** What a key can be read from: its versions from the newest back to the one that followed its last deletion. */
export interface KeyState {
  readonly key: string;
  /** Newest first; empty for a key that is deleted now. */
  readonly chain: readonly ListedVersion[];
}

/** @param versions of one key, newest first */
function readable(versions: readonly ListedVersion[]): ListedVersion[] {
  const deletion = versions.findIndex(({ deleted }) => deleted);
  const after = deletion < 0 ? versions : versions.slice(0, deletion);
  return after.filter(({ key, size }) => objectRole(key, size) === 'data');
}

/**
 * The state of each key of a dataset; folder markers, hidden objects and end-of-drop markers are left out.
 *
 * @param listed in the order of keys, newest first within a key, as S3 lists them
 */
export async function* keyStates(listed: AsyncIterable<ListedVersion>): AsyncGenerator<KeyState> {
  let versions: ListedVersion[] = [];
  for await (const version of listed) {
    if (versions[0] !== undefined && versions[0].key !== version.key) {
      yield { key: versions[0].key, chain: readable(versions) };
      versions = [];
    }
    versions.push(version);
  }
  if (versions[0] !== undefined) yield { key: versions[0].key, chain: readable(versions) };
}
