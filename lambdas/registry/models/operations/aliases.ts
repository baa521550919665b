import { CHAMPION } from '../../../../lib/registry/contract';
import type { Alias } from '../../entities';
import { ConflictError } from '../../errors';
import { type AliasRecord, aliasRemoval, aliasStep, readAlias, standing } from '../../store/aliases';
import { changeModel, type Decision, loadModel } from '../../store/model-changes';
import type { RegistryTable } from '../../store/table';
import { readVersion, requireVersion } from '../../store/version-records';
import { DoesNotExistError, InvalidParameterError } from '../../tracking/errors';
import type { ModelRecord, VersionRecord } from '../model-record';
import type { AliasMove, AliasState, Change, RegisteredVersion } from '../model-store';
import { checkAlias, checkModelName, checkSettableAlias } from '../rules';
import { servable } from '../servable';
import { versionView } from '../views';
import { MOST_ALIASES, required } from './models';

export async function setAlias(table: RegistryTable, move: AliasMove, change: Change): Promise<AliasState> {
  checkModelName(move.name);
  checkSettableAlias(move.alias);
  return changeModel(table, move.name, change, async (found) => {
    const model = required(found, move.name);
    const before = await readAlias(table, model.key, move.alias);
    return pointAt(table, model, before, move, change);
  });
}

export async function rollbackAlias(
  table: RegistryTable,
  name: string,
  alias: string,
  expectedRevision: number | undefined,
  change: Change,
): Promise<AliasState> {
  checkModelName(name);
  checkSettableAlias(alias);
  return changeModel(table, name, change, async (found) => {
    const model = required(found, name);
    const before = await readAlias(table, model.key, alias);
    const version = before?.previous;
    if (before?.version === undefined || version === undefined) {
      throw new ConflictError(
        before?.version === undefined
          ? `Model "${name}" has no alias "${alias}" to roll back.`
          : `Alias "${alias}" of model "${name}" has been on version ${before.version} only: there is no version before.`,
      );
    }
    refuseIfMoved(name, before, { alias, expectedRevision });
    return pointAt(table, model, before, { name, alias, version, expectedRevision }, change);
  });
}

async function pointAt(
  table: RegistryTable,
  model: ModelRecord,
  before: AliasRecord | undefined,
  move: AliasMove,
  change: Change,
): Promise<Decision<AliasState>> {
  if (move.alias === CHAMPION) refuseIfDeployed(model, move.version);
  const record = requireVersion(model, move.version, await readVersion(table, model.key, move.version));
  if (move.alias === CHAMPION) checkChampion(model, record);
  if (before?.version === move.version) return { unchanged: stateOf({ ...before, version: move.version }) };
  refuseIfMoved(model.name, before, move);
  if (before?.version === undefined) checkAliasCount(model);
  const after: Alias = {
    alias: move.alias,
    version: move.version,
    previous: before?.version,
    revision: (before?.revision ?? 0) + 1,
    movedAt: change.at.toISOString(),
    reason: change.reason ?? `Set by ${change.by}.`,
  };
  const step = aliasStep(table, model, before, after);
  return { ...step, result: stateOf(after) };
}

/** Renaming a model or deleting a version moves all aliases in one transaction of at most 100 writes, two for each. */
function checkAliasCount({ name, aliases }: ModelRecord): void {
  if (aliases.length < MOST_ALIASES) return;
  throw new InvalidParameterError(
    `Model "${name}" has ${aliases.length} aliases; it may have ${MOST_ALIASES}. Delete one first.`,
  );
}

function refuseIfMoved(
  name: string,
  before: AliasRecord | undefined,
  { alias, expectedRevision }: Pick<AliasMove, 'alias' | 'expectedRevision'>,
): void {
  const revision = before?.version === undefined ? 0 : before.revision;
  if (expectedRevision === undefined || expectedRevision === revision) return;
  throw new ConflictError(
    `Alias "${alias}" of model "${name}" was expected at revision ${expectedRevision}, but it is at ${revision === 0 ? 'none' : `revision ${revision} (version ${before?.version})`}. Look at it again before moving it.`,
  );
}

function refuseIfDeployed(model: ModelRecord, version?: number): void {
  if (model.deployed !== true) return;
  const command = version === undefined ? 'promote <version>' : `promote ${version}`;
  throw new ConflictError(
    `Alias "${CHAMPION}" of model "${model.name}" says what its endpoint serves, so that only a deployment moves it: run "flywheel models ${command}".`,
  );
}

function checkChampion(model: ModelRecord, record: VersionRecord): void {
  const { approval } = record;
  if (approval !== undefined && approval.status !== 'APPROVED') {
    throw new ConflictError(
      `Version ${record.version} of model "${model.name}" is ${approval.status === 'PENDING' ? 'waiting for approval' : 'rejected'}: approve it first (flywheel models approve ${record.version}).`,
    );
  }
  if (model.managed === true) servable(model.name, record);
}

export async function deleteAlias(
  table: RegistryTable,
  name: string,
  alias: string,
  change: Change,
): Promise<void> {
  checkModelName(name);
  checkAlias(alias);
  await changeModel<void>(table, name, change, async (found) => {
    const model = required(found, name);
    const before = await readAlias(table, model.key, alias);
    if (before === undefined || standing(before) === undefined) return { unchanged: undefined };
    if (alias === CHAMPION) refuseIfDeployed(model);
    return { ...aliasRemoval(table, model, before, change.at), result: undefined };
  });
}

export async function getAlias(
  table: RegistryTable,
  name: string,
  alias: string,
): Promise<AliasState | undefined> {
  checkModelName(name);
  checkAlias(alias);
  const model = required(await loadModel(table, name), name);
  const found = standing(await readAlias(table, model.key, alias));
  return found === undefined ? undefined : stateOf(found);
}

export async function getVersionByAlias(
  table: RegistryTable,
  name: string,
  alias: string,
): Promise<RegisteredVersion> {
  checkModelName(name);
  checkAlias(alias);
  const model = required(await loadModel(table, name), name);
  const version = alias.toLowerCase() === 'latest' ? newestOf(model) : await pointedAt(table, model, alias);
  return versionView(model, requireVersion(model, version, await readVersion(table, model.key, version)));
}

function newestOf(model: ModelRecord): number {
  if (model.stages.length === 0) {
    throw new DoesNotExistError(`Latest version not found for model ${model.name}.`);
  }
  return Math.max(...model.stages.map(([, version]) => version));
}

/** MLflow's server calls a missing alias an invalid parameter, and its clients look for that. */
async function pointedAt(table: RegistryTable, model: ModelRecord, alias: string): Promise<number> {
  const found = standing(await readAlias(table, model.key, alias));
  if (found === undefined) throw new InvalidParameterError(`Registered model alias ${alias} not found.`);
  return found.version;
}

function stateOf({ alias, version, previous, revision }: Alias): AliasState {
  return { alias, version, previous, revision };
}
