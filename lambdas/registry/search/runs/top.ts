/**
 * The first `count` of the rows in order, sorted. Keeps a heap of the best so far with the last of them on top, so
 * that most rows cost one comparison.
 */
export class Top {
  private readonly heap: number[] = [];

  /** @param compare - negative when the first row comes before the second. */
  constructor(
    private readonly count: number,
    private readonly compare: (a: number, b: number) => number,
  ) {}

  add(row: number): void {
    const { heap, compare } = this;
    if (heap.length < this.count) {
      heap.push(row);
      this.rise(heap.length - 1);
    } else if (compare(row, heap[0]!) < 0) {
      heap[0] = row;
      this.sink();
    }
  }

  sorted(): number[] {
    return this.heap.sort(this.compare);
  }

  private rise(start: number): void {
    const { heap, compare } = this;
    const row = heap[start]!;
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (compare(heap[parent]!, row) >= 0) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = row;
  }

  private sink(): void {
    const { heap, compare } = this;
    const row = heap[0]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && compare(heap[child + 1]!, heap[child]!) > 0) child += 1;
      if (compare(heap[child]!, row) <= 0) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = row;
  }
}
