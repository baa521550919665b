import { DetailType } from '../../../lib/events-contract';
import type { DatasetVersion } from '../entities';
import type { CreateVersionDeps } from './deps';

type Deps = Pick<CreateVersionDeps, 'publish' | 'catalog' | 'clock'>;

/** Puts the version's event on the bus unless that was done, by this closing before it was cut off or by another. */
export async function announceVersion(deps: Deps, version: DatasetVersion | undefined): Promise<void> {
  if (version === undefined || version.announcedAt !== undefined) return;
  const { dataset, id, parent, manifestUri, objects, rows, bytes, createdAt, trigger } = version;
  await deps.publish(DetailType.DATASET_VERSION_CREATED, {
    ...{ dataset, datasetVersion: id, manifestUri, objects, rows, bytes, createdAt, trigger },
    ...(parent === undefined ? {} : { parent }),
  });
  await deps.catalog.markAnnounced(dataset, id, deps.clock.now());
}

/** Keeps the item of a version that is kept out, and puts its event on the bus unless both was done before. */
export async function announceQuarantined(deps: Deps, version: DatasetVersion): Promise<void> {
  const { dataset, id, reportUri, problems } = version;
  const before = await deps.catalog.version(dataset, id);
  const said = before?.announcedAt !== undefined && before.schemaDigest === version.schemaDigest;
  if (before?.status === 'quarantined' && said) return;
  await deps.catalog.recordQuarantined(version);
  await deps.publish(DetailType.DROP_QUARANTINED, { dataset, datasetVersion: id, reportUri, problems });
  if (before?.status !== 'accepted') await deps.catalog.markAnnounced(dataset, id, deps.clock.now());
}
