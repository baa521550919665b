import type { Context } from '../../../cli/context';
import type { Lake } from '../../../cli/data/lake';
import type { DatasetVersion, ManifestObject } from '../../../lambdas/data-lake/entities';
import { type Catalog, readCatalog } from '../../../lambdas/data-lake/history/catalog-reader';
import { compareKeys } from '../../../lambdas/data-lake/key-order';
import { readManifestsFrom } from '../../../lambdas/data-lake/manifest-reader';
import { ManifestWriter } from '../../../lambdas/data-lake/manifest-writer';
import { s3Objects } from '../../../lambdas/data-lake/s3-objects';
import { DatasetSk, datasetPk, manifestKey } from '../../../lib/data-lake/contract';
import { TestTable } from '../../registry/support/test-table';
import { FakeBucket, type StoredVersion, sha256Of } from './fake-bucket';

export const DATASET = 'flights';

const COLUMNS = [
  { name: 'carrier', type: 'string' as const, nullable: false },
  { name: 'delay', type: 'integer' as const, nullable: true },
];

/** A lake in memory with dataset versions, as the commands see it. */
export class LakeWorld {
  readonly bucket = new FakeBucket();
  readonly table = new TestTable();
  readonly catalog: Catalog = readCatalog(this.table.client, 'catalog');
  /** The events that were put on the bus. */
  readonly events: Record<string, unknown>[] = [];
  /** Called with each event. */
  onEvent: (detail: Record<string, string>) => void = () => {};
  private readonly now = new Map<string, StoredVersion>();
  private revision = 0;
  private parent: string | undefined;

  get lake(): Lake {
    const objects = s3Objects(this.bucket.client, this.bucket.name);
    const send = async ({ input }: { input: { Entries: { Detail: string }[] } }) => {
      for (const entry of input.Entries) {
        this.events.push(entry);
        this.onEvent(JSON.parse(entry.Detail));
      }
      return { Entries: [{}] };
    };
    return {
      context: { stack: 'Flights', s3: this.bucket.client, dynamo: this.table.client } as Context,
      ...{ dataset: DATASET, bucket: this.bucket.name, table: 'catalog', models: ['delays'] },
      ...{ catalog: this.catalog, manifests: readManifestsFrom(objects), objects },
      eventBridge: () => ({ send }) as never,
    };
  }

  /** Drops files (undefined deletes one). */
  drop(files: Record<string, string | undefined>): void {
    for (const [key, body] of Object.entries(files)) {
      if (body === undefined) {
        this.bucket.delete(`raw/${DATASET}/${key}`);
        this.now.delete(key);
      } else {
        this.now.set(key, this.bucket.put(`raw/${DATASET}/${key}`, body));
      }
    }
  }

  /** Lets a key stand for an earlier S3 version of it again. */
  restore(key: string, version: StoredVersion): void {
    this.now.set(key, version);
  }

  /** Drops files, and makes the version that has what the dataset holds then. @returns its id */
  async version(
    files: Record<string, string | undefined>,
    at: string,
    item: Partial<DatasetVersion> = {},
  ): Promise<string> {
    const before = new Map(this.now);
    this.drop(files);
    const objects = [...this.now]
      .map(([key, { versionId, body }]): ManifestObject => {
        const rows = body.toString().split('\n').length - 1;
        return { key, versionId, size: body.length, checksum: sha256Of(body), rows };
      })
      .sort((a, b) => compareKeys(a.key, b.key));
    const writer = new ManifestWriter(s3Objects(this.bucket.client, this.bucket.name), {
      ...{ dataset: DATASET, parent: this.parent, maxWhole: 4 },
      sizes: { min: 2, average: 3, max: 4 },
    });
    for (const object of objects) await writer.add(object);
    const { id } = await writer.finish();
    const sum = (of: (object: ManifestObject) => number) =>
      objects.reduce((total, one) => total + of(one), 0);
    this.putVersion({
      ...{ dataset: DATASET, id, status: 'accepted', createdAt: at, firstEventAt: at, columns: COLUMNS },
      ...{ objects: objects.length, rows: sum((one) => one.rows), bytes: sum((one) => one.size) },
      manifestUri: `s3://${this.bucket.name}/${manifestKey(DATASET, id)}`,
      ...(this.parent === undefined ? {} : { parent: this.parent }),
      ...item,
    });
    if (item.status === 'quarantined') {
      this.now.clear();
      for (const [key, version] of before) this.now.set(key, version);
    } else {
      this.makeCurrent(id, at);
    }
    return id;
  }

  putVersion(version: DatasetVersion): void {
    this.table.put({ ...version, PK: datasetPk(DATASET), SK: DatasetSk.version(version.id) } as never);
  }

  makeCurrent(id: string, at: string): void {
    this.revision += 1;
    const [PK, revision] = [datasetPk(DATASET), this.revision];
    this.table.put({ PK, SK: DatasetSk.CURRENT, dataset: DATASET, version: id, revision });
    this.table.put({ PK, SK: DatasetSk.history(revision), dataset: DATASET, revision, version: id, at });
    this.parent = id;
  }

  /** Bytes of every S3 object version that a version's manifest names, by key. */
  async bytesOf(id: string): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for await (const { key, versionId } of this.lake.manifests.objects(DATASET, id)) {
      const version = this.bucket.versions.find(
        (one) => one.key === `raw/${DATASET}/${key}` && one.versionId === versionId,
      );
      found[key] = version?.body.toString() ?? 'GONE';
    }
    return found;
  }
}

/** A little CSV file. */
export const csv = (...rows: readonly string[]): string => `carrier,delay\n${rows.join('\n')}\n`;

export const NO_MODELS = {
  runs: [],
  modelVersions: [],
  deployments: [],
  champions: new Map<string, number>(),
};
