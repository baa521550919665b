import * as z from 'zod';
import { DataLakeEnv } from '../../../lib/data-lake/contract';
import { stagedColumnsKey, stagedPrefix } from '../../../lib/training/contract';
import { catalog } from '../../data-lake/catalog';
import type { DatasetVersion, Manifest } from '../../data-lake/entities';
import { lakeStore } from '../../data-lake/lake-store';
import { dynamo, s3 } from '../../shared/clients';
import { requireEnv } from '../../shared/env';
import { parseShape } from '../../shared/parse';
import { copiesOf, planStaging } from '../staging';
import { type StagingStore, stagingStore } from '../staging-store';

const request = z.object({ runId: z.string(), dataset: z.string(), datasetVersion: z.string() });

export interface StageDatasetDeps {
  readonly store: StagingStore;
  readManifest(dataset: string, id: string): Promise<Manifest>;
  datasetVersion(dataset: string, id: string): Promise<DatasetVersion | undefined>;
}

export interface StagedDataset {
  readonly uri: string;
  readonly objects: number;
  readonly bytes: number;
}

const AT_ONCE = 16;

/**
 * Copies exactly the object versions that a manifest names into the run's staging folder, on S3's side. Called
 * again it goes on where it stopped. Beside them it writes the order of the version's columns.
 *
 * @throws Error when the catalog does not know the version, or naming the objects whose copies are missing or have another size.
 */
export function createHandler(deps: StageDatasetDeps) {
  return async (event: unknown): Promise<StagedDataset> => {
    const { runId, dataset, datasetVersion } = parseShape(request, event, 'The dataset to stage');
    const version = await deps.datasetVersion(dataset, datasetVersion);
    if (version === undefined) throw new Error(`Dataset "${dataset}" has no version ${datasetVersion}.`);
    const prefix = stagedPrefix(runId);
    const copies = copiesOf(await deps.readManifest(dataset, datasetVersion), prefix);
    const queue = [...planStaging(copies, await deps.store.sizes(prefix)).missing];
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await deps.store.copy(next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const { missing } = planStaging(copies, await deps.store.sizes(prefix));
    if (missing.length > 0) {
      const names = missing
        .slice(0, 5)
        .map(({ sourceKey, versionId }) => `${sourceKey} (version ${versionId})`);
      throw new Error(
        `${missing.length} of ${copies.length} staged objects of dataset version ${datasetVersion} are missing or have another size than the manifest says, e.g. ${names.join(', ')}.`,
      );
    }
    await deps.store.writeJson(
      stagedColumnsKey(runId),
      version.columns.map(({ name }) => name),
    );
    const bytes = copies.reduce((sum, { size }) => sum + size, 0);
    return { uri: `s3://${deps.store.bucket}/${prefix}`, objects: copies.length, bytes };
  };
}

export const handler = async (event: unknown): Promise<StagedDataset> => {
  const bucket = requireEnv(DataLakeEnv.BUCKET);
  return createHandler({
    store: stagingStore(s3(), bucket),
    readManifest: lakeStore(s3(), bucket).readManifest,
    datasetVersion: catalog(dynamo(), requireEnv(DataLakeEnv.CATALOG_TABLE)).version,
  })(event);
};
