import { ConflictError } from '../../errors';
import type { Decision } from '../../store/model-changes';
import type { RegistryTable } from '../../store/table';
import { versionItem } from '../../store/version-records';
import type { ModelRecord, VersionRecord } from '../model-record';
import type { Approval, ApprovalRequest, Change, Evidence } from '../model-store';
import { checkEvidence } from '../rules';
import { changeVersion } from './versions';

/** Asks for a decision about a version. */
export async function requestApproval(
  table: RegistryTable,
  name: string,
  version: number,
  { evidence }: ApprovalRequest,
  change: Change,
): Promise<Approval> {
  checkEvidence(evidence);
  return changeVersion(table, { name, version }, change, (model, before): Decision<Approval> => {
    if (before.approval?.status === 'PENDING') return { unchanged: before.approval };
    const approval: Approval = {
      status: 'PENDING',
      requestedBy: change.by,
      requestedAt: change.at.toISOString(),
      reason: change.reason,
      evidence,
    };
    return {
      after: model,
      writes: [versionItem(table, model.key, { ...before, approval })],
      entries: [
        {
          action: 'request-approval',
          version,
          before: before.approval?.status,
          after: { status: 'PENDING', evidence },
        },
      ],
      result: approval,
    };
  });
}

/**
 * Decides about a version that waits, or that nobody has asked about; an approval may also be taken back. Evidence is
 * added to what came with the request.
 */
export async function decideApproval(
  table: RegistryTable,
  name: string,
  version: number,
  decision: 'APPROVED' | 'REJECTED',
  change: Change,
  evidence?: Evidence,
): Promise<Approval> {
  return changeVersion(table, { name, version }, change, (model, before): Decision<Approval> => {
    const known = before.approval;
    if (known?.status === decision) return { unchanged: known };
    if (known?.status === 'REJECTED') throw decidedAlready(model, before, known);
    const approval: Approval = {
      ...(known ?? { requestedBy: change.by, requestedAt: change.at.toISOString() }),
      status: decision,
      evidence: evidence === undefined ? known?.evidence : { ...known?.evidence, ...evidence },
      decidedBy: change.by,
      decidedAt: change.at.toISOString(),
      decision: change.reason,
    };
    checkEvidence(approval.evidence);
    return {
      after: model,
      writes: [versionItem(table, model.key, { ...before, approval })],
      entries: [
        {
          action: decision === 'APPROVED' ? 'approve' : 'reject',
          version,
          before: known?.status,
          after: { status: decision, evidence },
        },
      ],
      result: approval,
    };
  });
}

function decidedAlready(model: ModelRecord, { version }: VersionRecord, known: Approval): ConflictError {
  return new ConflictError(
    `Version ${version} of model "${model.name}" was rejected by ${known.decidedBy ?? 'unknown'} at ${known.decidedAt ?? 'unknown'}${known.decision === undefined ? '' : ` (${known.decision})`}: request approval again to decide anew (flywheel models approve ${version} --anew).`,
  );
}
