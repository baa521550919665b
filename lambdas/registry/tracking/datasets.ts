import { gunzipSync, gzipSync } from 'node:zlib';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { type Item, queryItems } from '../store/table';
import { batchGetAll, batchPutAll } from './batch';
import { allDone, tried } from './contention';
import type { TrackingContext } from './context';
import type { Dataset, DatasetSummary } from './entities';
import { DoesNotExistError } from './errors';
import { readExperimentItem } from './experiments';
import { datasetPartSk, datasetSk, datasetSummarySk, digestOf, experimentPk } from './keys';
import type { DatasetReference } from './tracking-store';

export const CONTEXT_TAG = 'mlflow.data.context';
/** Schemas and profiles up to here stand in the dataset's own item. */
const INLINE_BYTES = 100 * 1024;
const PART_BYTES = 350 * 1024;
const MOST_SUMMARIES = 1000;

/** Keeps a dataset of an experiment, unless it has it already: the first description stands. */
export async function putDataset(
  { table }: TrackingContext,
  experimentId: string,
  dataset: Dataset,
): Promise<void> {
  const pk = experimentPk(experimentId);
  const texts = JSON.stringify([dataset.schema ?? null, dataset.profile ?? null]);
  const isLarge = Buffer.byteLength(texts) > INLINE_BYTES;
  const content = isLarge ? digestOf(texts) : undefined;
  const parts = isLarge ? split(gzipSync(texts)) : [];
  await allDone(
    parts.map((part, at) => batchPutAll(table, [{ PK: pk, SK: datasetPartSk(content!, at), bytes: part }])),
  );
  const { schema, profile, ...head } = dataset;
  await tried(
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: {
          PK: pk,
          SK: datasetSk(dataset.name, dataset.digest),
          entity: 'dataset',
          ...head,
          ...(isLarge ? { content, parts: parts.length } : { schema, profile }),
        },
        ConditionExpression: 'attribute_not_exists(PK)',
      }),
    ),
  );
}

/** Keeps the contexts that datasets were read in, for `searchDatasets`. */
export async function putSummaries(
  { table }: TrackingContext,
  experimentId: string,
  references: readonly DatasetReference[],
): Promise<void> {
  await batchPutAll(
    table,
    references.map(({ name, digest, tags }) => ({
      PK: experimentPk(experimentId),
      SK: datasetSummarySk(name, digest, tags.get(CONTEXT_TAG)),
      entity: 'dataset-summary',
      name,
      digest,
      context: tags.get(CONTEXT_TAG),
    })),
  );
}

export async function getDatasets(
  context: TrackingContext,
  experimentId: string,
  references: readonly Pick<DatasetReference, 'name' | 'digest'>[],
): Promise<Dataset[]> {
  const pk = experimentPk(experimentId);
  const items = await batchGetAll(
    context.table,
    references.map(({ name, digest }) => ({ PK: pk, SK: datasetSk(name, digest) })),
  );
  return allDone(items.map((item) => asDataset(context, item)));
}

async function asDataset({ table }: TrackingContext, item: Item): Promise<Dataset> {
  const head = {
    name: item.name as string,
    digest: item.digest as string,
    sourceType: item.sourceType as string,
    source: item.source as string,
  };
  if (item.content === undefined) {
    return withTexts(head, item.schema as string | undefined, item.profile as string | undefined);
  }
  const keys = Array.from({ length: Number(item.parts) }, (_, at) => ({
    PK: item.PK as string,
    SK: datasetPartSk(item.content as string, at),
  }));
  const parts = await batchGetAll(table, keys);
  const bySk = new Map(parts.map((part) => [part.SK as string, part.bytes as Uint8Array]));
  const bytes = Buffer.concat(keys.map(({ SK }) => bySk.get(SK)!));
  const [schema, profile] = JSON.parse(gunzipSync(bytes).toString()) as [string | null, string | null];
  return withTexts(head, schema ?? undefined, profile ?? undefined);
}

const withTexts = (
  head: Omit<Dataset, 'schema' | 'profile'>,
  schema: string | undefined,
  profile: string | undefined,
): Dataset => ({
  ...head,
  ...(schema === undefined ? {} : { schema }),
  ...(profile === undefined ? {} : { profile }),
});

export async function searchDatasets(
  context: TrackingContext,
  experimentIds: readonly string[],
): Promise<DatasetSummary[]> {
  const summaries = await allDone(
    [...new Set(experimentIds)].map(async (experimentId) => {
      const existing = await existingExperiment(context, experimentId);
      if (existing === undefined) return [];
      const items = await queryItems(context.table, experimentPk(existing), 'DC#', {
        limit: MOST_SUMMARIES,
      });
      return items.map((item) => asSummary(existing, item));
    }),
  );
  return summaries.flat().slice(0, MOST_SUMMARIES);
}

async function existingExperiment(
  context: TrackingContext,
  experimentId: string,
): Promise<string | undefined> {
  try {
    return (await readExperimentItem(context, experimentId)).experimentId;
  } catch (error) {
    if (error instanceof DoesNotExistError) return undefined;
    throw error;
  }
}

const asSummary = (experimentId: string, item: Item): DatasetSummary => ({
  experimentId,
  name: item.name as string,
  digest: item.digest as string,
  ...(item.context === undefined ? {} : { context: item.context as string }),
});

function split(bytes: Buffer): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += PART_BYTES) {
    parts.push(new Uint8Array(bytes.subarray(from, from + PART_BYTES)));
  }
  return parts;
}
