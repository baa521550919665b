import { concurrently } from '../../shared/concurrently';
import type { ManifestStore } from '../manifest-store';
import { tablesOf } from '../part-result';
import type { Resolution } from '../resolve';
import { mergeProfiles } from '../validation/merge-profiles';

const WRITTEN_AT_ONCE = 16;

/** Keeps the summaries of each fresh file, so that those of a version without some of them can be made. */
export async function keepFileProfiles(
  manifests: Pick<ManifestStore, 'writeFileProfile'>,
  dataset: string,
  resolution: Resolution,
): Promise<void> {
  await concurrently(tablesOf(resolution), WRITTEN_AT_ONCE, ({ fingerprint, inspection }) =>
    manifests.writeFileProfile(dataset, fingerprint, mergeProfiles([inspection])),
  );
}
