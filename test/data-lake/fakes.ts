import { createHash } from 'node:crypto';
import type { Catalog, CurrentVersion } from '../../lambdas/data-lake/catalog';
import type { Checksums } from '../../lambdas/data-lake/checksum';
import { ConflictError } from '../../lambdas/data-lake/conflict-error';
import { type DropEvent, type DropState, mayClose, type OpenDrop } from '../../lambdas/data-lake/drop';
import type { DropStore } from '../../lambdas/data-lake/drop-store';
import type {
  Acceptance,
  DatasetVersion,
  Manifest,
  ManifestObject,
  QuarantinedContent,
  Schema,
} from '../../lambdas/data-lake/entities';
import { compareKeys } from '../../lambdas/data-lake/key-order';
import type { KeyRange, LakeStore } from '../../lambdas/data-lake/lake-store';
import type { ListedVersion } from '../../lambdas/data-lake/listing';
import { readManifestsFrom } from '../../lambdas/data-lake/manifest-reader';
import type { S3Objects } from '../../lambdas/data-lake/s3-objects';
import type { Seen, SeenStore } from '../../lambdas/data-lake/seen-store';
import type { Report } from '../../lambdas/data-lake/validation/report';
import { manifestKey } from '../../lib/data-lake/contract';

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

export const checksumOf = (content: string | Buffer): string => `sha256:${sha256(content)}`;

/** Objects of a bucket in memory, each with its latest bytes. */
export class FakeObjects implements S3Objects {
  readonly bucket = 'lake';
  readonly held = new Map<string, Buffer>();
  readonly written: string[] = [];

  uri(key: string): string {
    return `s3://lake/${key}`;
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    return this.held.get(key);
  }

  async write(key: string, body: string | Uint8Array): Promise<void> {
    this.written.push(key);
    this.held.set(key, Buffer.from(body as Uint8Array));
  }

  async create(key: string, body: string | Uint8Array): Promise<boolean> {
    if (this.held.has(key)) return false;
    await this.write(key, body);
    return true;
  }
}

interface StoredVersion extends ListedVersion {
  readonly content: Buffer;
  /** What S3 keeps of its checksums. */
  readonly checksums: Checksums;
}

/** A versioned bucket in memory. */
export class FakeLake implements LakeStore {
  readonly bucket = 'lake';
  readonly reports = new Map<string, Report>();
  schema: Schema | undefined;
  /** Keys in the order in which they were read. */
  readonly opened: string[] = [];
  /** Keys in the order in which their checksums were asked for. */
  readonly asked: string[] = [];
  private readonly versions: StoredVersion[] = [];
  private puts = 0;

  constructor(private readonly objects: FakeObjects) {}

  /** @param checksums those that S3 keeps; as a rule that of SHA-256 */
  put(key: string, content: string | Buffer, checksums: Checksums = { sha256: sha256(content) }): string {
    return this.add(key, Buffer.from(content as Buffer), false, checksums);
  }

  remove(key: string): void {
    this.add(key, Buffer.alloc(0), true, {});
  }

  private add(key: string, content: Buffer, deleted: boolean, checksums: Checksums): string {
    this.puts += 1;
    const versionId = `v${this.puts}`;
    this.versions.unshift({ key, versionId, size: content.length, deleted, content, checksums });
    return versionId;
  }

  async *list(_dataset: string, { after, upTo }: KeyRange = {}): AsyncGenerator<ListedVersion> {
    const sorted = [...this.versions].sort((a, b) => compareKeys(a.key, b.key));
    for (const { key, versionId, size, deleted } of sorted) {
      if (after !== undefined && compareKeys(key, after) <= 0) continue;
      if (upTo !== undefined && compareKeys(key, upTo) > 0) continue;
      yield { key, versionId, size, deleted };
    }
  }

  private find(key: string, versionId: string): StoredVersion {
    const found = this.versions.find((version) => version.key === key && version.versionId === versionId);
    if (found === undefined) throw new Error(`no ${key} ${versionId}`);
    return found;
  }

  async checksums(_dataset: string, key: string, versionId: string): Promise<Checksums> {
    this.asked.push(key);
    return this.find(key, versionId).checksums;
  }

  async open(_dataset: string, key: string, versionId: string): Promise<AsyncIterable<Uint8Array>> {
    const { content } = this.find(key, versionId);
    this.opened.push(key);
    return (async function* () {
      yield content;
    })();
  }

  async range(_: string, key: string, versionId: string, start: number, end: number): Promise<Uint8Array> {
    return this.find(key, versionId).content.subarray(start, end);
  }

  readManifest(dataset: string, id: string): Promise<Manifest> {
    return readManifestsFrom(this.objects).read(dataset, id);
  }

  async readSchema(): Promise<Schema | undefined> {
    return this.schema;
  }

  async createSchema(schema: Schema): Promise<boolean> {
    if (this.schema !== undefined) return false;
    this.schema = schema;
    return true;
  }

