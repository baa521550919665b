import type { AuditEntry } from './audit-entry';

/** Which version an alias stood on at a time, and how it came there. */
export interface LiveAt {
  readonly alias: string;
  readonly version: number;
  /** The version before it. */
  readonly previous?: number;
  /** ISO time from which on it stood there. */
  readonly since: string;
  /** ISO time at which the alias moved on; undefined while it stands there. */
  readonly until?: string;
  readonly movedBy: string;
  readonly reason?: string;
  readonly deploymentId?: string;
}

/** Who approved a version, as it stood at a time. */
export interface ApprovedBy {
  readonly by: string;
  readonly at: string;
  readonly reason?: string;
}

/**
 * Which version the alias stood on at that time, by the clocks of those who moved it.
 *
 * @param entries - the whole trail, oldest first.
 * @returns undefined when the alias did not exist then.
 */
export function aliasAt(entries: readonly AuditEntry[], alias: string, at: Date): LiveAt | undefined {
  const moves = entries.filter(
    (entry) => entry.alias === alias && (entry.action === 'move-alias' || entry.action === 'delete-alias'),
  );
  const index = moves.findLastIndex((entry) => Date.parse(entry.at) <= at.getTime());
  const move = moves[index];
  if (move?.action !== 'move-alias') return undefined;
  const after = move.after as { previous?: number; deploymentId?: string };
  return {
    alias,
    version: move.version ?? 0,
    previous: after.previous,
    since: move.at,
    until: moves[index + 1]?.at,
    movedBy: move.by,
    reason: move.reason,
    deploymentId: after.deploymentId,
  };
}

/**
 * Who had approved the version by that time, if anybody had and nobody had asked anew.
 *
 * @param entries - the whole trail, oldest first.
 */
export function approvalAt(
  entries: readonly AuditEntry[],
  version: number,
  at: Date,
): ApprovedBy | undefined {
  const last = entries.findLast(
    (entry) =>
      entry.version === version && Date.parse(entry.at) <= at.getTime() && approvalIn(entry) !== undefined,
  );
  if (last === undefined || approvalIn(last) !== 'APPROVED') return undefined;
  const registered = last.action === 'register-model-version';
  const by = registered ? ((last.after as { approvedBy?: string }).approvedBy ?? last.by) : last.by;
  return { by, at: last.at, reason: last.reason };
}

function approvalIn(entry: AuditEntry): string | undefined {
  switch (entry.action) {
    case 'approve':
      return 'APPROVED';
    case 'reject':
      return 'REJECTED';
    case 'request-approval':
      return 'PENDING';
    case 'register-model-version':
      return (entry.after as { approval?: string }).approval;
    default:
      return undefined;
  }
}
