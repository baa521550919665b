import type { ManifestObject } from '../entities';
import { mergeJoin } from '../merge-join';

/** The content of a key. */
export type FileState = Pick<ManifestObject, 'key' | 'size' | 'checksum' | 'rows'>;

/** A file whose bytes moved to another key. */
export interface Renamed {
  readonly from: string;
  readonly to: FileState;
}

/** What became of the files of one version in another, each list in the order of keys. */
export interface ManifestDiff {
  readonly added: readonly FileState[];
  readonly removed: readonly FileState[];
  readonly changed: readonly { readonly before: FileState; readonly after: FileState }[];
  readonly renamed: readonly Renamed[];
  /** Files that are the same in both. */
  readonly unchanged: number;
}

/** Compares two manifests whose objects come in the order of their keys; memory grows with the differences only. */
export async function diffManifests(
  before: AsyncIterable<ManifestObject>,
  after: AsyncIterable<ManifestObject>,
): Promise<ManifestDiff> {
  const added: FileState[] = [];
  const removed: FileState[] = [];
  const changed: { before: FileState; after: FileState }[] = [];
  let unchanged = 0;
  for await (const { items } of mergeJoin<[ManifestObject, ManifestObject]>(before, after)) {
    const [[old], [now]] = items;
    if (old === undefined) added.push(stateOf(now!));
    else if (now === undefined) removed.push(stateOf(old));
    else if (content(old) === content(now)) unchanged += 1;
    else changed.push({ before: stateOf(old), after: stateOf(now) });
  }
  return { ...pairRenamed(added, removed), changed, unchanged };
}

const stateOf = ({ key, size, checksum, rows }: ManifestObject): FileState => ({ key, size, checksum, rows });
const content = ({ size, checksum }: FileState): string => `${size} ${checksum}`;

/** A removed file and an added one with the same bytes are one file with another name. Empty files are all alike. */
function pairRenamed(added: readonly FileState[], removed: readonly FileState[]) {
  const gone = new Map<string, FileState[]>();
  for (const file of removed) {
    if (file.size > 0) gone.set(content(file), [...(gone.get(content(file)) ?? []), file]);
  }
  const renamed: Renamed[] = [];
  const left: FileState[] = [];
  const paired = new Set<string>();
  for (const file of added) {
    const from = gone.get(content(file))?.shift();
    if (from === undefined) {
      left.push(file);
    } else {
      renamed.push({ from: from.key, to: file });
      paired.add(from.key);
    }
  }
  return { added: left, removed: removed.filter(({ key }) => !paired.has(key)), renamed };
}
