import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { DataLakeEnv } from '../../../lib/data-lake/contract';
import { dynamo, s3 } from '../../shared/clients';
import { systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { publishEvent } from '../../shared/events';
import { logger } from '../../shared/logger';
import { catalog } from '../catalog';
import { decodeClosing } from '../drop';
import { dropStore } from '../drop-store';
import { lakeStore } from '../lake-store';
import { logFailures } from '../log-failures';
import { type CreateVersionDeps, createVersion } from './create-version';

/** Closes drops: each message is one closing, each closing at most one dataset version. */
export function createHandler(deps: CreateVersionDeps) {
  return async (event: SQSEvent, context?: Context): Promise<SQSBatchResponse> => {
    const close = async (record: SQSRecord): Promise<void> => {
      const closing = decodeClosing(record.body);
      const outcome = await createVersion(deps, closing);
      logger.info('closed a drop', { closing, outcome });
    };
    const processor = new BatchProcessor(EventType.SQS);
    return processPartialResponse(event, logFailures(close), processor, {
      context,
      throwOnFullBatchFailure: false,
    });
  };
}

export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  const table = requireEnv(DataLakeEnv.CATALOG_TABLE);
  return createHandler({
    lake: lakeStore(s3(), requireEnv(DataLakeEnv.BUCKET)),
    catalog: catalog(dynamo(), table),
    drops: dropStore(dynamo(), table),
    quietSeconds: Number(requireEnv(DataLakeEnv.QUIET_PERIOD_SECONDS)),
    publish: publishEvent,
    clock: systemClock,
  })(event, context);
};
