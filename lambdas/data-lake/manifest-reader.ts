import type { S3Client } from '@aws-sdk/client-s3';
import { manifestKey, shardKey } from '../../lib/data-lake/contract';
import type { Manifest, ManifestHead, ManifestObject, ShardRef } from './entities';
import { compareKeys } from './key-order';
import { decodeStored, headOf } from './manifest';
import { type S3Objects, s3Objects } from './s3-objects';
import { decodeShard } from './shard';

/** Reads manifests, which may be far larger than memory. Errors name the object that is missing or damaged. */
export interface ManifestReader {
  /** What a manifest says of itself, without its objects. */
  head(dataset: string, id: string): Promise<ManifestHead>;
  /** Its objects in the order of their keys (UTF-8 bytes), those after `after` if it is given; a shard at a time. */
  objects(dataset: string, id: string, after?: string): AsyncIterable<ManifestObject>;
  /** The object of one key. */
  find(dataset: string, id: string, key: string): Promise<ManifestObject | undefined>;
  /** All of it in memory. */
  read(dataset: string, id: string): Promise<Manifest>;
}

/** @param bucket the lake's */
export const manifestReader = (client: S3Client, bucket: string): ManifestReader =>
  readManifestsFrom(s3Objects(client, bucket));

export function readManifestsFrom(store: S3Objects): ManifestReader {
  async function required(key: string): Promise<Uint8Array> {
    const bytes = await store.read(key);
    if (bytes === undefined) {
      throw new Error(`The manifest ${store.uri(key)} is gone; restore it from its S3 versions.`);
    }
    return bytes;
  }

  const stored = async (dataset: string, id: string) =>
    decodeStored(await required(manifestKey(dataset, id)));

  const shard = async (dataset: string, { digest }: ShardRef): Promise<ManifestObject[]> =>
    decodeShard(await required(shardKey(dataset, digest)), digest);

  async function* objects(dataset: string, id: string, after?: string): AsyncGenerator<ManifestObject> {
    const isAfter = (key: string) => after === undefined || compareKeys(key, after) > 0;
    const manifest = await stored(dataset, id);
    if ('whole' in manifest) {
      yield* manifest.whole.objects.filter(({ key }) => isAfter(key));
      return;
    }
    const shards = manifest.head.shards.filter(({ last }) => isAfter(last));
    let next = shards[0] === undefined ? undefined : shard(dataset, shards[0]);
    for (let at = 0; next !== undefined; at += 1) {
      const current = await next;
      const following = shards[at + 1];
      next = following === undefined ? undefined : shard(dataset, following);
      // Awaited in the next round: a failure meanwhile must not count as unhandled.
      next?.catch(() => {});
      for (const object of current) if (isAfter(object.key)) yield object;
    }
  }

  return {
    objects,

    async head(dataset, id) {
      const manifest = await stored(dataset, id);
      return 'whole' in manifest ? headOf(manifest.whole) : manifest.head;
    },

    async find(dataset, id, key) {
      const manifest = await stored(dataset, id);
      if ('whole' in manifest) return manifest.whole.objects.find((object) => object.key === key);
      const ref = manifest.head.shards.find(({ last }) => compareKeys(key, last) <= 0);
      return ref && (await shard(dataset, ref)).find((object) => object.key === key);
    },

    async read(dataset, id) {
      const manifest = await stored(dataset, id);
      if ('whole' in manifest) return manifest.whole;
      const all: ManifestObject[] = [];
      for (const ref of manifest.head.shards) {
        for (const object of await shard(dataset, ref)) all.push(object);
      }
      const { parent } = manifest.head;
      return { dataset, id, ...(parent === undefined ? {} : { parent }), objects: all };
    },
  };
}
