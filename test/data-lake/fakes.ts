import { createHash } from 'node:crypto';
import type { Catalog, CurrentVersion } from '../../lambdas/data-lake/catalog';
import { ConflictError } from '../../lambdas/data-lake/conflict-error';
import { type DropState, mayClose } from '../../lambdas/data-lake/drop';
import type { DropStore } from '../../lambdas/data-lake/drop-store';
import type {
  DatasetVersion,
  KnownObject,
  Manifest,
  QuarantinedContent,
  Schema,
} from '../../lambdas/data-lake/entities';
import type { LakeStore } from '../../lambdas/data-lake/lake-store';
import type { Report } from '../../lambdas/data-lake/report';
import type { ListedVersion } from '../../lambdas/data-lake/snapshot';

export const checksumOf = (content: string | Buffer): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

interface StoredVersion extends ListedVersion {
  readonly content: Buffer;
}

/** A versioned bucket in memory. */
export class FakeLake implements LakeStore {
  readonly bucket = 'lake';
  readonly manifests = new Map<string, Manifest>();
  readonly reports = new Map<string, Report>();
  schema: Schema | undefined;
  /** Keys in the order in which they were read. */
  readonly opened: string[] = [];
  private readonly versions: StoredVersion[] = [];
  private puts = 0;

  put(key: string, content: string | Buffer): string {
    return this.add(key, Buffer.from(content), false);
  }

  remove(key: string): void {
    this.add(key, Buffer.alloc(0), true);
  }

  private add(key: string, content: Buffer, deleted: boolean): string {
    this.puts += 1;
    const versionId = `v${this.puts}`;
    this.versions.unshift({ key, versionId, size: content.length, deleted, content });
    return versionId;
  }

  async list(): Promise<ListedVersion[]> {
    return this.versions.map(({ content: _, ...listed }) => listed);
  }

  async open(_dataset: string, key: string, versionId: string): Promise<AsyncIterable<Uint8Array>> {
    const found = this.versions.find((version) => version.key === key && version.versionId === versionId);
    if (found === undefined) throw new Error(`no ${key} ${versionId}`);
    this.opened.push(key);
    const { content } = found;
    return (async function* () {
      yield content;
    })();
  }

  async readManifest(_dataset: string, id: string): Promise<Manifest> {
    const manifest = this.manifests.get(id);
    if (manifest === undefined) throw new Error(`no manifest ${id}`);
    return manifest;
  }

  async writeManifest(manifest: Manifest): Promise<string> {
    if (!this.manifests.has(manifest.id)) this.manifests.set(manifest.id, manifest);
    return `s3://lake/manifests/${manifest.dataset}/${manifest.id}.json.gz`;
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
}

/** The catalog in memory, with the conditions of the real one. */
export class FakeCatalog implements Catalog {
  readonly versions = new Map<string, DatasetVersion>();
  pointer: CurrentVersion | undefined;
  /** Ids in the order in which they became current. */
  readonly moves: string[] = [];
  readonly objects = new Map<string, KnownObject>();
  readonly contents = new Map<string, QuarantinedContent>();

  async current(): Promise<CurrentVersion | undefined> {
    return this.pointer;
  }

  async version(_dataset: string, id: string): Promise<DatasetVersion | undefined> {
    return this.versions.get(id);
  }

  async accept(version: DatasetVersion, from: CurrentVersion | undefined): Promise<void> {
    if (this.pointer?.revision !== from?.revision) throw new ConflictError('moved');
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

  async knownObjects(
    _: string,
    wanted: readonly { key: string; versionId: string }[],
  ): Promise<KnownObject[]> {
    return wanted.flatMap(({ key, versionId }) => this.objects.get(`${key}|${versionId}`) ?? []);
  }

  async quarantined(
    _: string,
    wanted: readonly { key: string; checksum: string }[],
  ): Promise<QuarantinedContent[]> {
    return wanted.flatMap(({ key, checksum }) => this.contents.get(`${key}|${checksum}`) ?? []);
  }

  async remember(
    _: string,
    objects: readonly KnownObject[],
    contents: readonly QuarantinedContent[],
  ): Promise<void> {
    for (const object of objects) this.objects.set(`${object.key}|${object.versionId}`, object);
    for (const content of contents) this.contents.set(`${content.key}|${content.checksum}`, content);
  }
}

/** Drops in memory, decided by the stated rule. */
export class FakeDrops implements DropStore {
  readonly states = new Map<string, DropState>();

  async record(dataset: string, eventAt: string): Promise<Required<DropState>> {
    const before = this.states.get(dataset);
    const state = {
      dataset,
      sequence: (before?.sequence ?? 0) + 1,
      firstEventAt: before?.firstEventAt ?? eventAt,
    };
    this.states.set(dataset, state);
    return state;
  }

  async close(closing: Parameters<DropStore['close']>[0], limit: string): Promise<boolean> {
    const state = this.states.get(closing.dataset);
    if (!mayClose(state, closing, limit)) return false;
    this.states.set(closing.dataset, { dataset: closing.dataset, sequence: state!.sequence });
    return true;
  }
}
