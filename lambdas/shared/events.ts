import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ENV_EVENT_BUS, EVENT_SOURCE } from '../../lib/events-contract';
import { eventBridge } from './clients';
import { requireEnv } from './env';

/** Puts one Flywheel event on the bus. */
export type PublishEvent = (detailType: string, detail: Record<string, unknown>) => Promise<void>;

/** @throws Error with EventBridge's own code and message when the bus refuses the event. */
export const publishEvent: PublishEvent = async (detailType, detail) => {
  const answer = await eventBridge().send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: requireEnv(ENV_EVENT_BUS),
          Source: EVENT_SOURCE,
          DetailType: detailType,
          Detail: JSON.stringify(detail),
        },
      ],
    }),
  );
  const refused = answer.Entries?.find((entry) => entry.ErrorCode !== undefined);
  if (refused !== undefined) {
    throw new Error(
      `EventBridge refused "${detailType}": ${refused.ErrorCode} ${refused.ErrorMessage ?? ''}`,
    );
  }
};
