import { modelKeyPk, RegistrySk } from '../../../../lib/registry/contract';
import { ConflictError } from '../../errors';
import type { Decision } from '../../store/model-changes';
import { loadModel } from '../../store/model-changes';
import { getItem, type RegistryTable, type TransactItem } from '../../store/table';
import { versionItem } from '../../store/version-records';
import type { ModelRecord, VersionRecord } from '../model-record';
import type { Approval, ApprovalRequest, Change } from '../model-store';
import { checkEvidence } from '../rules';
import { changeVersion } from './versions';

/** Asks for a decision about a version. */
export async function requestApproval(
  table: RegistryTable,
  name: string,
  version: number,
  { evidence, taskToken }: ApprovalRequest,
  change: Change,
): Promise<Approval> {
  checkEvidence(evidence);
  return changeVersion(table, { name, version }, change, (model, before): Decision<Approval> => {
    const waiting = before.approval?.status === 'PENDING' ? before.approval : undefined;
    if (waiting !== undefined && taskToken === undefined) return { unchanged: waiting };
    const approval: Approval = waiting ?? {
      status: 'PENDING',
      requestedBy: change.by,
      requestedAt: change.at.toISOString(),
      reason: change.reason,
      evidence,
    };
    return {
      after: model,
      writes: [
        versionItem(table, model.key, { ...before, approval }),
        ...(taskToken === undefined ? [] : [tokenItem(table, model, version, taskToken)]),
      ],
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
 * Decides about a version that waits, or that nobody has asked about; an approval may also be taken back. Who waits with a task token is told by whoever
 * calls this, by `approvalTaskToken`.
 */
export async function decideApproval(
  table: RegistryTable,
  name: string,
  version: number,
  decision: 'APPROVED' | 'REJECTED',
  change: Change,
): Promise<Approval> {
  return changeVersion(table, { name, version }, change, (model, before): Decision<Approval> => {
    const known = before.approval;
    if (known?.status === decision) return { unchanged: known };
    if (known?.status === 'REJECTED') throw decidedAlready(model, before, known);
    const approval: Approval = {
      ...(known ?? { requestedBy: change.by, requestedAt: change.at.toISOString() }),
      status: decision,
      decidedBy: change.by,
      decidedAt: change.at.toISOString(),
      decision: change.reason,
    };
    return {
      after: model,
      writes: [versionItem(table, model.key, { ...before, approval })],
      entries: [
        {
          action: decision === 'APPROVED' ? 'approve' : 'reject',
          version,
          before: known?.status,
          after: { status: decision },
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

/** What the state machine that waits for the decision is told it by; undefined when none waits. */
export async function approvalTaskToken(
  table: RegistryTable,
  name: string,
  version: number,
): Promise<string | undefined> {
  const model = await loadModel(table, name);
  if (model === undefined) return undefined;
  const item = await getItem(table, modelKeyPk(model.key), RegistrySk.approvalToken(version));
  return item === undefined ? undefined : String(item.taskToken);
}

/** Beside the version, so that no reader of versions gets to see it. */
function tokenItem(
  table: RegistryTable,
  model: ModelRecord,
  version: number,
  taskToken: string,
): TransactItem {
  return {
    Put: {
      TableName: table.name,
      Item: {
        PK: modelKeyPk(model.key),
        SK: RegistrySk.approvalToken(version),
        entity: 'approval-token',
        taskToken,
      },
    },
  };
}
