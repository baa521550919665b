import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { DataLakeEnv } from '../../../lib/data-lake/contract';
import { dynamo, sqs } from '../../shared/clients';
import { type Clock, systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { logger } from '../../shared/logger';
import { closingFor, newestClosings, type ScheduledClosing } from '../drop';
import { type DropStore, dropStore } from '../drop-store';
import { logFailures } from '../log-failures';
import { decodeObjectEvent } from '../object-event';
import { quietSecondsFrom } from '../quiet-seconds';

export interface RecordDropDeps {
  readonly bucket: string;
  /** Quiet period of a dataset, in seconds. */
  quietSeconds(dataset: string): number;
  readonly drops: DropStore;
  readonly clock: Clock;
  /** Sends the closing so that it arrives after its delay. */
  send(closing: ScheduledClosing): Promise<void>;
}

/**
 * Counts objects that landed or went and sends the closings of their drops. Killed between the two, the queue brings the
 * events again, which count again and send a closing that is newer still: no drop stays open.
 */
export function createHandler(deps: RecordDropDeps) {
  return async (event: SQSEvent, context?: Context): Promise<SQSBatchResponse> => {
    const closings: ScheduledClosing[] = [];
    const recordObject = async (record: SQSRecord): Promise<void> => {
      const object = decodeObjectEvent(record.body, deps.bucket);
      if (object.role === 'ignored') {
        logger.info('ignored an object that is no data', { key: object.relativeKey });
        return;
      }
      const drop = await deps.drops.record(object, deps.clock.now());
      const quiet = deps.quietSeconds(object.dataset);
      closings.push(closingFor(drop, object.role, quiet, object.by));
    };
    const response = await processPartialResponse(
      event,
      logFailures(recordObject),
      new BatchProcessor(EventType.SQS),
      {
        context,
        throwOnFullBatchFailure: false,
      },
    );
    await Promise.all(newestClosings(closings).map((closing) => deps.send(closing)));
    return response;
  };
}

async function sendClosing({ delaySeconds, ...closing }: ScheduledClosing): Promise<void> {
  await sqs().send(
    new SendMessageCommand({
      QueueUrl: requireEnv(DataLakeEnv.CLOSINGS_QUEUE_URL),
      DelaySeconds: delaySeconds,
      MessageBody: JSON.stringify(closing),
    }),
  );
}

export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  createHandler({
    bucket: requireEnv(DataLakeEnv.BUCKET),
    quietSeconds: quietSecondsFrom(process.env),
    drops: dropStore(dynamo(), requireEnv(DataLakeEnv.CATALOG_TABLE)),
    clock: systemClock,
    send: sendClosing,
  })(event, context);
