import { createHash } from 'node:crypto';

/** What was done. */
export const AUDIT_ACTIONS = [
  'create-model',
  'update-model',
  'rename-model',
  'delete-model',
  'set-model-tag',
  'delete-model-tag',
  'mark-deployed',
  'register-model-version',
  'update-model-version',
  'set-version-tag',
  'delete-version-tag',
  'transition-stage',
  'delete-model-version',
  'move-alias',
  'delete-alias',
  'request-approval',
  'approve',
  'reject',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** One line of the append-only audit trail of a model. Replaying all of them gives the model as it is. */
export interface AuditEntry {
  /** 1, 2, 3 ... for each model, without gaps: the order in which changes were made. */
  readonly sequence: number;
  /** ISO time in UTC by the clock of who made the change. */
  readonly at: string;
  /** The principal. */
  readonly by: string;
  readonly action: AuditAction;
  /** Why, in words. */
  readonly reason?: string;
  readonly version?: number;
  readonly alias?: string;
  /** Key of the tag that was changed. */
  readonly tag?: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export type AuditDraft = Omit<AuditEntry, 'sequence' | 'at' | 'by'>;

const MAX_CHARACTERS = 2000;

/** A text as the trail keeps it: a long one by its digest, which is proof enough of what it was. */
export function recorded(text: string): string;
export function recorded(text: string | undefined): string | undefined;
export function recorded(text: string | undefined): string | undefined {
  if (text === undefined || text.length <= MAX_CHARACTERS) return text;
  return `sha256:${createHash('sha256').update(text).digest('hex')} (${text.length} characters)`;
}
