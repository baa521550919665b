import type { BusEvent, EventSink } from '../runtime/services';

/** Events on their way to the bus: they leave in order, and stay until the bus has taken them. */
export class EventOutbox {
  private waiting: BusEvent[] = [];

  constructor(private readonly sink: EventSink) {}

  add(event: BusEvent): void {
    this.waiting.push(event);
  }

  /** @throws what the bus throws; the events are kept for the next flush. */
  async flush(): Promise<void> {
    const leaving = this.waiting;
    if (leaving.length > 0) {
      await this.sink.put(leaving);
      this.waiting = this.waiting.slice(leaving.length);
    }
  }
}
