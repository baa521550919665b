import { createHash } from 'node:crypto';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { MetricName, MonitorEnv } from '../../../lib/monitoring/contract';
import { RegistryEnv } from '../../../lib/registry/contract';
import { cloudWatch, dynamo, s3 } from '../../shared/clients';
import { type Clock, systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { logger } from '../../shared/logger';
import { decodeCreatedObject, isFolderMarker } from '../created-object';
import { type InferenceStore, inferenceStore } from '../inference-store';
import { parseLabels } from '../labels';
import { metricWriter, type PutMetrics } from '../metrics';
import { objectReader, type ReadObject } from '../objects';
import { type WindowStore, windowStore } from '../window-store';

const REJECTED_LOGGED = 5;

export interface JoinLabelsDeps {
  readonly read: ReadObject;
  readonly inferences: InferenceStore;
  readonly windows: WindowStore;
  readonly putMetrics: PutMetrics;
  readonly clock: Clock;
}

/**
 * Joins files of labels to the predictions by inference id. Labels may come before the capture, late, repeatedly or
 * corrected: each file's labels are kept beside those of other files, and the file written last wins. The windows are
 * marked when the labels are there, however long ago they ended.
 */
export function createHandler(deps: JoinLabelsDeps) {
  return async (event: SQSEvent, context?: Context): Promise<SQSBatchResponse> =>
    processPartialResponse(
      event,
      (record: SQSRecord) => join(deps, record),
      new BatchProcessor(EventType.SQS),
      { context, throwOnFullBatchFailure: false },
    );
}

async function join(deps: JoinLabelsDeps, message: SQSRecord): Promise<void> {
  const location = decodeCreatedObject(message.body);
  if (isFolderMarker(location)) return;
  const file = await deps.read(location);
  if (file === undefined) {
    logger.warn('a file of labels was deleted before it was read', { ...location });
    return;
  }
  const { chunks, rejected } = parseLabels(file.text, `s3://${location.bucket}/${location.key}`);
  const now = deps.clock.now();
  const windows = await deps.inferences.putLabels(
    chunks,
    { id: fileId(file.key), at: file.lastModified.toISOString() },
    now,
  );
  for (const window of windows) {
    await deps.windows.touch(window, now);
  }
  if (rejected.length > 0) {
    const some = rejected.slice(0, REJECTED_LOGGED);
    logger.warn('labels were rejected', { key: file.key, count: rejected.length, some });
  }
  await deps.putMetrics([{ name: MetricName.REJECTED_LABELS, value: rejected.length, at: now }]);
}

function fileId(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}

let production: ReturnType<typeof createHandler> | undefined;

export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  production ??= createHandler(productionDeps());
  return production(event, context);
};

function productionDeps(): JoinLabelsDeps {
  const model = requireEnv(MonitorEnv.MODEL);
  const table = requireEnv(RegistryEnv.TABLE);
  return {
    read: objectReader(s3()),
    inferences: inferenceStore(dynamo(), table, model, Number(requireEnv(MonitorEnv.RETENTION_SECONDS))),
    windows: windowStore(dynamo(), table, model),
    putMetrics: metricWriter(cloudWatch(), model),
    clock: systemClock,
  };
}
