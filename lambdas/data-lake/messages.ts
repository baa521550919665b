import * as z from 'zod';
import { DATASET_NAME } from '../../lib/data-lake/contract';
import { DetailType } from '../../lib/events-contract';
import type { AssembleMessage, PartMessage } from './create-version/deps';
import { decodeMessage } from './decode-message';
import { type Closing, closingShape } from './drop';

const dataset = z.string().regex(DATASET_NAME);
const partShape = z.object({ dataset, plan: z.string().min(1), index: z.number().int().nonnegative() });
const assembleShape = z.object({ dataset, plan: z.string().min(1) });

/** What the event `Dataset Accept Requested` asks for. */
const acceptShape = z.object({
  'detail-type': z.literal(DetailType.DATASET_ACCEPT_REQUESTED),
  time: z.iso.datetime({ offset: true }),
  detail: z.object({
    dataset,
    datasetVersion: z.string().min(1),
    reason: z.string().trim().min(1, 'say why the content is let through'),
    by: z.string().min(1),
  }),
});

/** Somebody lets the content of a quarantined version through. */
export interface AcceptRequest {
  readonly dataset: string;
  readonly datasetVersion: string;
  readonly reason: string;
  readonly by: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** What arrives in the queue of closings. */
export type ClosingMessage =
  | { readonly kind: 'close'; readonly closing: Closing }
  | { readonly kind: 'assemble'; readonly message: AssembleMessage }
  | { readonly kind: 'accept'; readonly request: AcceptRequest };

/** @throws Error naming the field that is wrong */
export const decodePart = (body: string): PartMessage => decodeMessage(body, partShape, 'part of a closing');

/** @throws Error naming the field that is wrong */
export function decodeClosingMessage(body: string): ClosingMessage {
  const what = 'closing of a drop';
  const fields = decodeMessage(body, z.record(z.string(), z.unknown()), what);
  if ('detail-type' in fields) {
    const { detail, time } = decodeMessage(
      body,
      acceptShape,
      `event "${DetailType.DATASET_ACCEPT_REQUESTED}"`,
    );
    return { kind: 'accept', request: { ...detail, at: new Date(time).toISOString() } };
  }
  if ('plan' in fields) return { kind: 'assemble', message: decodeMessage(body, assembleShape, what) };
  return { kind: 'close', closing: decodeMessage(body, closingShape, what) };
}
