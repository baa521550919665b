import { compareText } from './order';

const BLOCK = 512;

/**
 * A map whose keys are kept in DynamoDB's order, in blocks of at most 512: lookups are binary searches and an
 * insertion moves no more than one block, however many keys there are.
 */
export class SortedMap<T> {
  size = 0;
  private readonly blocks: { keys: string[]; values: T[] }[] = [{ keys: [], values: [] }];

  get(key: string): T | undefined {
    const block = this.blocks[this.blockOf(key)]!;
    const at = lowerBound(block.keys, key);
    return block.keys[at] === key ? block.values[at] : undefined;
  }

  set(key: string, value: T): void {
    const index = this.blockOf(key);
    const block = this.blocks[index]!;
    const at = lowerBound(block.keys, key);
    if (block.keys[at] === key) {
      block.values[at] = value;
      return;
    }
    this.size += 1;
    if (at === block.keys.length) {
      block.keys.push(key);
      block.values.push(value);
    } else {
      block.keys.splice(at, 0, key);
      block.values.splice(at, 0, value);
    }
    if (block.keys.length > BLOCK) this.split(index);
  }

  delete(key: string): void {
    const index = this.blockOf(key);
    const block = this.blocks[index]!;
    const at = lowerBound(block.keys, key);
    if (block.keys[at] !== key) return;
    this.size -= 1;
    block.keys.splice(at, 1);
    block.values.splice(at, 1);
    if (block.keys.length === 0 && this.blocks.length > 1) this.blocks.splice(index, 1);
  }

  /** Entries from a key on (all without one), upwards; `inclusive`: the key itself as well. */
  *from(key: string | undefined, inclusive: boolean): Generator<readonly [string, T]> {
    let index = key === undefined ? 0 : this.blockOf(key);
    let at = key === undefined ? 0 : lowerBound(this.blocks[index]!.keys, key);
    if (key !== undefined && !inclusive && this.blocks[index]!.keys[at] === key) at += 1;
    for (; index < this.blocks.length; index += 1, at = 0) {
      const { keys, values } = this.blocks[index]!;
      for (; at < keys.length; at += 1) yield [keys[at]!, values[at]!];
    }
  }

  /** Entries from a key on (all without one), downwards. */
  *downFrom(key: string | undefined, inclusive: boolean): Generator<readonly [string, T]> {
    let index = key === undefined ? this.blocks.length - 1 : this.blockOf(key);
    let at = this.blocks[index]!.keys.length - 1;
    if (key !== undefined) {
      const { keys } = this.blocks[index]!;
      at = lowerBound(keys, key);
      if (keys[at] !== key || !inclusive) at -= 1;
    }
    for (;;) {
      const { keys, values } = this.blocks[index]!;
      for (; at >= 0; at -= 1) yield [keys[at]!, values[at]!];
      index -= 1;
      if (index < 0) return;
      at = this.blocks[index]!.keys.length - 1;
    }
  }

  /** The last block whose first key is not above the key: where the key is or belongs. */
  private blockOf(key: string): number {
    let low = 0;
    let high = this.blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (compareText(this.blocks[middle]!.keys[0]!, key) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private split(index: number): void {
    const { keys, values } = this.blocks[index]!;
    // Keys often arrive in order, then a nearly full block stays behind instead of a half-empty one.
    const at = index === this.blocks.length - 1 ? BLOCK - 8 : BLOCK >> 1;
    this.blocks.splice(index + 1, 0, { keys: keys.splice(at), values: values.splice(at) });
  }
}

/** The first place whose key is not below the key. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareText(keys[middle]!, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
