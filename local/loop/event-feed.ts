import { setTimeout as wait } from 'node:timers/promises';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { EVENT_SOURCE } from '../../lib/events-contract';
import { StoryError } from './story-error';

/** One event that Flywheel put on the bus. */
export interface FlywheelEvent {
  readonly id: string;
  readonly detailType: string;
  readonly time: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape depends on the detail type
  readonly detail: Record<string, any>;
}

export interface AwsConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const NAME = 'flywheel-story';

/**
 * Listens to every Flywheel event by a rule and a queue of its own, as a user would wire their own automation.
 * Each event is handed out once, in the order of arrival.
 */
export class EventFeed {
  private readonly events: FlywheelEvent[] = [];
  private readonly taken = new Set<string>();
  private readonly seen = new Set<string>();
  private stopped = false;
  private polling: Promise<void> = Promise.resolve();
  private failure: Error | undefined;

  private constructor(
    private readonly sqs: SQSClient,
    private readonly queueUrl: string,
    private readonly onEvent: (event: FlywheelEvent) => void,
  ) {}

  static async open(config: AwsConfig, onEvent: (event: FlywheelEvent) => void): Promise<EventFeed> {
    const sqs = new SQSClient(config);
    const bus = new EventBridgeClient(config);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: NAME }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    await bus.send(
      new PutRuleCommand({ Name: NAME, EventPattern: JSON.stringify({ source: [EVENT_SOURCE] }) }),
    );
    await bus.send(new PutTargetsCommand({ Rule: NAME, Targets: [{ Id: NAME, Arn: Attributes?.QueueArn }] }));
    const feed = new EventFeed(sqs, QueueUrl ?? '', onEvent);
    feed.polling = feed.poll();
    return feed;
  }

  /**
   * The next event of one of these kinds that fits and was not handed out yet.
   *
   * @throws StoryError when none comes within the time, with what came instead.
   */
  async next(
    detailTypes: string | readonly string[],
    fits: (event: FlywheelEvent) => boolean,
    timeoutMs: number,
    what: string,
  ): Promise<FlywheelEvent> {
    const kinds = typeof detailTypes === 'string' ? [detailTypes] : detailTypes;
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      if (this.failure !== undefined) {
        throw this.failure;
      }
      const found = this.events.find(
        (event) => !this.taken.has(event.id) && kinds.includes(event.detailType) && fits(event),
      );
      if (found !== undefined) {
        this.taken.add(found.id);
        return found;
      }
      if (Date.now() > deadline) {
        const last = this.events
          .slice(-5)
          .map((event) => `${event.detailType} ${JSON.stringify(event.detail).slice(0, 200)}`);
        throw new StoryError(
          `Waited ${Math.round(timeoutMs / 1000)} s for ${what} in vain. The last events were:\n  ${last.join('\n  ')}`,
        );
      }
      await wait(50);
    }
  }

  /** Whether such an event has arrived, handed out or not. */
  has(detailType: string, fits: (event: FlywheelEvent) => boolean): boolean {
    return this.events.some((event) => event.detailType === detailType && fits(event));
  }

  async close(): Promise<void> {
    this.stopped = true;
    await this.polling;
    this.sqs.destroy();
  }

  private async poll(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.receive();
      } catch (error) {
        if (!this.stopped) {
          this.failure = error as Error;
          return;
        }
      }
    }
  }

  private async receive(): Promise<void> {
    const { Messages } = await this.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    );
    if (Messages === undefined || Messages.length === 0) {
      await wait(200);
      return;
    }
    for (const message of Messages) {
      this.accept(message.Body ?? '{}');
    }
    await this.sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: this.queueUrl,
        Entries: Messages.map((message, index) => ({
          Id: String(index),
          ReceiptHandle: message.ReceiptHandle,
        })),
      }),
    );
  }

  private accept(body: string): void {
    const raw = JSON.parse(body) as Record<string, unknown>;
    const event: FlywheelEvent = {
      id: String(raw.id),
      detailType: String(raw['detail-type']),
      time: String(raw.time),
      detail: (raw.detail ?? {}) as FlywheelEvent['detail'],
    };
    if (!this.seen.has(event.id)) {
      this.seen.add(event.id);
      this.events.push(event);
      this.onEvent(event);
    }
  }
}
