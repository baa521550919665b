import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { BYTES_PER_FUNCTION, DataLakeEnv } from '../../../lib/data-lake/contract';
import { dynamo, s3, sqs } from '../../shared/clients';
import { systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { publishEvent } from '../../shared/events';
import { logger } from '../../shared/logger';
import { catalog } from '../catalog';
import { dropStore } from '../drop-store';
import { lakeStore } from '../lake-store';
import { logFailures } from '../log-failures';
import { manifestStore } from '../manifest-store';
import { type ClosingMessage, decodeClosingMessage } from '../messages';
import { quietSecondsFrom } from '../quiet-seconds';
import { s3Objects } from '../s3-objects';
import { seenStore } from '../seen-store';
import { workStore } from '../work-store';
import { acceptQuarantined } from './accept';
import { assemblePlan, createVersion } from './create-version';
import type { CreateVersionDeps, Outcome } from './deps';

function handle(deps: CreateVersionDeps, message: ClosingMessage): Promise<Outcome> {
  if (message.kind === 'accept') return acceptQuarantined(deps, message.request);
  if (message.kind === 'assemble') return assemblePlan(deps, message.message);
  return createVersion(deps, message.closing);
}

/** Closes drops: each message is one closing, each closing at most one dataset version. */
export function createHandler(deps: CreateVersionDeps) {
  return async (event: SQSEvent, context?: Context): Promise<SQSBatchResponse> => {
    const close = async (record: SQSRecord): Promise<void> => {
      const message = decodeClosingMessage(record.body);
      const outcome = await handle(deps, message);
      logger.info('closed a drop', { message, outcome });
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
  const bucket = requireEnv(DataLakeEnv.BUCKET);
  return createHandler({
    lake: lakeStore(s3(), bucket),
    manifests: manifestStore(s3(), bucket),
    seen: seenStore(s3(), bucket),
    work: workStore(s3Objects(s3(), bucket), dynamo(), table),
    catalog: catalog(dynamo(), table),
    drops: dropStore(dynamo(), table),
    quietSeconds: quietSecondsFrom(process.env),
    limit: {
      changes: Number(requireEnv(DataLakeEnv.CHANGES_PER_FUNCTION)),
      bytes: BYTES_PER_FUNCTION,
    },
    publish: publishEvent,
    async sendPart(message) {
      const QueueUrl = requireEnv(DataLakeEnv.PARTS_QUEUE_URL);
      await sqs().send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
    },
    clock: systemClock,
  })(event, context);
};