  reportUri(dataset: string, id: string): string {
    return `s3://lake/reports/${dataset}/${id}.json`;
  }

  async writeReport(report: Report): Promise<string> {
    this.reports.set(report.datasetVersion, report);
    return this.reportUri(report.dataset, report.datasetVersion);
  }

  /** Ids of the manifests that were written. */
  manifests(): string[] {
    return [...this.objects.held.keys()].flatMap((key) => {
      const id = key.split('/').at(-1)?.replace('.json.gz', '') ?? '';
      return key === manifestKey('flights', id) ? [id] : [];
    });
  }
}

/** What is known of object versions, in memory. */
export class FakeSeen implements SeenStore {
  facts: ManifestObject[] = [];
  private writes = 0;

  async read(): Promise<Seen> {
    const { facts } = this;
    const all = async function* () {
      yield* facts;
    };
    return { facts: all(), etag: this.writes === 0 ? undefined : String(this.writes) };
  }

  async write(_: string, facts: AsyncIterable<ManifestObject>, etag: string | undefined): Promise<void> {
    const all: ManifestObject[] = [];
    for await (const fact of facts) all.push(fact);
    if (etag !== (this.writes === 0 ? undefined : String(this.writes))) return;
    this.writes += 1;
    this.facts = all;
  }
}

/** The catalog in memory, with the conditions of the real one. */
export class FakeCatalog implements Catalog {
  readonly versions = new Map<string, DatasetVersion>();
  pointer: CurrentVersion | undefined;
  /** Ids in the order in which they became current. */
  readonly moves: string[] = [];
  readonly contents = new Map<string, QuarantinedContent>();
  readonly accepted: Acceptance[] = [];

  constructor(private readonly drops = new FakeDrops()) {}

  async current(): Promise<CurrentVersion | undefined> {
    return this.pointer;
  }

  async version(_dataset: string, id: string): Promise<DatasetVersion | undefined> {
    return this.versions.get(id);
  }

  async accept(
    version: DatasetVersion,
    from: CurrentVersion | undefined,
    _at: Date,
    _known: boolean,
    closed: number | undefined,
  ): Promise<void> {
    if (this.pointer?.revision !== from?.revision) throw new ConflictError('moved');
    if (this.drops.closed.get(version.dataset) !== closed) throw new ConflictError('closed');
    const existing = this.versions.get(version.id);
    const kept = existing?.status === 'accepted' ? existing : version;
    this.versions.set(version.id, { ...kept, announcedAt: undefined });
    this.pointer = { version: version.id, revision: (from?.revision ?? 0) + 1 };
    this.moves.push(version.id);
  }

  async markAnnounced(_dataset: string, id: string, at: Date): Promise<void> {
    const version = this.versions.get(id);
    if (version === undefined) throw new Error(`no version ${id}`);
    this.versions.set(id, { ...version, announcedAt: at.toISOString() });
  }

  async recordQuarantined(version: DatasetVersion): Promise<void> {
    if (this.versions.get(version.id)?.status !== 'accepted') this.versions.set(version.id, version);
  }

  async quarantined(
    _: string,
    wanted: readonly { key: string; checksum: string }[],
  ): Promise<QuarantinedContent[]> {
    return wanted.flatMap(({ key, checksum }) => this.contents.get(`${key}|${checksum}`) ?? []);
  }

  async rememberBad(_: string, contents: readonly QuarantinedContent[]): Promise<void> {
    for (const content of contents) this.contents.set(`${content.key}|${content.checksum}`, content);
  }

  async acceptances(): Promise<Acceptance[]> {
    return [...this.accepted];
  }

  async recordAcceptance(_: string, acceptance: Acceptance): Promise<void> {
    if (this.accepted.some(({ datasetVersion }) => datasetVersion === acceptance.datasetVersion)) return;
    this.accepted.push(acceptance);
  }
}

/** Drops in memory, decided by the stated rule. */
export class FakeDrops implements DropStore {
  readonly states = new Map<string, DropState>();
  readonly closed = new Map<string, number>();

  async record({ dataset, at, deleted }: DropEvent): Promise<OpenDrop> {
    const before = this.states.get(dataset);
    const state = {
      dataset,
      sequence: (before?.sequence ?? 0) + 1,
      firstEventAt: before?.firstEventAt ?? at,
      created: before?.created === true || !deleted,
    };
    this.states.set(dataset, state);
    return state;
  }

  async close(closing: Parameters<DropStore['close']>[0], limit: string): Promise<boolean> {
    const state = this.states.get(closing.dataset);
    if (!mayClose(state, closing, limit)) return false;
    this.states.set(closing.dataset, { dataset: closing.dataset, sequence: state!.sequence });
    this.closed.set(closing.dataset, state!.sequence);
    return true;
  }

  async isOpen(dataset: string, limit: string): Promise<boolean> {
    const first = this.states.get(dataset)?.firstEventAt;
    return first !== undefined && first > limit;
  }

  async closedSequence(dataset: string): Promise<number | undefined> {
    return this.closed.get(dataset);
  }
}
