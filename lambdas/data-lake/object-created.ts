import * as z from 'zod';
import { decodeMessage } from './decode-message';
import { objectRole, parseRawKey, type RawObject } from './object-key';

const eventShape = z.object({
  time: z.iso.datetime({ offset: true }),
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string().min(1), size: z.number().int().nonnegative() }),
  }),
});

/** One object that landed, as the event tells it. */
export interface ObjectCreated extends RawObject {
  readonly role: 'data' | 'marker' | 'ignored';
  /** When S3 says that the object was created, ISO 8601 in UTC. */
  readonly at: string;
}

/**
 * Reads an EventBridge event "Object Created" from the body of a queue message.
 *
 * @throws Error naming the field that is wrong, or the key that names no dataset.
 */
export function decodeObjectCreated(body: string, bucket: string): ObjectCreated {
  const { time, detail } = decodeMessage(body, eventShape, 'S3 event "Object Created"');
  if (detail.bucket.name !== bucket) {
    throw new Error(`The event is about bucket "${detail.bucket.name}", but this data lake is "${bucket}".`);
  }
  const at = new Date(time).toISOString();
  const { key, size } = detail.object;
  if (size === 0 && key.endsWith('/')) return { dataset: '', relativeKey: key, role: 'ignored', at };
  const object = parseRawKey(key);
  return { ...object, role: objectRole(object.relativeKey, size), at };
}
