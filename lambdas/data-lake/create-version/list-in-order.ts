import type { ShardRef } from '../entities';
import type { KeyRange, LakeStore } from '../lake-store';
import type { ListedVersion } from '../listing';

/** Ranges that are listed at the same time. */
const AT_ONCE = 8;
/** Keys of a range: S3 answers a thousand at a time. */
const RANGE_OBJECTS = 8_000;

/** Cuts the keys of a dataset where the parent's shards end, so that ranges hold about as many keys. */
export function rangesOf(shards: readonly ShardRef[]): KeyRange[] {
  const ranges: KeyRange[] = [];
  let after: string | undefined;
  let objects = 0;
  for (const shard of shards.slice(0, -1)) {
    objects += shard.objects;
    if (objects < RANGE_OBJECTS) continue;
    ranges.push({ after, upTo: shard.last });
    after = shard.last;
    objects = 0;
  }
  return [...ranges, { after }];
}

/**
 * The list of a dataset's object versions, in order. A page of S3's list begins where the one before ended, so one
 * list takes a request after another; where the parent's manifest tells what keys there are, several ranges are
 * listed at once. Memory holds the ranges under way.
 *
 * @param shards of the parent's manifest
 */
export async function* listInOrder(
  lake: Pick<LakeStore, 'list'>,
  dataset: string,
  shards: readonly ShardRef[] | undefined,
): AsyncGenerator<ListedVersion> {
  const ranges = rangesOf(shards ?? []);
  if (ranges.length === 1) {
    yield* lake.list(dataset);
    return;
  }
  const last = ranges.pop();
  const under: Promise<ListedVersion[]>[] = [];
  while (ranges.length > 0 || under.length > 0) {
    while (ranges.length > 0 && under.length < AT_ONCE) {
      const listed = collect(lake.list(dataset, ranges.shift()));
      listed.catch(() => {}); // awaited when its turn comes
      under.push(listed);
    }
    yield* (await under.shift())!;
  }
  // Open to its end: as many keys may have been added there as there were before.
  yield* lake.list(dataset, last);
}

async function collect(listed: AsyncIterable<ListedVersion>): Promise<ListedVersion[]> {
  const all: ListedVersion[] = [];
  for await (const version of listed) all.push(version);
  return all;
}
