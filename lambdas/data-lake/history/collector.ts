import type { S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { fileProfileKey, manifestKey, Prefix, shardKey } from '../../../lib/data-lake/contract';
import type { Clock } from '../../shared/clock';
import type { DatasetVersion, ManifestObject, ShardRef } from '../entities';
import { contentFingerprint } from '../manifest';
import type { ManifestReader } from '../manifest-reader';
import { rawPrefix } from '../object-key';
import type { Catalog } from './catalog-reader';
import { type Garbage, garbage, garbageShards } from './gc-plan';
import { isLatest, listVersionIds, objectRemover } from './object-remover';
import { versionItems } from './version-items';

/** Where garbage is found and removed. */
export interface CollectorDeps {
  readonly s3: S3Client;
  readonly dynamo: DynamoDBDocumentClient;
  readonly manifests: ManifestReader;
  readonly catalog: Pick<Catalog, 'versions'>;
  readonly clock: Clock;
  readonly bucket: string;
  readonly table: string;
}

/** Versions to remove, and those that stay: nothing that they name is touched. */
interface Collection {
  readonly dataset: string;
  readonly collect: readonly Collecting[];
  readonly keep: readonly DatasetVersion[];
}

/** A version whose objects may be gone already, and its shards with them. */
type Collecting = DatasetVersion & { readonly objectsDeletedAt?: string };

/** What is removed. */
export interface Collected {
  readonly versions: number;
  /** S3 object versions under `raw/`. */
  readonly objects: number;
  /** Their bytes. */
  readonly bytes: number;
}

/** Ids of the versions of objects, by their keys. */
type VersionIds = ReadonlyMap<string, readonly string[]>;

/** Measures and removes what no version needs. */
export function collector(deps: CollectorDeps) {
  const { s3, manifests, bucket } = deps;
  const items = versionItems(deps.dynamo, deps.table);
  const uri = (key: string) => `s3://${bucket}/${key}`;

  /** As things stand: every version that is not to be removed stays, also one that has only just been made. */
  async function collectionOf(dataset: string, ids: readonly string[]): Promise<Collection> {
    const versions: readonly Collecting[] = await deps.catalog.versions(dataset);
    const chosen = new Set(ids);
    return {
      dataset,
      collect: versions.filter(({ id }) => chosen.has(id)),
      keep: versions.filter(({ id }) => !chosen.has(id)),
    };
  }

  /** Leaves the newest version of a key alone, whoever names it: a drop that is being closed may be about to. */
  async function* findGarbage({ dataset, collect, keep }: Collection): AsyncGenerator<Garbage> {
    const read = ({ id }: DatasetVersion): AsyncIterable<ManifestObject> => manifests.objects(dataset, id);
    const unread = collect.filter(({ objectsDeletedAt }) => objectsDeletedAt === undefined);
    for await (const found of garbage(unread.map(read), keep.map(read))) {
      const version = { key: `${rawPrefix(dataset)}${found.key}`, versionId: found.versionId };
      if (!(await isLatest(s3, bucket, version))) yield found;
    }
  }

  /** Removes the objects and what is known of their content, and counts them. */
  async function removeObjects(collection: Collection, evidence: VersionIds): Promise<Collected> {
    const { dataset } = collection;
    const remover = objectRemover(s3, bucket);
    let [objects, bytes] = [0, 0];
    for await (const { key, versionId, size, checksum, contentIsGone } of findGarbage(collection)) {
      await remover.add({ key: `${rawPrefix(dataset)}${key}`, versionId });
      objects += 1;
      bytes += size;
      if (!contentIsGone) continue;
      const profile = fileProfileKey(dataset, contentFingerprint(key, checksum));
      for (const id of evidence.get(profile) ?? []) await remover.add({ key: profile, versionId: id });
    }
    await remover.flush();
    return { versions: collection.collect.length, objects, bytes };
  }

  async function shardsOf(dataset: string, versions: readonly DatasetVersion[]): Promise<ShardRef[][]> {
    const heads: ShardRef[][] = [];
    for (const { id } of versions) heads.push([...((await manifests.head(dataset, id)).shards ?? [])]);
    return heads;
  }

  /** Removes manifests, shards, profiles and reports: those that were there at the start, by their version ids. */
  async function removeEvidence({ dataset, collect, keep }: Collection, evidence: VersionIds): Promise<void> {
    const readable = collect.filter(({ id }) => evidence.has(manifestKey(dataset, id)));
    const shards = garbageShards(await shardsOf(dataset, readable), await shardsOf(dataset, keep));
    const needed = new Set(keep.flatMap(({ profileUri, reportUri }) => [profileUri, reportUri]));
    const named = collect.flatMap(({ profileUri, reportUri }) => [profileUri, reportUri]);
    const unneeded = new Set(named.filter((one) => one !== undefined && !needed.has(one)));
    const remover = objectRemover(s3, bucket);
    const remove = async (key: string): Promise<void> => {
      for (const versionId of evidence.get(key) ?? []) await remover.add({ key, versionId });
    };
    for (const digest of shards) await remove(shardKey(dataset, digest));
    for (const key of evidence.keys()) if (unneeded.has(uri(key))) await remove(key);
    await remover.flush();
    for (const { id } of collect) await remove(manifestKey(dataset, id));
    await remover.flush();
  }

  return {
    /** What removing versions would remove. */
    async measure(dataset: string, ids: readonly string[]): Promise<Collected> {
      const collection = await collectionOf(dataset, ids);
      let [objects, bytes] = [0, 0];
      for await (const { size } of findGarbage(collection)) {
        objects += 1;
        bytes += size;
      }
      return { versions: collection.collect.length, objects, bytes };
    },

    /**
     * Removes versions. Cut off anywhere and run again, it ends in the same state: first every version is marked, then
     * objects go, then what tells of them, and a version's item last of all.
     */
    async collect(dataset: string, ids: readonly string[]): Promise<Collected> {
      const marked = await collectionOf(dataset, ids);
      const evidence = new Map([
        ...(await listVersionIds(s3, bucket, `${Prefix.MANIFESTS}${dataset}/`)),
        ...(await listVersionIds(s3, bucket, `${Prefix.REPORTS}${dataset}/`)),
      ]);
      for (const { id } of marked.collect) await items.markCollecting(dataset, id);
      const collection = await collectionOf(dataset, ids);
      const removed = await removeObjects(collection, evidence);
      for (const { id } of collection.collect) {
        await items.markObjectsDeleted(dataset, id, deps.clock.now());
      }
      await removeEvidence(collection, evidence);
      for (const { id } of collection.collect) await items.remove(dataset, id);
      return removed;
    },
  };
}
