import { type Change, Items } from './items';

/**
 * A copy of a table that lags behind, as DynamoDB's index and its eventually consistent reads may. It takes changes
 * in the order in which they were made.
 */
export class Replica {
  private readonly copy = new Items();
  private readonly pending: Change[] = [];

  /** @param lag - how many of the newest changes a read does not see; asked at each read. */
  constructor(private readonly lag: () => number) {}

  add(changes: readonly Change[]): void {
    this.pending.push(...changes);
  }

  /** The copy as a read finds it now. */
  items(): Items {
    const due = this.pending.length - this.lag();
    if (due > 0) for (const change of this.pending.splice(0, due)) this.copy.apply(change);
    return this.copy;
  }
}
