import { MODEL_NAMES_PK } from '../../../../lib/registry/contract';
import { recorded } from '../../audit/audit-entry';
import { ConflictError, NotFoundError } from '../../errors';
import { aliasRemoval, readAlias } from '../../store/aliases';
import { getRecords } from '../../store/batch-get';
import {
  beginModel,
  changeModel,
  claimItem,
  loadModel,
  type NameClaim,
  readName,
  type Step,
} from '../../store/model-changes';
import { queryItems, type RegistryTable, withoutKeys } from '../../store/table';
import { readVersion } from '../../store/version-records';
import { AlreadyExistsError } from '../../tracking/errors';
import {
  entryOf,
  type ModelRecord,
  pairsOf,
  type VersionRecord,
  withEntry,
  withoutEntry,
} from '../model-record';
import type { Change, NewRegisteredModel, RegisteredModel } from '../model-store';
import { checkModelName, checkTag, checkTagKey, checkTextSize } from '../rules';
import { modelView } from '../views';

/** A transaction has 100 writes; the record, the name and the trail need some. */
export const MOST_ALIASES = 40;

export async function createModel(
  table: RegistryTable,
  input: NewRegisteredModel,
  change: Change,
): Promise<RegisteredModel> {
  checkModelName(input.name);
  for (const [key, value] of input.tags ?? []) checkTag(key, value);
  return changeModel(table, input.name, change, async (existing) => {
    if (existing !== undefined) {
      throw new AlreadyExistsError(`Registered Model (name=${input.name}) already exists.`);
    }
    const { model, claim } = await beginModel(table, input.name, change.at);
    const after = { ...model, description: input.description, tags: pairsOf(input.tags) };
    checkRecordSize(after);
    return {
      after,
      writes: [claim],
      entries: [
        {
          action: 'create-model',
          after: {
            name: after.name,
            description: recorded(after.description),
            tags: after.tags.map(([key, value]) => [key, recorded(value)]),
          },
        },
      ],
      result: modelView(after, []),
    };
  });
}

export async function getModel(table: RegistryTable, name: string): Promise<RegisteredModel> {
  checkModelName(name);
  return viewOf(table, required(await loadModel(table, name), name));
}

async function viewOf(table: RegistryTable, model: ModelRecord): Promise<RegisteredModel> {
  const newest = await Promise.all(model.stages.map(([, version]) => readVersion(table, model.key, version)));
  return modelView(
    model,
    newest.filter((record) => record !== undefined),
  );
}

/** The records of all models that there are. */
export async function listModelRecords(table: RegistryTable): Promise<ModelRecord[]> {
  const claims = (await queryItems(table, MODEL_NAMES_PK, 'NAME#')).map((item) =>
    withoutKeys<NameClaim>(item),
  );
  const active = claims.filter(({ state }) => state === 'active');
  const records = await getRecords<ModelRecord>(
    table,
    active.map(({ key }) => ({ key })),
  );
  return records.filter((record) => record.deletedAt === undefined);
}

export async function listModels(table: RegistryTable): Promise<RegisteredModel[]> {
  const models = await listModelRecords(table);
  const wanted = models.flatMap((model) => model.stages.map(([, version]) => ({ key: model.key, version })));
  const found = await getRecords<VersionRecord & { readonly key: string }>(table, wanted);
  const newest = new Map<string, VersionRecord[]>();
  for (const record of found) newest.set(record.key, [...(newest.get(record.key) ?? []), record]);
  return models.map((model) => modelView(model, newest.get(model.key) ?? []));
}

export async function updateModel(
  table: RegistryTable,
  name: string,
  { description }: { readonly description: string | undefined },
  change: Change,
): Promise<RegisteredModel> {
  const model = await changeModel<ModelRecord>(table, name, change, (found) => {
    const before = required(found, name);
    if (before.description === description) return { unchanged: before };
    const after = { ...before, description, updatedAt: change.at.toISOString() };
    checkRecordSize(after);
    return {
      after,
      entries: [
        {
          action: 'update-model',
          before: { description: recorded(before.description) },
          after: { description: recorded(description) },
        },
      ],
      result: after,
    };
  });
  return viewOf(table, model);
}

