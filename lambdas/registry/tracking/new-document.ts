import type { Item } from '../store/table';
import { bytesOf, distinct, type EntryWrite, type MapName, merged, ROOM_BYTES } from './document';
import { keyPart } from './keys';

/** A document that does not exist yet: its own item, and what does not fit into it. */
export interface NewDocument {
  readonly base: Item;
  readonly beside: readonly Item[];
}

/** A new document of these entries. What lies beside must be written before the document itself. */
export function newDocument(
  key: { readonly PK: string; readonly SK: string },
  attributes: Readonly<Record<string, unknown>>,
  maps: readonly MapName[],
  entries: readonly EntryWrite[],
  room: number = ROOM_BYTES,
): NewDocument {
  let bytes = 0;
  const inside: EntryWrite[] = [];
  const beside: Item[] = [];
  for (const write of distinct(entries)) {
    if (write.mode === 'remove') continue;
    if (beside.length === 0 && bytes + bytesOf(write) <= room) {
      bytes += bytesOf(write);
      inside.push(write);
    } else {
      beside.push({
        PK: key.PK,
        SK: `${key.SK}#${write.map}#${keyPart(write.key)}`,
        entity: 'document-entry',
        map: write.map,
        key: write.key,
        value: write.value,
      });
    }
  }
  const empty = Object.fromEntries(maps.map((map) => [map, {}]));
  const base = {
    ...attributes,
    ...empty,
    ...merged({}, inside),
    ...key,
    rev: 1,
    bytes,
    ...(beside.length > 0 ? { full: true } : {}),
  };
  return { base, beside };
}
