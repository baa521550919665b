import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { DataLakeEnv } from '../../../lib/data-lake/contract';
import {
  MAX_STAGING_CALLS,
  stagedColumnsKey,
  stagedPrefix,
  stagedSplitKey,
} from '../../../lib/training/contract';
import { catalog } from '../../data-lake/catalog';
import type { DatasetVersion, ManifestObject } from '../../data-lake/entities';
import { manifestReader } from '../../data-lake/manifest-reader';
import { dynamo, s3 } from '../../shared/clients';
import { requireEnv } from '../../shared/env';
import { parseShape } from '../../shared/parse';
import { recordedSplits, splitShape, withRecordedCutoffs } from '../splits';
import { type StagingStore, stagingStore } from '../staging-store';
import { stageObjects } from './stage-objects';

const request = z.object({
  runId: z.string(),
  dataset: z.string(),
  datasetVersion: z.string(),
  split: splitShape,
  /** What the call before answered, when it did not come to an end; empty in the first call. */
  progress: z.object({ after: z.string().optional(), calls: z.number().int().default(0) }),
});

export interface StageDatasetDeps {
  readonly store: StagingStore;
  /** The objects of a manifest in the order of their keys, those after a key only if one is given. */
  manifestObjects(
    dataset: string,
    id: string,
    after: string | undefined,
  ): AsyncIterable<ManifestObject> | Iterable<ManifestObject>;
  datasetVersion(dataset: string, id: string): Promise<DatasetVersion | undefined>;
  /** Milliseconds until the function is ended. */
  remainingMs(): number;
}

export interface StagedDataset {
  readonly uri: string;
  readonly objects: number;
  readonly bytes: number;
  /** Given when there is more to copy: call again with it. */
  readonly progress?: { readonly after: string; readonly calls: number };
}

/** No copy is begun with less: S3 takes about a minute to copy 5 GB. */
const RESERVE_MS = 3 * 60_000;

/**
 * Copies exactly the object versions that a manifest names into the run's staging folder, on S3's side, and compares
 * their checksums with the manifest's. A call that would take too long answers how far it got. Beside the data it
 * writes the order of the version's columns and how its rows are to be split.
 *
 * @throws Error when the catalog does not know the version, naming an object that differs from the manifest, or when
 * all the calls that a run may make did not suffice
 */
export function createHandler(deps: StageDatasetDeps) {
  return async (event: unknown): Promise<StagedDataset> => {
    const asked = parseShape(request, event, 'The dataset to stage');
    const { runId, dataset, datasetVersion, split, progress } = asked;
    const version = await deps.datasetVersion(dataset, datasetVersion);
    if (version === undefined) throw new Error(`Dataset "${dataset}" has no version ${datasetVersion}.`);
    const calls = progress.calls + 1;
    if (calls > MAX_STAGING_CALLS) {
      throw new Error(
        `Dataset version ${datasetVersion} (${version.objects} objects, ${version.bytes} bytes) could not be staged in ${MAX_STAGING_CALLS} calls: it got as far as ${progress.after}. Use fewer, larger files.`,
      );
    }
    const prefix = stagedPrefix(runId);
    const { after } = await stageObjects(deps.store, {
      dataset,
      prefix,
      objects: deps.manifestObjects(dataset, datasetVersion, progress.after),
      from: progress.after,
      timeLeft: () => deps.remainingMs() > RESERVE_MS,
    });
    const staged = {
      uri: `s3://${deps.store.bucket}/${prefix}`,
      objects: version.objects,
      bytes: version.bytes,
    };
    if (after !== undefined) return { ...staged, progress: { after, calls } };
    await deps.store.writeJson(
      stagedColumnsKey(runId),
      version.columns.map(({ name }) => name),
    );
    await deps.store.writeJson(stagedSplitKey(runId), withRecordedCutoffs(split, recordedSplits(version)));
    return staged;
  };
}

export const handler = async (event: unknown, context: Context): Promise<StagedDataset> => {
  const bucket = requireEnv(DataLakeEnv.BUCKET);
  return createHandler({
    store: stagingStore(s3(), bucket),
    manifestObjects: manifestReader(s3(), bucket).objects,
    datasetVersion: catalog(dynamo(), requireEnv(DataLakeEnv.CATALOG_TABLE)).version,
    remainingMs: () => context.getRemainingTimeInMillis(),
  })(event);
};
