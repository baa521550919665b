import type { SQSRecord } from 'aws-lambda';
import { logger } from '../shared/logger';

/** Logs why a message failed before it goes back to its queue: the batch's answer names only the message. */
export function logFailures(handle: (record: SQSRecord) => Promise<void>) {
  return async (record: SQSRecord): Promise<void> => {
    try {
      await handle(record);
    } catch (error) {
      logger.error('a message failed', {
        messageId: record.messageId,
        body: record.body,
        error: error as Error,
      });
      throw error;
    }
  };
}
