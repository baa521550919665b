import type { Logger, MetricDatum, MetricSink } from '../../runtime/services';

const FLUSH_MS = 250;

/** Collects data points and hands them over together, every 250 real milliseconds. */
export class MetricRecorder {
  private waiting: MetricDatum[] = [];
  private timer?: NodeJS.Timeout;
  private puts: Promise<void> = Promise.resolve();

  constructor(
    private readonly sink: MetricSink,
    private readonly logger: Logger,
  ) {}

  add(data: readonly MetricDatum[]): void {
    this.waiting.push(...data);
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** Resolves when everything that was added before has been handed over; a failure is logged. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const data = this.waiting;
    if (data.length > 0) {
      this.waiting = [];
      this.puts = this.puts.then(async () => {
        try {
          await this.sink.put(data);
        } catch (error) {
          this.logger.error('Endpoint metrics could not be put', { points: data.length, error: `${error}` });
        }
      });
    }
    return this.puts;
  }
}
