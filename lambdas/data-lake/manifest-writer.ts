import { manifestKey, shardKey } from '../../lib/data-lake/contract';
import type { ManifestHead, ManifestObject, ShardRef } from './entities';
import { compareKeys } from './key-order';
import { encodeManifest, VersionId } from './manifest';
import { GZIP, type S3Objects } from './s3-objects';
import { encodeShard, endsShard, SHARD_SIZES, type ShardSizes } from './shard';

/** Manifests up to this many objects are one object themselves. */
export const MAX_WHOLE = 5_000;

export interface ManifestWriterOptions {
  readonly dataset: string;
  readonly parent: string | undefined;
  /** Shards that are there already, as a rule the parent's. */
  readonly known?: readonly ShardRef[];
  /** @default SHARD_SIZES */
  readonly sizes?: ShardSizes;
  /** @default MAX_WHOLE */
  readonly maxWhole?: number;
}

/**
 * Writes a manifest from objects that come in the order of their keys. Memory holds a shard or two. Nothing names
 * the shards until `finish` has written what names them, and whatever is written is named by its content: a writer
 * may be cut off anywhere and start over.
 */
export class ManifestWriter {
  private readonly id = new VersionId();
  private readonly there: Set<string>;
  private readonly shards: ShardRef[] = [];
  private held: ManifestObject[] = [];
  private last: string | undefined;
  private count = 0;
  private rowCount = 0;
  private bytes = 0;

  constructor(
    private readonly store: S3Objects,
    private readonly options: ManifestWriterOptions,
  ) {
    this.there = new Set(options.known?.map(({ digest }) => digest));
  }

  /** @throws Error when the object does not come after the one before */
  async add(object: ManifestObject): Promise<void> {
    if (this.last !== undefined && compareKeys(this.last, object.key) >= 0) {
      throw new Error(`Objects of a manifest come in order, but "${object.key}" follows "${this.last}".`);
    }
    this.last = object.key;
    this.id.add(object);
    this.count += 1;
    this.rowCount += object.rows;
    this.bytes += object.size;
    this.held.push(object);
    if (this.count > (this.options.maxWhole ?? MAX_WHOLE)) await this.cut();
  }

  /** The id of the version that has the objects so far. */
  get versionId(): string {
    return this.id.toString();
  }

  get objects(): number {
    return this.count;
  }

  get rows(): number {
    return this.rowCount;
  }

  /** The objects themselves, as long as they are one manifest; of a sharded one the last of them. */
  get tail(): readonly ManifestObject[] {
    return this.held;
  }

  /** Writes what is left and the manifest itself, unless it is there. */
  async finish(): Promise<ManifestHead & { readonly uri: string }> {
    const { dataset, parent } = this.options;
    const id = this.versionId;
    const named = { dataset, id, ...(parent === undefined ? {} : { parent }) };
    const totals = { objects: this.count, rows: this.rowCount, bytes: this.bytes };
    const key = manifestKey(dataset, id);
    if (this.count <= (this.options.maxWhole ?? MAX_WHOLE)) {
      await this.store.create(key, encodeManifest({ ...named, objects: this.held }), GZIP);
      return { ...named, ...totals, uri: this.store.uri(key) };
    }
    await this.cut();
    if (this.held.length > 0) await this.write(this.held);
    const head = { ...named, ...totals, shards: this.shards };
    await this.store.create(key, encodeManifest(head), GZIP);
    return { ...head, uri: this.store.uri(key) };
  }

  /** Writes the shards that are complete among what is held. */
  private async cut(): Promise<void> {
    const sizes = this.options.sizes ?? SHARD_SIZES;
    let start = 0;
    for (let at = this.examined; at < this.held.length; at += 1) {
      if (!endsShard(this.held[at]!.key, at - start + 1, sizes)) continue;
      await this.write(this.held.slice(start, at + 1));
      start = at + 1;
    }
    if (start > 0) this.held = this.held.slice(start);
    this.examined = this.held.length;
  }

  /** How many of those held are known to end no shard. */
  private examined = 0;

  private async write(objects: readonly ManifestObject[]): Promise<void> {
    const { ref, compressed } = encodeShard(objects);
    this.shards.push(ref);
    if (this.there.has(ref.digest)) return;
    this.there.add(ref.digest);
    await this.store.write(shardKey(this.options.dataset, ref.digest), compressed(), GZIP);
  }
}
