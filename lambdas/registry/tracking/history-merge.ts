import type { LatestMetric } from './entities';
import { comparePoints } from './metric-packs';

/** Sorted points of one item. */
export interface PointSource {
  /** Sort key of the item. */
  readonly sk: string;
  readonly points: readonly LatestMetric[];
}

interface Cursor extends PointSource {
  at: number;
}

/**
 * Merges items whose first points ascend into one history without duplicates, holding only the items that overlap.
 */
export class HistoryMerge {
  private cursors: Cursor[] = [];
  private last: LatestMetric | undefined;

  /** @param after - points up to this one are left out. */
  constructor(after: LatestMetric | undefined) {
    this.last = after;
  }

  /** Sort key of the first item that has points which were not taken yet. */
  get firstOpen(): string | undefined {
    return this.cursors[0]?.sk;
  }

  add(source: PointSource): void {
    this.cursors.push({ ...source, at: 0 });
  }

  /**
   * Takes points in order into `into`, up to `most` in it: those before `bound`, or all without one.
   *
   * @returns whether `into` is full and more may follow.
   */
  take(into: LatestMetric[], most: number, bound: LatestMetric | undefined): boolean {
    for (;;) {
      const cursor = this.least();
      if (cursor === undefined) return false;
      const point = cursor.points[cursor.at]!;
      if (bound !== undefined && comparePoints(point, bound) >= 0) return false;
      const isNew = this.last === undefined || comparePoints(point, this.last) > 0;
      if (isNew && into.length === most) return true;
      cursor.at += 1;
      if (cursor.at === cursor.points.length) this.cursors = this.cursors.filter((other) => other !== cursor);
      if (!isNew) continue;
      into.push(point);
      this.last = point;
    }
  }

  private least(): Cursor | undefined {
    let least = this.cursors[0];
    for (let at = 1; at < this.cursors.length; at += 1) {
      const cursor = this.cursors[at]!;
      if (comparePoints(cursor.points[cursor.at]!, least!.points[least!.at]!) < 0) least = cursor;
    }
    return least;
  }
}
