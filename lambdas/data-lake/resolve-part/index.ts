import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { DataLakeEnv } from '../../../lib/data-lake/contract';
import { dynamo, s3, sqs } from '../../shared/clients';
import { systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { logger } from '../../shared/logger';
import { catalog } from '../catalog';
import { lakeStore } from '../lake-store';
import { logFailures } from '../log-failures';
import { manifestStore } from '../manifest-store';
import { decodePart } from '../messages';
import { s3Objects } from '../s3-objects';
import { workStore } from '../work-store';
import { type ResolvePartDeps, resolvePart } from './resolve-part';

/** Looks at parts of large closings: each message is one part. */
export function createHandler(deps: ResolvePartDeps) {
  return async (event: SQSEvent, context?: Context): Promise<SQSBatchResponse> => {
    const resolve = async (record: SQSRecord): Promise<void> => {
      const message = decodePart(record.body);
      const done = await resolvePart(deps, message);
      logger.info('looked at a part of a drop', { message, done });
    };
    const processor = new BatchProcessor(EventType.SQS);
    return processPartialResponse(event, logFailures(resolve), processor, {
      context,
      throwOnFullBatchFailure: false,
    });
  };
}

export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  const bucket = requireEnv(DataLakeEnv.BUCKET);
  const table = requireEnv(DataLakeEnv.CATALOG_TABLE);
  return createHandler({
    lake: lakeStore(s3(), bucket),
    manifests: manifestStore(s3(), bucket),
    work: workStore(s3Objects(s3(), bucket), dynamo(), table),
    catalog: catalog(dynamo(), table),
    clock: systemClock,
    async sendAssemble(message) {
      const QueueUrl = requireEnv(DataLakeEnv.CLOSINGS_QUEUE_URL);
      await sqs().send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
    },
  })(event, context);
};
