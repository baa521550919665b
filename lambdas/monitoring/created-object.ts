import * as z from 'zod';

const eventShape = z.object({
  detail: z.object({
    bucket: z.object({ name: z.string().min(1) }),
    object: z.object({ key: z.string().min(1) }),
  }),
});

/** An object that S3 says was created. */
export interface CreatedObject {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Reads an EventBridge event "Object Created" from the body of a queue message.
 *
 * @throws Error naming the field that is wrong
 */
export function decodeCreatedObject(body: string): CreatedObject {
  const parsed = eventShape.safeParse(JSON.parse(body));
  if (!parsed.success) {
    throw new Error(`The message is no S3 event "Object Created": ${z.prettifyError(parsed.error)}`);
  }
  const { bucket, object } = parsed.data.detail;
  return { bucket: bucket.name, key: object.key };
}

/** An empty object that consoles create to show a folder. */
export function isFolderMarker({ key }: CreatedObject): boolean {
  return key.endsWith('/');
}
