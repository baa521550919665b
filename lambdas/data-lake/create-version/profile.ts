import { concurrently } from '../../shared/concurrently';
import type { ManifestHead, ManifestObject } from '../entities';
import { contentFingerprint } from '../manifest';
import type { ManifestStore } from '../manifest-store';
import { MAX_WHOLE } from '../manifest-writer';
import type { DatasetProfile } from '../validation/inspection';
import { mergeProfiles } from '../validation/merge-profiles';
import type { Assembly } from './assembly';

const READ_AT_ONCE = 16;

/**
 * The summaries of the columns of the version to be made. Those of the parent are added to where files are only
 * added; where files were overwritten or removed they are made anew from the summaries of each file.
 *
 * @param before summaries of the parent
 * @returns undefined when nothing has columns, or when more than 5,000 files would have to be summarised anew
 */
export async function versionProfile(
  manifests: ManifestStore,
  dataset: string,
  assembly: Assembly,
  parent: ManifestHead | undefined,
  before: DatasetProfile | undefined,
): Promise<DatasetProfile | undefined> {
  const { profile: fresh, replaces, next } = assembly;
  if (fresh === undefined && before === undefined) return undefined;
  if (!replaces) {
    if (parent === undefined || parent.rows === 0) return fresh;
    if (before !== undefined) return fresh === undefined ? before : mergeProfiles([before, fresh]);
  }
  if (next.objects > MAX_WHOLE) return undefined;
  const files = await concurrently(next.tail, READ_AT_ONCE, ({ key, checksum }: ManifestObject) =>
    manifests.readFileProfile(dataset, contentFingerprint(key, checksum)),
  );
  const known = files.flatMap((file) => file ?? []);
  return known.length === 0 ? undefined : mergeProfiles(known);
}
