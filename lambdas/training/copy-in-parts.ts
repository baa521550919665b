import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type ListPartsCommandOutput,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { S3Checksums } from '../data-lake/checksum';
import { type Copy, copyParts, copySource } from './staging';

/** Sizes in bytes from which and in which objects are copied in parts. */
export interface CopyLimits {
  readonly maxSingleCopy: number;
  readonly partBytes: number;
}

const PARTS_AT_ONCE = 16;

/** A part that is there. */
interface Done {
  readonly ETag: string;
}

/**
 * Copies an object version part by part on S3's side. A copy that was cut off before is found again and goes on: what
 * is there is not copied twice. S3 is asked for the CRC64NVME of the whole object, which is the only checksum that it
 * can make of parts.
 *
 * @returns the checksums of the copy, or undefined when the time ran out.
 */
export async function copyInParts(
  client: S3Client,
  bucket: string,
  copy: Copy,
  timeLeft: () => boolean,
  partBytes?: number,
): Promise<S3Checksums | undefined> {
  const target = { Bucket: bucket, Key: copy.key };
  const UploadId = (await openUpload(client, target)) ?? (await createUpload(client, target));
  const done = await partsDone(client, { ...target, UploadId });
  const parts = copyParts(copy.size, partBytes);
  const queue = parts.filter(({ number }) => !done.has(number));
  const CopySource = copySource(bucket, copy);
  const worker = async (): Promise<void> => {
    for (let part = queue.at(0); part !== undefined && timeLeft(); part = queue.at(0)) {
      queue.shift();
      const { CopyPartResult } = await client.send(
        new UploadPartCopyCommand({
          ...target,
          UploadId,
          PartNumber: part.number,
          CopySource,
          CopySourceRange: part.range,
        }),
      );
      done.set(part.number, { ETag: CopyPartResult?.ETag ?? '' });
    }
  };
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, worker));
  if (done.size < parts.length) return undefined;
  const Parts = parts.map(({ number }) => ({ PartNumber: number, ...done.get(number)! }));
  return client.send(
    new CompleteMultipartUploadCommand({
      ...target,
      UploadId,
      MultipartUpload: { Parts },
      ChecksumType: 'FULL_OBJECT',
    }),
  );
}

interface Target {
  readonly Bucket: string;
  readonly Key: string;
}

/** The upload under which an earlier call began this copy. */
async function openUpload(client: S3Client, { Bucket, Key }: Target): Promise<string | undefined> {
  const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
  return Uploads?.find((upload) => upload.Key === Key)?.UploadId;
}

async function createUpload(client: S3Client, target: Target): Promise<string | undefined> {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({
      ...target,
      ChecksumAlgorithm: 'CRC64NVME',
      ChecksumType: 'FULL_OBJECT',
    }),
  );
  return UploadId;
}

async function partsDone(
  client: S3Client,
  upload: Target & { UploadId: string | undefined },
): Promise<Map<number, Done>> {
  const done = new Map<number, Done>();
  let PartNumberMarker: string | undefined;
  do {
    const page: ListPartsCommandOutput = await client.send(
      new ListPartsCommand({ ...upload, PartNumberMarker }),
    );
    for (const { PartNumber, ETag } of page.Parts ?? []) done.set(PartNumber!, { ETag: ETag ?? '' });
    PartNumberMarker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
  } while (PartNumberMarker !== undefined);
  return done;
}
