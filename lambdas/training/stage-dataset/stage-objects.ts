import { algorithmOf, spell } from '../../data-lake/checksum';
import type { ManifestObject } from '../../data-lake/entities';
import { checksumAgrees } from '../copy-checksum';
import { type Copy, copyOf } from '../staging';
import type { StagedObject, StagingStore } from '../staging-store';

/** Copies at a time: about a thousand a second, well below what S3 takes for one prefix. */
const AT_ONCE = 32;

/** What is to be staged. */
export interface StagingWork {
  readonly dataset: string;
  /** Folder of the copies. */
  readonly prefix: string;
  /** In the order of their keys, all after `from`. */
  readonly objects: AsyncIterable<ManifestObject> | Iterable<ManifestObject>;
  /** The key up to which earlier calls have staged; absent in the first call. */
  readonly from?: string;
  /** Whether there is time to begin another copy. */
  timeLeft(): boolean;
}

/** How far the staging got. */
export interface Progress {
  readonly copied: number;
  /** The key up to which, in the order of keys, everything is staged; absent when all is. */
  readonly after?: string;
}

/**
 * Copies objects until all are there or the time runs out, each verified against the manifest. What an earlier call
 * has staged is recognised by its size and checksum.
 *
 * @throws Error naming the object whose copy differs from the manifest
 */
export async function stageObjects(store: StagingStore, work: StagingWork): Promise<Progress> {
  // An empty folder says that no call was here before, so that nobody has to look for each object.
  const fresh = work.from === undefined && (await store.isEmpty(work.prefix));
  let copied = 0;

  async function stage(object: ManifestObject): Promise<boolean> {
    const copy = copyOf(work.dataset, object, work.prefix);
    if (!fresh && (await isStaged(store, copy))) return true;
    const told = await store.copy(copy, work.timeLeft);
    if (told === undefined) return false;
    await verify(store, copy, { ...told, size: copy.size });
    copied += 1;
    return true;
  }

  /** Objects begun and not staged yet, by their place in the order, with the key before each. */
  const open = new Map<number, string>();
  const next = inOrder(work.objects, work.from ?? '');
  let farthest = { place: -1, key: work.from ?? '' };
  let stopped = false;
  const worker = async (): Promise<void> => {
    while (!stopped && work.timeLeft()) {
      const taken = await next();
      if (taken === undefined) return;
      open.set(taken.place, taken.before);
      if (taken.place > farthest.place) farthest = { place: taken.place, key: taken.element.key };
      try {
        if (await stage(taken.element)) open.delete(taken.place);
        else stopped = true;
      } catch (error) {
        stopped = true;
        throw error;
      }
    }
    stopped = true;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (!stopped) return { copied };
  return { copied, after: open.get(Math.min(...open.keys())) ?? farthest.key };
}

/** Hands the elements out one after another, to several callers at the same time. */
function inOrder<T extends { readonly key: string }>(
  elements: AsyncIterable<T> | Iterable<T>,
  first: string,
): () => Promise<{ element: T; place: number; before: string } | undefined> {
  const iterator = (async function* () {
    let place = 0;
    let before = first;
    for await (const element of elements) {
      yield { element, place, before };
      place += 1;
      before = element.key;
    }
  })();
  return async () => {
    const { value, done } = await iterator.next();
    return done === true ? undefined : value;
  };
}

async function isStaged(store: StagingStore, copy: Copy): Promise<boolean> {
  const found = await store.look(copy.key);
  return found !== undefined && (await agrees(store, copy, found));
}

/** @throws Error when the copy has other bytes than the manifest says, or another size. */
async function verify(store: StagingStore, copy: Copy, told: StagedObject): Promise<void> {
  if (checksumAgrees(copy.checksum, told) === true) return;
  const found = await store.look(copy.key);
  if (found !== undefined && (await agrees(store, copy, found))) return;
  throw new Error(
    `The staged copy of ${copy.sourceKey} (S3 version ${copy.versionId}) differs from the manifest: expected ${copy.size} bytes with ${copy.checksum}.`,
  );
}

/** Above this, S3's own integrity check of a copy in parts stands for a checksum that S3 cannot tell. */
const MAX_READ = 1024 ** 3;

/** Size and checksum; where S3 knows no checksum of the manifest's kind, the copy is read. */
async function agrees(store: StagingStore, copy: Copy, found: StagedObject): Promise<boolean> {
  if (found.size !== copy.size) return false;
  const agreed = checksumAgrees(copy.checksum, found);
  if (agreed !== undefined) return agreed;
  if (copy.size > MAX_READ) return true;
  const algorithm = algorithmOf(copy.checksum);
  const read = (await store.digest(copy.key, algorithm))[algorithm];
  return read !== undefined && spell(algorithm, read) === copy.checksum;
}
