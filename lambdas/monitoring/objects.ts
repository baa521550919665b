import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import type { CreatedObject } from './created-object';

/** An object as it is now, whichever of its versions an event was about. */
export interface TextObject {
  readonly key: string;
  readonly text: string;
  readonly lastModified: Date;
}

/** Reads a text object; undefined when it has been deleted. */
export type ReadObject = (object: CreatedObject) => Promise<TextObject | undefined>;

export function objectReader(client: S3Client): ReadObject {
  return async ({ bucket, key }) => {
    try {
      const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (answer.Body === undefined || answer.LastModified === undefined) {
        throw new Error(`S3 answered without a body or a date for s3://${bucket}/${key}`);
      }
      return { key, text: await answer.Body.transformToString('utf-8'), lastModified: answer.LastModified };
    } catch (error) {
      if (error instanceof NoSuchKey) {
        return undefined;
      }
      throw error;
    }
  };
}
