import type { DatasetVersion, Manifest } from '../entities';
import type { FileReport } from '../report';
import type { ReadObject, Resolution } from '../resolve';

/** The catalog's item of the version that a manifest describes. */
export function versionOf(
  manifest: Manifest,
  facts: Omit<DatasetVersion, 'dataset' | 'id' | 'parent' | 'objects' | 'rows' | 'bytes'>,
): DatasetVersion {
  const { dataset, id, parent, objects } = manifest;
  const { problems, ...rest } = facts;
  return {
    dataset,
    id,
    ...(parent === undefined ? {} : { parent }),
    objects: objects.length,
    rows: objects.reduce((sum, object) => sum + object.rows, 0),
    bytes: objects.reduce((sum, object) => sum + object.size, 0),
    ...rest,
    ...(problems === undefined || problems.length === 0 ? {} : { problems }),
  };
}

/** The report's lines on the files that were read in a drop. */
export function filesOf({ fresh, offending }: Resolution): FileReport[] {
  const line =
    (verdict: FileReport['verdict']) =>
    ({ object, problems }: ReadObject) => ({
      ...object,
      verdict,
      problems,
    });
  return [...fresh.map(line('accepted')), ...offending.map(line('quarantined'))];
}
