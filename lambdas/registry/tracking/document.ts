import type { Item } from '../store/table';
import { attributeName, keyOfAttribute } from './keys';

/**
 * A document is an item with maps of texts that grow: params, tags, metrics. Once the maps exceed their room (300 KB)
 * the item is marked full: it takes no new keys, and each further one becomes an item of its own, whose sort key begins with the
 * document's. An item beside it overrules the key in it. This file is the deciding; `document-writes.ts` acts.
 */
export type MapName = 'params' | 'tags' | 'datasets' | 'modelInputs' | 'modelOutputs' | 'latest' | 'metrics';

/** Bytes of keys and values that a document takes before it is full. */
export const ROOM_BYTES = 300 * 1024;
/** Latest metrics are written often, and a write costs by the size of the whole item. */
export const LATEST_ROOM_BYTES = 64 * 1024;

interface Keyed {
  readonly map: MapName;
  readonly key: string;
}

export type EntryWrite = Keyed &
  (
    | { readonly mode: 'once' | 'first' | 'put' | 'max'; readonly value: string }
    | { readonly mode: 'swap'; readonly value: string; readonly expected: string | undefined }
    | { readonly mode: 'remove' }
  );
/*
 * once: another value there is refused. first: a value there stays. put: replaces. max: replaces a lesser one.
 * swap: replaces the expected one, else refused. remove: a missing one is refused.
 */

/** A write that what is stored refuses. */
export interface Refusal {
  readonly write: EntryWrite;
  readonly found: string | undefined;
}

export type Verdict = 'write' | 'nothing' | 'refuse';

/** What a write comes to when this is stored. */
export function judge(write: EntryWrite, found: string | undefined): Verdict {
  switch (write.mode) {
    case 'put':
      return found === write.value ? 'nothing' : 'write';
    case 'first':
      return found === undefined ? 'write' : 'nothing';
    case 'once':
      if (found === undefined) return 'write';
      return found === write.value ? 'nothing' : 'refuse';
    case 'max':
      return found === undefined || found < write.value ? 'write' : 'nothing';
    case 'swap':
      return found === write.expected ? 'write' : 'refuse';
    case 'remove':
      return found === undefined ? 'refuse' : 'write';
  }
}

export interface Decision {
  readonly refusals: readonly Refusal[];
  /** What is left to write. */
  readonly writes: readonly EntryWrite[];
}

/** Judges all writes against what is stored. */
export function decide(
  writes: readonly EntryWrite[],
  read: (write: EntryWrite) => string | undefined,
): Decision {
  const refusals: Refusal[] = [];
  const left: EntryWrite[] = [];
  for (const write of writes) {
    const found = read(write);
    const verdict = judge(write, found);
    if (verdict === 'refuse') refusals.push({ write, found });
    if (verdict === 'write') left.push(write);
  }
  return { refusals, writes: left };
}

/** One write for each key: of several with one key the last, of points the greatest. */
export function distinct(writes: readonly EntryWrite[]): EntryWrite[] {
  const byKey = new Map<string, EntryWrite>();
  for (const write of writes) {
    const id = `${write.map}#${write.key}`;
    const other = byKey.get(id);
    const isOutdone =
      other !== undefined &&
      (write.mode === 'first' ||
        (write.mode === 'max' && other.mode === 'max' && other.value >= write.value));
    if (!isOutdone) byKey.set(id, write);
  }
  return [...byKey.values()];
}

type StoredMap = Readonly<Record<string, string>>;

/** The value of a key in the document's own item. */
export function valueIn(item: Item, { map, key }: Keyed): string | undefined {
  const values = item[map] as StoredMap | undefined;
  const name = attributeName(key);
  return values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}

/** What a write adds to a document at most. */
export const bytesOf = (write: EntryWrite): number =>
  write.mode === 'remove' ? 0 : Buffer.byteLength(write.key) + Buffer.byteLength(write.value) + 2;

export const bytesOfAll = (writes: readonly EntryWrite[]): number =>
  writes.reduce((sum, write) => sum + bytesOf(write), 0);

/** What keys and values of a document's maps take now. */
export function storedBytes(item: Item, maps: readonly MapName[]): number {
  let bytes = 0;
  for (const map of maps) {
    for (const [name, value] of Object.entries((item[map] ?? {}) as StoredMap)) {
      bytes += Buffer.byteLength(name) + Buffer.byteLength(value) + 2;
    }
  }
  return bytes;
}

/** The maps that writes touch, as they are afterwards. */
export function merged(item: Item, writes: readonly EntryWrite[]): Partial<Record<MapName, StoredMap>> {
  const maps: Partial<Record<MapName, Record<string, string>>> = {};
  for (const write of writes) {
    maps[write.map] ??= { ...(item[write.map] as StoredMap | undefined) };
    const values = maps[write.map]!;
    if (write.mode === 'remove') delete values[attributeName(write.key)];
    else values[attributeName(write.key)] = write.value;
  }
  return maps;
}

/** A map of a document with what lies beside it: items with `map`, `key` and `value`. */
export function readMap(base: Item | undefined, beside: readonly Item[], map: MapName): Map<string, string> {
  const values = new Map<string, string>();
  const own = base?.[map] as StoredMap | undefined;
  for (const name in own) values.set(keyOfAttribute(name), own[name]!);
  for (const item of beside) {
    if (item.map === map) values.set(item.key as string, item.value as string);
  }
  return values;
}
