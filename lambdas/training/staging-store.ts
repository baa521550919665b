import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { type Copy, copyRanges, copySource, MAX_SINGLE_COPY } from './staging';

/** The lake's staging folder. */
export interface StagingStore {
  readonly bucket: string;
  /** Sizes in bytes of the keys under a prefix. */
  sizes(prefix: string): Promise<Map<string, number>>;
  /** Copies one object version on the server's side. */
  copy(copy: Copy): Promise<void>;
  /** Writes a value as JSON. */
  writeJson(key: string, value: unknown): Promise<void>;
}

export function stagingStore(client: S3Client, bucket: string): StagingStore {
  async function copyInParts(copy: Copy): Promise<void> {
    const target = { Bucket: bucket, Key: copy.key };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
    try {
      const Parts = [];
      for (const [index, CopySourceRange] of copyRanges(copy.size).entries()) {
        const PartNumber = index + 1;
        const CopySource = copySource(bucket, copy);
        const { CopyPartResult } = await client.send(
          new UploadPartCopyCommand({ ...target, UploadId, PartNumber, CopySource, CopySourceRange }),
        );
        Parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
      }
      await client.send(
        new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }),
      );
    } catch (error) {
      await client.send(new AbortMultipartUploadCommand({ ...target, UploadId }));
      throw error;
    }
  }

  return {
    bucket,

    async sizes(prefix) {
      const found = new Map<string, number>();
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken }),
        );
        for (const { Key, Size } of page.Contents ?? []) found.set(Key!, Size ?? 0);
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
      return found;
    },

    async copy(copy) {
      if (copy.size > MAX_SINGLE_COPY) return copyInParts(copy);
      await client.send(
        new CopyObjectCommand({
          Bucket: bucket,
          Key: copy.key,
          CopySource: copySource(bucket, copy),
          TaggingDirective: 'REPLACE',
        }),
      );
    },

    async writeJson(key, value) {
      const ContentType = 'application/json';
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: JSON.stringify(value), ContentType }),
      );
    },
  };
}
