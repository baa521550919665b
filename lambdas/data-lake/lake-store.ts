import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { manifestKey, reportKey, schemaKey } from '../../lib/data-lake/contract';
import { ConflictError } from './conflict-error';
import type { Manifest, Schema } from './entities';
import { decodeManifest, encodeManifest } from './manifest';
import { rawPrefix } from './object-key';
import type { Report } from './report';
import { decodeSchema } from './schema';
import type { ListedVersion } from './snapshot';

/** The lake's objects. */
export interface LakeStore {
  readonly bucket: string;
  /** Every version of every object of a dataset; within a key the newest first. */
  list(dataset: string): Promise<ListedVersion[]>;
  /** The bytes of exactly one object version. */
  open(dataset: string, key: string, versionId: string): Promise<AsyncIterable<Uint8Array>>;
  /** @throws Error when there is no such manifest */
  readManifest(dataset: string, id: string): Promise<Manifest>;
  /** Writes the manifest unless it is there already, and gives its URI. */
  writeManifest(manifest: Manifest): Promise<string>;
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

/** The lake in an S3 bucket. */
export function lakeStore(client: S3Client, bucket: string): LakeStore {
  const uri = (key: string) => `s3://${bucket}/${key}`;

  async function put(
    Key: string,
    Body: string | Uint8Array,
    ContentType: string,
    create: boolean,
  ): Promise<boolean> {
    try {
      await client.send(
        new PutObjectCommand({
          ...{ Bucket: bucket, Key, Body, ContentType },
          ...(create ? { IfNoneMatch: '*' } : {}),
        }),
      );
      return true;
    } catch (error) {
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      if (create && status === 412) return false;
      if (create && status === 409) throw new ConflictError(`Another write of ${uri(Key)} is under way.`);
      throw error;
    }
  }

  async function read(Key: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return await Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  return {
    bucket,

    async list(dataset) {
      const prefix = rawPrefix(dataset);
      const listed: (ListedVersion & { order: number })[] = [];
      let more: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
      while (more !== undefined) {
        const page: ListObjectVersionsCommandOutput = await client.send(
          new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, EncodingType: 'url', ...more }),
        );
        const plain = (key: string) => (page.EncodingType === 'url' ? urlDecoded(key) : key);
        for (const { Key, VersionId, Size, LastModified, IsLatest } of [
          ...(page.Versions ?? []),
          ...(page.DeleteMarkers ?? []).map((marker) => ({ ...marker, Size: undefined })),
        ]) {
          if (Key === undefined || VersionId === undefined) continue;
          listed.push({
            key: plain(Key).slice(prefix.length),
            versionId: VersionId,
            size: Size ?? 0,
            deleted: Size === undefined,
            order: IsLatest === true ? Number.POSITIVE_INFINITY : (LastModified?.getTime() ?? 0),
          });
        }
        more =
          page.IsTruncated === true && page.NextKeyMarker !== undefined
            ? { KeyMarker: plain(page.NextKeyMarker), VersionIdMarker: page.NextVersionIdMarker }
            : undefined;
      }
      // S3 answers versions and delete markers apart; the sort is stable, so versions of one second keep S3's order.
      return listed
        .sort((a, b) => (a.order === b.order ? 0 : b.order - a.order))
        .map(({ order: _, ...rest }) => rest);
    },

    async open(dataset, key, versionId) {
      const { Body } = await client.send(
        new GetObjectCommand({ Bucket: bucket, Key: `${rawPrefix(dataset)}${key}`, VersionId: versionId }),
      );
      if (Body === undefined)
        throw new Error(`S3 gave no body for ${rawPrefix(dataset)}${key} version ${versionId}.`);
      return Body as unknown as AsyncIterable<Uint8Array>;
    },

    async readManifest(dataset, id) {
      const bytes = await read(manifestKey(dataset, id));
      if (bytes === undefined) {
        throw new Error(
          `The manifest ${uri(manifestKey(dataset, id))} is gone; restore it from its S3 versions.`,
        );
      }
      return decodeManifest(bytes);
    },

    async writeManifest(manifest) {
      const key = manifestKey(manifest.dataset, manifest.id);
      await put(key, encodeManifest(manifest), 'application/gzip', true);
      return uri(key);
    },

    async readSchema(dataset) {
      const bytes = await read(schemaKey(dataset));
      return bytes === undefined
        ? undefined
        : decodeSchema(Buffer.from(bytes).toString('utf8'), uri(schemaKey(dataset)));
    },

    createSchema: (schema) =>
      put(schemaKey(schema.dataset), JSON.stringify(schema, undefined, 2), 'application/json', true),

    reportUri: (dataset, id) => uri(reportKey(dataset, id)),

    async writeReport(report) {
      const key = reportKey(report.dataset, report.datasetVersion);
      await put(key, JSON.stringify(report, undefined, 2), 'application/json', false);
      return uri(key);
    },
  };
}