/** A rename moves the name, not the records: versions keep their key, numbers and trail. */
export async function renameModel(
  table: RegistryTable,
  name: string,
  newName: string,
  change: Change,
): Promise<RegisteredModel> {
  checkModelName(newName, 'new_name');
  const renamed = await changeModel<ModelRecord>(table, name, change, async (found) => {
    const before = required(found, name);
    if (name === newName) return { unchanged: before };
    refuseIfKept(before, 'renamed');
    const [own, wanted] = await Promise.all([readName(table, name), readName(table, newName)]);
    if (wanted?.state === 'active') {
      throw new AlreadyExistsError(`Registered Model (name=${newName}) already exists.`);
    }
    const after = { ...before, name: newName, updatedAt: change.at.toISOString() };
    return {
      after,
      writes: [
        claimItem(table, own, { name, key: before.key, state: 'freed' }),
        claimItem(table, wanted, { name: newName, key: before.key, state: 'active' }),
      ],
      entries: [{ action: 'rename-model', before: { name }, after: { name: newName } }],
      result: after,
    };
  });
  return viewOf(table, renamed);
}

/** The records stay, so that the trail can be read and no version's number comes to mean another. */
export async function deleteModel(table: RegistryTable, name: string, change: Change): Promise<void> {
  await changeModel<void>(table, name, change, async (found) => {
    const before = required(found, name);
    refuseIfKept(before, 'deleted');
    if (before.aliases.length > MOST_ALIASES) {
      throw new ConflictError(
        `Model "${name}" has ${before.aliases.length} aliases; delete all but ${MOST_ALIASES} of them first.`,
      );
    }
    const own = await readName(table, name);
    const cleared = await withoutAliases(table, before, change.at);
    return {
      after: {
        ...cleared.after,
        description: undefined,
        tags: [],
        stages: [],
        deletedAt: change.at.toISOString(),
        deletedThrough: before.latestVersion,
      },
      writes: [...cleared.writes, claimItem(table, own, { name, key: before.key, state: 'deleted' })],
      entries: [
        ...cleared.entries,
        { action: 'delete-model', before: { name }, after: { deletedThrough: before.latestVersion } },
      ],
      result: undefined,
    };
  });
}

/** The part of a step that removes the aliases of a version, or all. */
export async function withoutAliases(
  table: RegistryTable,
  model: ModelRecord,
  at: Date,
  version?: number,
): Promise<Required<Pick<Step<void>, 'after' | 'entries' | 'writes'>>> {
  const names = model.aliases.filter(([, target]) => version === undefined || target === version);
  const standing = await Promise.all(names.map(([alias]) => readAlias(table, model.key, alias)));
  return standing.reduce(
    (step, alias) => {
      if (alias === undefined) return step;
      const removal = aliasRemoval(table, step.after, alias, at);
      return {
        after: removal.after,
        writes: [...step.writes, ...removal.writes],
        entries: [...step.entries, ...removal.entries],
      };
    },
    { after: model, writes: [], entries: [] } as Required<Pick<Step<void>, 'after' | 'entries' | 'writes'>>,
  );
}

export async function setModelTag(
  table: RegistryTable,
  name: string,
  key: string,
  value: string,
  change: Change,
): Promise<void> {
  checkTag(key, value);
  await changeModel<void>(table, name, change, (found) => {
    const before = required(found, name);
    const former = entryOf(before.tags, key);
    if (former === value) return { unchanged: undefined };
    const after = { ...before, tags: withEntry(before.tags, key, value) };
    checkRecordSize(after);
    return {
      after,
      entries: [{ action: 'set-model-tag', tag: key, before: recorded(former), after: recorded(value) }],
      result: undefined,
    };
  });
}

export async function deleteModelTag(
  table: RegistryTable,
  name: string,
  key: string,
  change: Change,
): Promise<void> {
  checkTagKey(key);
  await changeModel<void>(table, name, change, (found) => {
    const before = required(found, name);
    const former = entryOf(before.tags, key);
    if (former === undefined) return { unchanged: undefined };
    return {
      after: { ...before, tags: withoutEntry(before.tags, key) },
      entries: [{ action: 'delete-model-tag', tag: key, before: recorded(former) }],
      result: undefined,
    };
  });
}

/** @throws NotFoundError when there is no such model. */
export function required(model: ModelRecord | undefined, name: string): ModelRecord {
  if (model !== undefined) return model;
  throw new NotFoundError(`Registered Model with name=${name} not found`);
}

function refuseIfKept(model: ModelRecord, what: string): void {
  if (model.managed !== true && model.deployed !== true) return;
  throw new ConflictError(
    `Model "${model.name}" cannot be ${what}: a Flywheel keeps it fresh under this name. Remove that Flywheel's stack, and its name from the registry stays with its history.`,
  );
}

function checkRecordSize(model: ModelRecord): void {
  checkTextSize(`model "${model.name}"`, [model.description, model.tags]);
}
