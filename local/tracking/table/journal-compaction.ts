import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Items } from './items';
import { encodeLine } from './journal-lines';
import type { Mutation } from './mutation';

const ITEMS_A_LINE = 100;
/** A smaller journal is read quickly whatever it holds. */
const SMALL_BYTES = 16 * 1024 * 1024;
/** A journal is written anew when it is this many times as large as the items in it. */
const GROWTH = 3;

/** Writes the journal anew with the items as they are, when most of it is outdated. A crash leaves the old one. */
export function compact(path: string, bytes: number, items: Items): void {
  if (bytes < SMALL_BYTES || bytes < GROWTH * liveBytes(items)) return;
  const fresh = `${path}.new`;
  const file = openSync(fresh, 'w');
  let line: Mutation[] = [];
  const flush = () => {
    if (line.length > 0) writeSync(file, encodeLine(line));
    line = [];
  };
  for (const entry of items.all()) {
    line.push({ pk: entry.item.PK as string, sk: entry.item.SK as string, entry });
    if (line.length === ITEMS_A_LINE) flush();
  }
  flush();
  fsyncSync(file);
  closeSync(file);
  renameSync(fresh, path);
  const directory = openSync(dirname(path), 'r');
  fsyncSync(directory);
  closeSync(directory);
}

function liveBytes(items: Items): number {
  let bytes = 0;
  for (const entry of items.all()) bytes += entry.bytes;
  return bytes;
}
