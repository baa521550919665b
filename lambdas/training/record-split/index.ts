import { GetObjectCommand } from '@aws-sdk/client-s3';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DataLakeEnv, DatasetSk, datasetPk } from '../../../lib/data-lake/contract';
import { RegistryEnv, runPrefix } from '../../../lib/registry/contract';
import { RunFile } from '../../../lib/training/contract';
import { type RegistryStore, registryStore } from '../../registry/registry-store';
import { dynamo, s3 } from '../../shared/clients';
import { type Clock, systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { parseShape } from '../../shared/parse';
import { preparedSplitShape, type RecordedSplit, splitId, splitParams, splitShape } from '../splits';

const request = z.object({
  runId: z.string(),
  dataset: z.string(),
  datasetVersion: z.string(),
  split: splitShape,
});

export interface RecordSplitDeps {
  readonly store: Pick<RegistryStore, 'updateRun'>;
  /** Text of an artifact. */
  readText(key: string): Promise<string>;
  /** Adds a split to a dataset version; one that it has already stays as it is. */
  recordSplit(dataset: string, version: string, id: string, split: RecordedSplit): Promise<void>;
  readonly clock: Clock;
}

/** Records with the dataset version and with the run how the rows were split, cut-offs and counts included. */
export function createHandler(deps: RecordSplitDeps) {
  return async (event: unknown): Promise<{ split: string }> => {
    const { runId, dataset, datasetVersion, split } = parseShape(request, event, 'The split to record');
    const text = await deps.readText(`${runPrefix(runId)}${RunFile.SPLIT}`);
    const prepared = parseShape(preparedSplitShape, JSON.parse(text), `The split of run ${runId}`);
    const id = splitId(split);
    const recordedAt = deps.clock.now().toISOString();
    await deps.recordSplit(dataset, datasetVersion, id, { ...split, ...prepared, runId, recordedAt });
    await deps.store.updateRun(runId, { params: splitParams(split, prepared) });
    return { split: id };
  };
}

/** Writes into the version's item: a map first, then the split, unless they are there. */
export function splitRecorder(client: DynamoDBDocumentClient, table: string): RecordSplitDeps['recordSplit'] {
  return async (dataset, version, id, split) => {
    const item = {
      TableName: table,
      Key: { PK: datasetPk(dataset), SK: DatasetSk.version(version) },
      ConditionExpression: 'attribute_exists(PK)',
    };
    await client.send(
      new UpdateCommand({
        ...item,
        UpdateExpression: 'SET splits = if_not_exists(splits, :none)',
        ExpressionAttributeValues: { ':none': {} },
      }),
    );
    await client.send(
      new UpdateCommand({
        ...item,
        UpdateExpression: 'SET splits.#id = if_not_exists(splits.#id, :split)',
        ExpressionAttributeNames: { '#id': id },
        ExpressionAttributeValues: { ':split': split },
      }),
    );
  };
}

export const handler = async (event: unknown): Promise<{ split: string }> => {
  const Bucket = requireEnv(RegistryEnv.ARTIFACTS_BUCKET);
  return createHandler({
    store: registryStore(dynamo(), requireEnv(RegistryEnv.TABLE)),
    readText: async (Key) => {
      const { Body } = await s3().send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToString()) ?? '';
    },
    recordSplit: splitRecorder(dynamo(), requireEnv(DataLakeEnv.CATALOG_TABLE)),
    clock: systemClock,
  })(event);
};
