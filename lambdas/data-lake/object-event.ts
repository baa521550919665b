import * as z from 'zod';
import { decodeMessage } from './decode-message';
import { objectRole, parseRawKey, type RawObject } from './object-key';

const CREATED = 'Object Created';
const DELETED = 'Object Deleted';

const eventShape = z.object({
  'detail-type': z.enum([CREATED, DELETED]),
  time: z.iso.datetime({ offset: true }),
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string().min(1), size: z.number().int().nonnegative().optional() }),
    requester: z.string().optional(),
  }),
});

/** One object that landed or went, as the event tells it. */
export interface ObjectEvent extends RawObject {
  readonly role: 'data' | 'marker' | 'ignored';
  readonly deleted: boolean;
  /** When S3 says that it happened, ISO 8601 in UTC. */
  readonly at: string;
  /** The account or the service that did it. */
  readonly by?: string;
}

/**
 * Reads an EventBridge event "Object Created" or "Object Deleted" from the body of a queue message. A deletion is
 * one of the current version or of any other, by a request or by a lifecycle rule. That a marker goes means nothing:
 * Spark removes it before it writes.
 *
 * @throws Error naming the field that is wrong, or the key that names no dataset.
 */
export function decodeObjectEvent(body: string, bucket: string): ObjectEvent {
  const what = `S3 event "${CREATED}" or "${DELETED}"`;
  const event = decodeMessage(body, eventShape, what);
  const { detail } = event;
  if (detail.bucket.name !== bucket) {
    throw new Error(`The event is about bucket "${detail.bucket.name}", but this data lake is "${bucket}".`);
  }
  const { key, size } = detail.object;
  const deleted = event['detail-type'] === DELETED;
  if (!deleted && size === undefined) {
    throw new Error(`The message is no ${what}: detail.object.size is missing for key "${key}".`);
  }
  const told = {
    ...{ deleted, at: new Date(event.time).toISOString() },
    ...(detail.requester === undefined ? {} : { by: detail.requester }),
  };
  if (key.endsWith('/') && (deleted || size === 0)) {
    return { dataset: '', relativeKey: key, role: 'ignored', ...told };
  }
  const object = parseRawKey(key);
  const role = objectRole(object.relativeKey, size ?? 1);
  return { ...object, role: deleted && role === 'marker' ? 'ignored' : role, ...told };
}
