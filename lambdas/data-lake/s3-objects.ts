import {
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { ConflictError } from './conflict-error';

/** Small objects of a bucket, read and written whole. */
export interface S3Objects {
  readonly bucket: string;
  uri(key: string): string;
  /** @returns undefined when there is no such object */
  read(key: string): Promise<Uint8Array | undefined>;
  write(key: string, body: string | Uint8Array, contentType: string): Promise<void>;
  /**
   * Writes an object that is not there yet, and says whether it did.
   *
   * @throws ConflictError when another write of it is under way
   */
  create(key: string, body: string | Uint8Array, contentType: string): Promise<boolean>;
}

export const GZIP = 'application/gzip';
export const JSON_TYPE = 'application/json';

export function s3Objects(client: S3Client, bucket: string): S3Objects {
  const uri = (key: string) => `s3://${bucket}/${key}`;
  return {
    bucket,
    uri,

    async read(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },

    async write(key, body, contentType) {
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType }),
      );
    },

    async create(key, body, contentType) {
      try {
        await client.send(
          new PutObjectCommand({
            ...{ Bucket: bucket, Key: key, Body: body, ContentType: contentType },
            IfNoneMatch: '*',
          }),
        );
        return true;
      } catch (error) {
        const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
        if (status === 412) return false;
        if (status === 409) throw new ConflictError(`Another write of ${uri(key)} is under way.`);
        throw error;
      }
    },
  };
}
