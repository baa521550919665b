import { INDEX_PARTITION_KEY, INDEX_SORT_KEY, type Key } from './schema';
import { SortedMap } from './sorted-map';
import type { Item } from './values';

/** An item as it is kept, frozen, with its size. */
export interface Entry {
  readonly item: Item;
  readonly bytes: number;
}

/** An item that is put in place of what was there, or (without entry) deleted. */
export interface Change extends Key {
  readonly entry: Entry | undefined;
}

/** The items of a table by their keys, and those that have index keys once more by these. */
export class Items {
  private readonly partitions = new Map<string, SortedMap<Entry>>();
  private readonly indexPartitions = new Map<string, SortedMap<Entry>>();

  get({ pk, sk }: Key): Entry | undefined {
    return this.partitions.get(pk)?.get(sk);
  }

  partition(pk: string): SortedMap<Entry> | undefined {
    return this.partitions.get(pk);
  }

  /** Entries of a partition of the index; their keys are made by `indexOrder`. */
  indexPartition(pk: string): SortedMap<Entry> | undefined {
    return this.indexPartitions.get(pk);
  }

  apply({ pk, sk, entry }: Change): void {
    const before = this.get({ pk, sk });
    if (before !== undefined) this.unindex(before.item);
    if (entry === undefined) remove(this.partitions, pk, sk);
    else {
      place(this.partitions, pk, sk, entry);
      const { [INDEX_PARTITION_KEY]: indexPk, [INDEX_SORT_KEY]: indexSk } = entry.item;
      if (indexPk !== undefined && indexSk !== undefined) {
        place(this.indexPartitions, indexPk as string, indexOrder(entry.item), entry);
      }
    }
  }

  *all(): Generator<Entry> {
    for (const partition of this.partitions.values()) {
      for (const [, entry] of partition.from(undefined, true)) yield entry;
    }
  }

  private unindex(item: Item): void {
    const indexPk = item[INDEX_PARTITION_KEY];
    if (indexPk !== undefined && item[INDEX_SORT_KEY] !== undefined) {
      remove(this.indexPartitions, indexPk as string, indexOrder(item));
    }
  }
}

/** Sorts by the index's sort key; the table's key tells equal ones apart. */
export const indexOrder = (item: Item): string => `${item[INDEX_SORT_KEY]}\u0000${item.PK}\u0000${item.SK}`;

function place(partitions: Map<string, SortedMap<Entry>>, pk: string, key: string, entry: Entry): void {
  let partition = partitions.get(pk);
  if (partition === undefined) {
    partition = new SortedMap();
    partitions.set(pk, partition);
  }
  partition.set(key, entry);
}

function remove(partitions: Map<string, SortedMap<Entry>>, pk: string, key: string): void {
  const partition = partitions.get(pk);
  partition?.delete(key);
  if (partition?.size === 0) partitions.delete(pk);
}
