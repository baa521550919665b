import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectStore } from './object-store';

/** S3 at an endpoint; credentials are whatever the emulator takes for the account. */
export function s3ObjectStore(endpointUrl: string, region: string, accountId: string): ObjectStore {
  const client = new S3Client({
    endpoint: endpointUrl,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: accountId, secretAccessKey: 'local' },
  });
  return {
    async list(bucket, prefix) {
      const found = [];
      for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
        for (const { Key, Size } of page.Contents ?? []) {
          found.push({ key: Key!, size: Size ?? 0 });
        }
      }
      return found;
    },
    async download(bucket, key, file) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      await pipeline(Body as Readable, createWriteStream(file));
    },
    async upload(bucket, key, file) {
      const { size } = await stat(file);
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: createReadStream(file),
          ContentLength: size,
        }),
      );
    },
    async put(bucket, key, body, contentType) {
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType }),
      );
    },
    async delete(bucket, key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}
