import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip, gzipSync } from 'node:zlib';
import {
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { seenKey } from '../../lib/data-lake/contract';
import type { ManifestObject } from './entities';
import { GZIP } from './s3-objects';

/** What is known of object versions, and under which state it is kept. */
export interface Seen {
  /** In the order of keys. */
  readonly facts: AsyncIterable<ManifestObject>;
  /** ETag of what is kept; undefined when nothing is. */
  readonly etag: string | undefined;
}

/**
 * Facts about object versions that no current manifest names, such as the second upload of bytes that a version has
 * already. Each is true for ever, so this is a cache: what is lost is found out again.
 */
export interface SeenStore {
  read(dataset: string): Promise<Seen>;
  /** Keeps these facts, unless others were kept since `etag` was read; then those stay. */
  write(dataset: string, facts: AsyncIterable<ManifestObject>, etag: string | undefined): Promise<void>;
}

async function* factsOf(compressed: Uint8Array): AsyncGenerator<ManifestObject> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of Readable.from([compressed]).pipe(createGunzip())) {
    const lines = `${rest}${decoder.write(chunk as Buffer)}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as ManifestObject;
  }
}

async function* none(): AsyncGenerator<ManifestObject> {}

/** Lines that are compressed together, so that memory holds little beyond the compressed bytes. */
const BATCH = 5_000;

export function seenStore(client: S3Client, bucket: string): SeenStore {
  return {
    async read(dataset) {
      try {
        const { Body, ETag } = await client.send(
          new GetObjectCommand({ Bucket: bucket, Key: seenKey(dataset) }),
        );
        return { facts: factsOf(await Body!.transformToByteArray()), etag: ETag };
      } catch (error) {
        if (error instanceof NoSuchKey) return { facts: none(), etag: undefined };
        throw error;
      }
    },

    async write(dataset, facts, etag) {
      const blocks: Buffer[] = [];
      let lines: string[] = [];
      const flush = () => {
        // Gzip files one after the other are a gzip file.
        blocks.push(gzipSync(lines.join('')));
        lines = [];
      };
      for await (const fact of facts) {
        lines.push(`${JSON.stringify(fact)}\n`);
        if (lines.length === BATCH) flush();
      }
      flush();
      try {
        await client.send(
          new PutObjectCommand({
            ...{ Bucket: bucket, Key: seenKey(dataset), Body: Buffer.concat(blocks), ContentType: GZIP },
            ...(etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag }),
          }),
        );
      } catch (error) {
        const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
        if (status !== 412 && status !== 409 && status !== 404) throw error;
      }
    },
  };
}
