import type { ModelVersion } from '../registry/entities';

/** Why a version must not go live, in words; undefined when it may. */
export function whyNotDeployed({ model, version, approval, deletedAt }: ModelVersion): string | undefined {
  if (deletedAt !== undefined) {
    return `Version ${version} of model "${model}" was deleted at ${deletedAt}: deploy another one.`;
  }
  if (approval === undefined || approval.status === 'APPROVED') return undefined;
  return approval.status === 'PENDING'
    ? `Version ${version} of model "${model}" waits for approval since ${approval.requestedAt}: approve it first (flywheel models approve ${version}).`
    : `Version ${version} of model "${model}" was rejected by ${approval.decidedBy} at ${approval.decidedAt}: ${approval.decision ?? 'no reason given'}.`;
}
