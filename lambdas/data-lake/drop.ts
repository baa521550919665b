import * as z from 'zod';
import { DATASET_NAME, MAX_OPEN_QUIET_PERIODS } from '../../lib/data-lake/contract';

/**
 * The state of a dataset's drop. Every event raises `sequence` and sends a closing that carries it, delayed by the
 * quiet period; only the closing with the newest sequence closes the drop. So a burst, whatever its order and
 * however often its events are repeated, is closed once, and an event that comes later closes exactly once more.
 */
export interface DropState {
  readonly dataset: string;
  readonly sequence: number;
  /** When the first object of the open drop was created; absent when no drop is open. */
  readonly firstEventAt?: string;
  /** Whether an object was created in it: a drop of deletions alone has none. */
  readonly created?: boolean;
}

/** A drop right after an event. */
export interface OpenDrop extends DropState {
  readonly firstEventAt: string;
}

/** What happened to an object. */
export interface DropEvent {
  readonly dataset: string;
  /** When, ISO 8601 in UTC. */
  readonly at: string;
  readonly deleted: boolean;
  /** Who: the account or the service that S3 names. */
  readonly by?: string;
}

/** The message that closes a drop. */
export const closingShape = z.object({
  dataset: z.string().regex(DATASET_NAME),
  sequence: z.number().int().positive(),
  firstEventAt: z.iso.datetime(),
  /** Sent for a `_SUCCESS` marker: the drop is complete, whatever else has a closing of its own. */
  marker: z.boolean(),
  trigger: z.enum(['quiet', 'success-marker', 'deletion', 'accept']).default('quiet'),
  /** Who dropped last, or who accepted. */
  by: z.string().optional(),
  /** The quarantined version whose content was accepted. */
  acceptance: z.string().optional(),
});
export type Closing = z.infer<typeof closingShape>;

export interface ScheduledClosing extends Closing {
  readonly delaySeconds: number;
}

/** The closing for one event that has just been recorded. */
export function closingFor(
  { dataset, sequence, firstEventAt, created }: OpenDrop,
  role: 'data' | 'marker',
  quietSeconds: number,
  by?: string,
): ScheduledClosing {
  const marker = role === 'marker';
  const trigger = marker ? 'success-marker' : created === false ? 'deletion' : 'quiet';
  return {
    ...{ dataset, sequence, firstEventAt, marker, trigger, delaySeconds: marker ? 0 : quietSeconds },
    ...(by === undefined ? {} : { by }),
  };
}

/**
 * Of the closings that one batch of events calls for, those worth sending: per dataset the newest, and it waits no
 * longer than a marker among them allows.
 */
export function newestClosings(closings: readonly ScheduledClosing[]): ScheduledClosing[] {
  const newest = new Map<string, ScheduledClosing>();
  for (const closing of closings) {
    const other = newest.get(closing.dataset);
    if (other === undefined) {
      newest.set(closing.dataset, closing);
      continue;
    }
    const later = closing.sequence > other.sequence ? closing : other;
    const delaySeconds = Math.min(closing.delaySeconds, other.delaySeconds);
    const marker = closing.marker || other.marker;
    const trigger = marker ? 'success-marker' : later.trigger;
    newest.set(closing.dataset, { ...later, marker, trigger, delaySeconds });
  }
  return [...newest.values()];
}

/** A drop whose first object is older than this is closed by any closing, so that a steady trickle is not starved. */
export function openLimit(now: Date, quietSeconds: number): string {
  return new Date(now.getTime() - MAX_OPEN_QUIET_PERIODS * quietSeconds * 1000).toISOString();
}

/**
 * Whether a closing may close the drop as it stands. The drop store makes the same decision in one conditional
 * write; this is its statement for tests and fakes.
 */
export function mayClose(drop: DropState | undefined, closing: Closing, limit: string): boolean {
  if (drop === undefined) return false;
  if (closing.marker || drop.sequence === closing.sequence) return true;
  return drop.firstEventAt !== undefined && drop.firstEventAt <= limit;
}
