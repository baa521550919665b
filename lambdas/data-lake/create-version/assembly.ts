import type { ManifestHead, ManifestObject } from '../entities';
import type { ManifestStore } from '../manifest-store';
import type { ManifestWriter } from '../manifest-writer';
import { mergeJoin } from '../merge-join';
import type { PartResult } from '../part-result';
import type { KeyOutcome } from '../resolve';
import type { Assembled } from './totals';
import { Totals } from './totals';

/** The two manifests that a drop could become, written up to their last step. */
export interface Assembly extends Assembled {
  /** Without bad content. */
  readonly next: ManifestWriter;
  /** As it was dropped. */
  readonly dropped: ManifestWriter;
  /** Content found bad now. */
  readonly bad: readonly ManifestObject[];
  /** Whether more or other things are known of object versions than before. */
  readonly learnt: boolean;
}

/**
 * Merges what the parent's manifest has with what became of the changes, in one pass over both in the order of
 * keys. Memory holds a shard of each manifest and one part.
 */
export async function assemble(
  manifests: ManifestStore,
  dataset: string,
  parent: ManifestHead | undefined,
  results: AsyncIterable<PartResult>,
): Promise<Assembly> {
  const options = { dataset, parent: parent?.id, known: parent?.shards };
  const next = manifests.writer(options);
  const dropped = manifests.writer(options);
  const totals = new Totals();
  const bad: ManifestObject[] = [];
  let learnt = false;

  async function* outcomes(): AsyncGenerator<KeyOutcome> {
    for await (const result of results) {
      totals.add(result);
      yield* result.keys;
    }
  }

  const before = parent === undefined ? nothing() : manifests.objects(dataset, parent.id);
  for await (const { items } of mergeJoin<[ManifestObject, KeyOutcome]>(before, outcomes())) {
    const [[kept], [outcome]] = items;
    const object = outcome === undefined ? kept : outcome.accepted;
    const asDropped = outcome?.bad[0] ?? object;
    if (object !== undefined) await next.add(object);
    if (asDropped !== undefined) await dropped.add(asDropped);
    if (outcome === undefined) continue;
    bad.push(...outcome.bad);
    learnt ||= outcome.learnt;
    totals.note(outcome);
  }
  return { ...totals.sum(), next, dropped, bad, learnt };
}

async function* nothing(): AsyncGenerator<ManifestObject> {}
