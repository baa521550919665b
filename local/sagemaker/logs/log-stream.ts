import type { Logger, VirtualClock } from '../../runtime/services';
import type { LogsClient } from './logs-client';

const FLUSH_MS = 1000;
const MOST_EVENTS = 5000;

interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** Sends the lines of one job or variant to a CloudWatch log stream, together once a real second. */
export class LogStream {
  private waiting: LogEvent[] = [];
  private timer?: NodeJS.Timeout;
  private work: Promise<void> = Promise.resolve();
  private made = false;
  private broken = false;

  constructor(
    private readonly client: LogsClient,
    private readonly group: string,
    private readonly stream: string,
    private readonly clock: VirtualClock,
    private readonly logger: Logger,
  ) {}

  /** An arrow, so that it can be handed to whoever has lines. */
  readonly write = (message: string): void => {
    if (this.broken || message === '') {
      return;
    }
    this.waiting.push({ timestamp: this.clock.now().getTime(), message });
    if (this.waiting.length >= MOST_EVENTS) {
      void this.flush();
    }
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  };

  /** Resolves when all lines so far are sent. After a failure the stream is given up; the log file has all lines. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const events = this.waiting;
    if (events.length > 0) {
      this.waiting = [];
      this.work = this.work.then(() => this.send(events));
    }
    return this.work;
  }

  private async send(events: readonly LogEvent[]): Promise<void> {
    if (this.broken) {
      return;
    }
    try {
      if (!this.made) {
        await this.client.createStream(this.group, this.stream);
        this.made = true;
      }
      await this.client.call('PutLogEvents', {
        logGroupName: this.group,
        logStreamName: this.stream,
        logEvents: events,
      });
    } catch (error) {
      this.broken = true;
      this.logger.error(`The log stream ${this.group} ${this.stream} can't be written`, {
        error: `${error}`,
      });
    }
  }
}
