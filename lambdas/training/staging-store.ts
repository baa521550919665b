import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type Algorithm, type Checksums, digester, type S3Checksums } from '../data-lake/checksum';
import { s3Algorithm } from './copy-checksum';
import { type CopyLimits, copyInParts } from './copy-in-parts';
import { type Copy, copySource, MAX_SINGLE_COPY } from './staging';

/** What S3 says of a staged object. */
export interface StagedObject extends S3Checksums {
  /** In bytes. */
  readonly size: number;
}

/** The lake's staging folder. */
export interface StagingStore {
  readonly bucket: string;
  /** Whether anything is staged below the prefix. */
  isEmpty(prefix: string): Promise<boolean>;
  /** Size and checksums of a staged object, if it is there. */
  look(key: string): Promise<StagedObject | undefined>;
  /** The checksum of a staged object, by reading it. */
  digest(key: string, algorithm: Algorithm): Promise<Checksums>;
  /**
   * Copies one object version on the server's side, and gives the checksums of the copy that S3 told.
   *
   * @returns undefined when the time ran out in the middle of a copy in parts: call it again.
   * @throws MissingVersionError when the object version is gone.
   */
  copy(copy: Copy, timeLeft: () => boolean): Promise<S3Checksums | undefined>;
  /** Writes a value as JSON. */
  writeJson(key: string, value: unknown): Promise<void>;
}

/** An object version that a manifest names is no longer in the bucket. */
export class MissingVersionError extends Error {
  override readonly name = 'NotFoundError';
}

export function stagingStore(
  client: S3Client,
  bucket: string,
  limits: Partial<CopyLimits> = {},
): StagingStore {
  const maxSingleCopy = limits.maxSingleCopy ?? MAX_SINGLE_COPY;

  async function copySingle(copy: Copy): Promise<S3Checksums> {
    const { CopyObjectResult } = await client.send(
      new CopyObjectCommand({
        Bucket: bucket,
        Key: copy.key,
        CopySource: copySource(bucket, copy),
        ChecksumAlgorithm: s3Algorithm(copy.checksum),
        TaggingDirective: 'REPLACE',
      }),
    );
    return CopyObjectResult ?? {};
  }

  return {
    bucket,

    async isEmpty(prefix) {
      const { KeyCount = 0 } = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }),
      );
      return KeyCount === 0;
    },

    async look(key) {
      try {
        const found = await client.send(
          new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }),
        );
        return { ...found, size: found.ContentLength ?? 0 };
      } catch (error) {
        if ((error as Error).name === 'NotFound') return undefined;
        throw error;
      }
    },

    async digest(key, algorithm) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      const digests = digester(new Set([algorithm]));
      for await (const chunk of Body as unknown as AsyncIterable<Uint8Array>) digests.update(chunk);
      return digests.digests();
    },

    async copy(copy, timeLeft) {
      try {
        return copy.size > maxSingleCopy
          ? await copyInParts(client, bucket, copy, timeLeft, limits.partBytes)
          : await copySingle(copy);
      } catch (error) {
        const { name } = error as Error;
        if (name !== 'NoSuchVersion' && name !== 'NoSuchKey') throw error;
        throw new MissingVersionError(
          `The bytes of ${copy.sourceKey} (S3 version ${copy.versionId}) are gone from bucket ${bucket}: someone deleted that object version. Train on a dataset version that does not have it.`,
        );
      }
    },

    async writeJson(key, value) {
      const ContentType = 'application/json';
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: JSON.stringify(value), ContentType }),
      );
    },
  };
}
