import { createHash } from 'node:crypto';
import { PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { Prefix } from '../../lib/data-lake/contract';
import { concurrently } from '../shared/concurrently';
import type { CaptureProfile } from './capture-profile';
import { objectReader } from './objects';

const PARALLEL_READS = 16;

/** Profiles of capture files, one small object for each file and window. */
export interface ProfileStore {
  /**
   * Keeps what one capture file says about one window, in a part for each model version. The same file overwrites what
   * it said before, even when it is now known that another version answered.
   */
  put(parts: readonly [CaptureProfile, ...CaptureProfile[]]): Promise<void>;
  /** All profiles of the window that begins then. */
  ofWindow(model: string, windowStart: string): Promise<CaptureProfile[]>;
}

export function profileStore(client: S3Client, bucket: string): ProfileStore {
  const read = objectReader(client);
  return {
    async put(parts) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: profileKey(parts[0]),
          Body: JSON.stringify(parts),
          ContentType: 'application/json',
        }),
      );
    },
    async ofWindow(model, windowStart) {
      const keys: string[] = [];
      const pages = paginateListObjectsV2(
        { client },
        { Bucket: bucket, Prefix: windowPrefix(model, windowStart) },
      );
      for await (const page of pages) {
        keys.push(...(page.Contents ?? []).map(({ Key }) => Key!));
      }
      const objects = await concurrently(keys, PARALLEL_READS, (key) => read({ bucket, key }));
      return objects.flatMap((object) =>
        object === undefined ? [] : (JSON.parse(object.text) as CaptureProfile[]),
      );
    },
  };
}

/** For example `profiles/flight-delays/20261123T100000Z/`. */
function windowPrefix(model: string, windowStart: string): string {
  return `${Prefix.PROFILES}${model}/${windowStart.replace(/[-:]|\.\d+/g, '')}/`;
}

export function profileKey({ model, window, source }: CaptureProfile): string {
  const identity = createHash('sha256').update(source).digest('hex').slice(0, 32);
  return `${windowPrefix(model, window.start)}${identity}.json`;
}
