import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { reportKey, schemaKey } from '../../lib/data-lake/contract';
import { type Checksums, fromS3 } from './checksum';
import type { Manifest, Schema } from './entities';
import { compareKeys } from './key-order';
import type { ListedVersion } from './listing';
import { readManifestsFrom } from './manifest-reader';
import { rawPrefix } from './object-key';
import { JSON_TYPE, type S3Objects, s3Objects } from './s3-objects';
import type { Report } from './validation/report';
import { decodeSchema, encodeSchema } from './validation/schema-file';

/** Keys after one and up to another. */
export interface KeyRange {
  readonly after?: string;
  readonly upTo?: string;
}

/** The objects of the landing zone, and what stands beside them. */
export interface LakeStore {
  readonly bucket: string;
  /** Every version of every object of a dataset, in the order of keys; within a key the newest first. */
  list(dataset: string, range?: KeyRange): AsyncIterable<ListedVersion>;
  /** What S3 keeps of the checksums of exactly one object version. */
  checksums(dataset: string, key: string, versionId: string): Promise<Checksums>;
  /** The bytes of exactly one object version. */
  open(dataset: string, key: string, versionId: string): Promise<AsyncIterable<Uint8Array>>;
  /** Some of its bytes, the end not included. */
  range(dataset: string, key: string, versionId: string, start: number, end: number): Promise<Uint8Array>;
  /** All of a manifest in memory. @throws Error when there is no such manifest */
  readManifest(dataset: string, id: string): Promise<Manifest>;
  /** @throws Error naming the field that is wrong */
  readSchema(dataset: string): Promise<Schema | undefined>;
  /** Writes the schema unless there is one, and says whether it did. */
  createSchema(schema: Schema): Promise<boolean>;
  /** Where the report on a version is, or will be. */
  reportUri(dataset: string, id: string): string;
  /** Writes the report, over an earlier one of the same version, and gives its URI. */
  writeReport(report: Report): Promise<string>;
}

const urlDecoded = (key: string): string => decodeURIComponent(key.replaceAll('+', ' '));

type Entry = ListedVersion & { readonly order: number };

/** One page of the list in the order of keys, newest first within a key. */
function entriesOf(page: ListObjectVersionsCommandOutput, prefix: string): Entry[] {
  const plain = (key: string) => (page.EncodingType === 'url' ? urlDecoded(key) : key);
  const entries: Entry[] = [];
  for (const { Key, VersionId, Size, LastModified, IsLatest } of [
    // Delete markers first: S3 answers them apart, and of the same second a deletion must not be overlooked.
    ...(page.DeleteMarkers ?? []).map((marker) => ({ ...marker, Size: undefined })),
    ...(page.Versions ?? []),
  ]) {
    if (Key === undefined || VersionId === undefined) continue;
    entries.push({
      key: plain(Key).slice(prefix.length),
      versionId: VersionId,
      size: Size ?? 0,
      deleted: Size === undefined,
      order: IsLatest === true ? Number.POSITIVE_INFINITY : (LastModified?.getTime() ?? 0),
    });
  }
  return entries;
}

/** The sort is stable, so versions of one second keep S3's order. */
const inOrder = (a: Entry, b: Entry): number =>
  compareKeys(a.key, b.key) || (a.order === b.order ? 0 : b.order - a.order);

/** The lake in an S3 bucket. */
export function lakeStore(client: S3Client, bucket: string): LakeStore {
  const objects: S3Objects = s3Objects(client, bucket);
  const manifests = readManifestsFrom(objects);
  const target = (dataset: string, key: string, versionId: string) => ({
    Bucket: bucket,
    Key: `${rawPrefix(dataset)}${key}`,
    VersionId: versionId,
  });

  async function* list(dataset: string, { after, upTo }: KeyRange = {}): AsyncGenerator<ListedVersion> {
    const prefix = rawPrefix(dataset);
    // Versions of one key may go on in the next page, where a delete marker between them may stand.
    let open: Entry[] = [];
    let more: { KeyMarker?: string; VersionIdMarker?: string } | undefined =
      after === undefined ? {} : { KeyMarker: `${prefix}${after}` };
    while (more !== undefined) {
      const page: ListObjectVersionsCommandOutput = await client.send(
        new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, EncodingType: 'url', ...more }),
      );
      const plain = (key: string) => (page.EncodingType === 'url' ? urlDecoded(key) : key);
      more =
        page.IsTruncated === true && page.NextKeyMarker !== undefined
          ? { KeyMarker: plain(page.NextKeyMarker), VersionIdMarker: page.NextVersionIdMarker }
          : undefined;
      const entries = [...open, ...entriesOf(page, prefix)].sort(inOrder);
      const unfinished = more === undefined ? undefined : entries.at(-1)?.key;
      open = [];
      for (const entry of entries) {
        if (upTo !== undefined && compareKeys(entry.key, upTo) > 0) return;
        if (entry.key === unfinished) open.push(entry);
        else yield { key: entry.key, versionId: entry.versionId, size: entry.size, deleted: entry.deleted };
      }
    }
  }

  async function get(dataset: string, key: string, versionId: string, Range?: string) {
    const { Body } = await client.send(
      new GetObjectCommand({ ...target(dataset, key, versionId), ...(Range === undefined ? {} : { Range }) }),
    );
    if (Body === undefined)
      throw new Error(`S3 gave no body for ${rawPrefix(dataset)}${key} version ${versionId}.`);
    return Body;
  }

  return {
    bucket,
    readManifest: manifests.read,
    list,

    checksums: async (dataset, key, versionId) =>
      fromS3(
        await client.send(
          new HeadObjectCommand({ ...target(dataset, key, versionId), ChecksumMode: 'ENABLED' }),
        ),
      ),

    open: async (dataset, key, versionId) =>
      (await get(dataset, key, versionId)) as unknown as AsyncIterable<Uint8Array>,

    range: async (dataset, key, versionId, start, end) =>
      (await get(dataset, key, versionId, `bytes=${start}-${end - 1}`)).transformToByteArray(),

    async readSchema(dataset) {
      const bytes = await objects.read(schemaKey(dataset));
      return bytes === undefined
        ? undefined
        : decodeSchema(Buffer.from(bytes).toString('utf8'), objects.uri(schemaKey(dataset)));
    },

    createSchema: (schema) => objects.create(schemaKey(schema.dataset), encodeSchema(schema), JSON_TYPE),

    reportUri: (dataset, id) => objects.uri(reportKey(dataset, id)),

    async writeReport(report) {
      const key = reportKey(report.dataset, report.datasetVersion);
      await objects.write(key, JSON.stringify(report, undefined, 2), JSON_TYPE);
      return objects.uri(key);
    },
  };
}
