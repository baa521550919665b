import { escapeKey, modelPk, RegistrySk } from '../../../lib/registry/contract';
import type { Fence, ModelVersion } from '../entities';
import { ConflictError, FencedError, NotFoundError } from '../errors';
import type { VersionRecord } from '../models/model-record';
import { servable } from '../models/servable';
import { fenceCheck } from './leases';
import { beginModel, changeModel } from './model-changes';
import { CONDITION_FAILED, getItem, queryItems, type RegistryTable, withoutKeys } from './table';
import { type NewVersion, registrationStep } from './version-records';

export type NewModelVersion = Omit<ModelVersion, 'version' | 'approval' | 'deletedAt'>;

/** A version as it is stored when it can be served. */
type ServedRecord = NewModelVersion & VersionRecord;

/**
 * Registers the next version of a model that Flywheel keeps fresh. Versions are numbered 1, 2, 3 ... without gaps,
 * whoever else registers at the same time. The same token always answers the same version, also after a reply that
 * was lost.
 *
 * @throws FencedError when a fence is given and its lease has passed to another holder.
 * @throws ConflictError when the name belongs to a model that had another name before.
 */
export async function createModelVersion(
  table: RegistryTable,
  input: NewModelVersion,
  clientToken: string,
  fence?: Fence,
): Promise<ModelVersion> {
  const { model: name, approvedBy } = input;
  const pk = modelPk(name);
  const change = { by: approvedBy, at: new Date(input.createdAt) };
  return changeModel<ModelVersion>(table, name, change, async (known) => {
    const token = await getItem(table, pk, RegistrySk.token(clientToken));
    if (token !== undefined)
      return { unchanged: await requireModelVersion(table, name, Number(token.version)) };
    const begun = known === undefined ? await beginModel(table, name, change.at) : undefined;
    const model = known ?? begun?.model;
    if (model?.key !== escapeKey(name)) {
      throw new ConflictError(
        `The name "${name}" belongs to a model that had another name before: rename or delete that one, or train under another name.`,
      );
    }
    const step = registrationStep(table, { ...model, managed: true }, describe(input), change, {
      value: clientToken,
    });
    const writes = [
      ...(fence === undefined ? [] : [fenceCheck(table, name, fence)]),
      ...(step.writes ?? []),
      ...(begun === undefined ? [] : [begun.claim]),
    ];
    return {
      ...step,
      writes,
      result: withoutBookkeeping(step.result),
      explain: ([first]) => {
        if (fence === undefined || first !== CONDITION_FAILED) return;
        throw new FencedError(
          `Version of model "${name}" refused: the ${fence.lease} lease with token ${fence.token} has ended or passed to another holder.`,
        );
      },
    };
  });
}

/** What the registry keeps of it beside what serving and monitoring read. */
function describe(input: NewModelVersion): NewModelVersion & NewVersion {
  const at = input.createdAt;
  return {
    ...input,
    source: input.artifactUri,
    storageLocation: input.artifactUri,
    userId: input.approvedBy,
    tags: [],
    approval: {
      status: 'APPROVED',
      requestedBy: input.runId === undefined ? input.approvedBy : `run:${input.runId}`,
      requestedAt: at,
      reason: input.reasons.join('; '),
      evidence: input.runId === undefined ? undefined : { runId: input.runId },
      decidedBy: input.approvedBy,
      decidedAt: at,
      decision: input.verdict?.reasons.join('; '),
    },
  };
}

/**
 * A version with all that serving needs, also one that was deleted meanwhile.
 *
 * @throws NotServableError when the version was registered without what serving needs.
 */
export async function getModelVersion(
  table: RegistryTable,
  model: string,
  version: number,
): Promise<ModelVersion | undefined> {
  const item = await getItem(table, modelPk(model), RegistrySk.version(version));
  return item === undefined ? undefined : servable(model, withoutKeys(item));
}

/** Those with all that serving needs, in order of their numbers. */
export async function listModelVersions(table: RegistryTable, model: string): Promise<ModelVersion[]> {
  const items = await queryItems(table, modelPk(model), 'VERSION#');
  return items
    .filter((item) => item.image !== undefined)
    .map((item) => servable(model, withoutKeys<VersionRecord>(item)));
}

async function requireModelVersion(
  table: RegistryTable,
  model: string,
  version: number,
): Promise<ModelVersion> {
  const found = await getModelVersion(table, model, version);
  if (found === undefined) throw new NotFoundError(`Model "${model}" has no version ${version}.`);
  return found;
}

const withoutBookkeeping = (record: ServedRecord): ModelVersion => servable(record.model, record);
