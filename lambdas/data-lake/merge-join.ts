import { compareKeys } from './key-order';

interface Keyed {
  readonly key: string;
}

/** What several sorted sources have under one key: for each source, in their order, its items. */
export interface Joined<T extends readonly Keyed[]> {
  readonly key: string;
  readonly items: { readonly [K in keyof T]: readonly T[K][] };
}

/**
 * Joins sources that are sorted by key, in one pass and in the memory of one key.
 *
 * @throws Error when a source is not sorted
 */
export async function* mergeJoin<T extends readonly Keyed[]>(
  ...sources: { readonly [K in keyof T]: AsyncIterable<T[K]> }
): AsyncGenerator<Joined<T>> {
  const cursors = (sources as readonly AsyncIterable<Keyed>[]).map((source) => new Cursor(source));
  try {
    await Promise.all(cursors.map((cursor) => cursor.advance()));
    for (;;) {
      let key: string | undefined;
      for (const { head } of cursors) {
        if (head !== undefined && (key === undefined || compareKeys(head.key, key) < 0)) key = head.key;
      }
      if (key === undefined) return;
      const items: Keyed[][] = [];
      for (const cursor of cursors) items.push(cursor.head?.key === key ? await cursor.take(key) : []);
      yield { key, items: items as unknown as Joined<T>['items'] };
    }
  } finally {
    await Promise.all(cursors.map((cursor) => cursor.close()));
  }
}

class Cursor {
  head: Keyed | undefined;
  private readonly iterator: AsyncIterator<Keyed>;

  constructor(source: AsyncIterable<Keyed>) {
    this.iterator = source[Symbol.asyncIterator]();
  }

  async advance(): Promise<void> {
    const before = this.head;
    const { done, value } = await this.iterator.next();
    this.head = done === true ? undefined : value;
    if (before !== undefined && this.head !== undefined && compareKeys(before.key, this.head.key) > 0) {
      throw new Error(`Keys are not in order: "${this.head.key}" follows "${before.key}".`);
    }
  }

  async take(key: string): Promise<Keyed[]> {
    const taken: Keyed[] = [];
    while (this.head?.key === key) {
      taken.push(this.head);
      await this.advance();
    }
    return taken;
  }

  async close(): Promise<void> {
    await this.iterator.return?.();
  }
}
