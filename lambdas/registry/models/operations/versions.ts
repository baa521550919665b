import { createHash } from 'node:crypto';
import { modelKeyPk, RegistrySk, runPk } from '../../../../lib/registry/contract';
import { recorded } from '../../audit/audit-entry';
import { ConflictError } from '../../errors';
import { getRecords } from '../../store/batch-get';
import { changeModel, type Decision, loadModel } from '../../store/model-changes';
import { getItem, queryItems, type RegistryTable } from '../../store/table';
import {
  isDeleted,
  readVersion,
  readVersions,
  registrationStep,
  requireVersion,
  stagesOf,
  versionItem,
} from '../../store/version-records';
import { InvalidParameterError } from '../../tracking/errors';
import {
  entryOf,
  type ModelRecord,
  pairsOf,
  type VersionRecord,
  withEntry,
  withoutEntry,
} from '../model-record';
import type { Change, NewRegisteredVersion, RegisteredVersion } from '../model-store';
import { canonicalStage, checkModelName, checkTag, checkTagKey, checkTextSize } from '../rules';
import { versionView } from '../views';
import { listModelRecords, required, withoutAliases } from './models';

/** Where the artifacts of a new version are, and which run made them. */
export interface ResolvedSource {
  readonly storageLocation: string;
  readonly runId?: string;
}

/** Registers a version of a model that exists. */
export async function createVersion(
  table: RegistryTable,
  input: NewRegisteredVersion,
  resolved: ResolvedSource,
  change: Change,
): Promise<RegisteredVersion> {
  const { name, source, runLink, modelId, description, clientToken } = input;
  checkModelName(name);
  for (const [key, value] of input.tags ?? []) checkTag(key, value);
  checkTextSize('the version', [source, description, pairsOf(input.tags)]);
  const known = {
    source,
    storageLocation: resolved.storageLocation,
    runId: resolved.runId,
    runLink,
    modelId,
    userId: change.by,
    description,
    tags: pairsOf(input.tags),
  };
  const token =
    clientToken === undefined ? undefined : { value: `client:${clientToken}`, content: contentOf(input) };
  return changeModel(table, name, change, async (found): Promise<Decision<RegisteredVersion>> => {
    const model = required(found, name);
    const made = token === undefined ? undefined : await versionOfToken(table, model, token);
    if (made !== undefined) return { unchanged: versionView(model, made) };
    const step = registrationStep(table, model, known, change, token);
    return { ...step, result: versionView(step.after, step.result) };
  });
}

/** Tells whether two requests with one token ask for the same. */
function contentOf({ clientToken: _clientToken, ...input }: NewRegisteredVersion): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...input, tags: pairsOf(input.tags) }))
    .digest('hex');
}

async function versionOfToken(
  table: RegistryTable,
  model: ModelRecord,
  token: { readonly value: string; readonly content: string },
): Promise<VersionRecord | undefined> {
  const item = await getItem(table, modelKeyPk(model.key), RegistrySk.token(token.value));
  if (item === undefined) return undefined;
  if (item.content !== token.content) {
    throw new InvalidParameterError(
      `The client token was used for another version of model "${model.name}", version ${item.version}: use a new one for each version.`,
    );
  }
  const number = Number(item.version);
  return requireVersion(model, number, await readVersion(table, model.key, number));
}

export async function getVersion(
  table: RegistryTable,
  name: string,
  version: number,
): Promise<RegisteredVersion> {
  checkModelName(name);
  const model = required(await loadModel(table, name), name);
  return versionView(model, requireVersion(model, version, await readVersion(table, model.key, version)));
}

export async function listVersions(table: RegistryTable, name?: string): Promise<RegisteredVersion[]> {
  const model = name === undefined ? undefined : await loadModel(table, name);
  const models = name === undefined ? await listModelRecords(table) : model === undefined ? [] : [model];
  const lists = await inTurn(models, async (each) =>
    (await readVersions(table, each.key))
      .filter((record) => !isDeleted(each, record))
      .map((record) => versionView(each, record)),
  );
  return lists.flat();
}

const SIDE_BY_SIDE = 16;

/** Asks for each, a few at a time. */
async function inTurn<T, R>(all: readonly T[], ask: (one: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for (let start = 0; start < all.length; start += SIDE_BY_SIDE) {
    answers.push(...(await Promise.all(all.slice(start, start + SIDE_BY_SIDE).map(ask))));
  }
  return answers;
}

export async function versionsOfRun(table: RegistryTable, runId: string): Promise<RegisteredVersion[]> {
  const links = await queryItems(table, runPk(runId), 'MODELVERSION#');
  const keys = links.map((link) => ({ key: String(link.modelKey), version: Number(link.version) }));
  const [models, versions] = await Promise.all([
    getRecords<ModelRecord>(
      table,
      [...new Set(keys.map(({ key }) => key))].map((key) => ({ key })),
    ),
    getRecords<VersionRecord & { readonly key: string }>(table, keys),
  ]);
  const byKey = new Map(models.map((model) => [model.key, model]));
  return versions.flatMap((record) => {
    const model = byKey.get(record.key);
    const gone = model === undefined || model.deletedAt !== undefined || isDeleted(model, record);
    return gone ? [] : [versionView(model, record)];
  });
}

/** Changes what may change of one version. */
export async function changeVersion<T>(
  table: RegistryTable,
  at: { readonly name: string; readonly version: number },
  change: Change,
  decide: (model: ModelRecord, record: VersionRecord) => Decision<T> | Promise<Decision<T>>,
): Promise<T> {
  checkModelName(at.name);
  return changeModel(table, at.name, change, async (found) => {
    const model = required(found, at.name);
    return decide(model, requireVersion(model, at.version, await readVersion(table, model.key, at.version)));
  });
}

export async function updateVersion(
  table: RegistryTable,
  name: string,
  version: number,
  { description }: { readonly description: string | undefined },
  change: Change,
): Promise<RegisteredVersion> {
  return changeVersion<RegisteredVersion>(table, { name, version }, change, (model, before) => {
    if (before.description === description) return { unchanged: versionView(model, before) };
    const record = { ...before, description, updatedAt: change.at.toISOString() };
    checkTextSize(`version ${version}`, [record.source, record.description, record.tags]);
    return {
      after: model,
      writes: [versionItem(table, model.key, record)],
      entries: [
        {
          action: 'update-model-version',
          version,
          before: { description: recorded(before.description) },
          after: { description: recorded(description) },
        },
      ],
      result: versionView(model, record),
    };
  });
}

export async function setVersionTag(
  table: RegistryTable,
  name: string,
  version: number,
  key: string,
  value: string,
  change: Change,
): Promise<void> {
  checkTag(key, value);
  await changeVersion<void>(table, { name, version }, change, (model, before) => {
    const former = entryOf(before.tags, key);
    if (former === value) return { unchanged: undefined };
    const record = { ...before, tags: withEntry(before.tags, key, value) };
    checkTextSize(`version ${version}`, [record.source, record.description, record.tags]);
    return {
      after: model,
      writes: [versionItem(table, model.key, record)],
      entries: [
        { action: 'set-version-tag', version, tag: key, before: recorded(former), after: recorded(value) },
      ],
      result: undefined,
    };
  });
}

export async function deleteVersionTag(
  table: RegistryTable,
  name: string,
  version: number,
  key: string,
  change: Change,
): Promise<void> {
  checkTagKey(key);
  await changeVersion<void>(table, { name, version }, change, (model, before) => {
    const former = entryOf(before.tags, key);
    if (former === undefined) return { unchanged: undefined };
    return {
      after: model,
      writes: [versionItem(table, model.key, { ...before, tags: withoutEntry(before.tags, key) })],
      entries: [{ action: 'delete-version-tag', version, tag: key, before: recorded(former) }],
      result: undefined,
    };
  });
}

/** Its number is never given again; its aliases go with it. */
export async function deleteVersion(
  table: RegistryTable,
  name: string,
  version: number,
  champion: string,
  change: Change,
): Promise<void> {
  await changeVersion<void>(table, { name, version }, change, async (model, before) => {
    if (model.deployed === true && entryOf(model.aliases, champion) === version) {
      throw new ConflictError(
        `Version ${version} of model "${name}" is live: deploy another one first (flywheel models promote or rollback).`,
      );
    }
    const deletedAt = change.at.toISOString();
    const cleared = await withoutAliases(table, model, change.at, version);
    const rest = (await readVersions(table, model.key)).filter(
      (record) => record.version !== version && !isDeleted(model, record),
    );
    return {
      after: { ...cleared.after, stages: stagesOf(rest) },
      writes: [
        ...cleared.writes,
        versionItem(table, model.key, { ...before, deletedAt, updatedAt: deletedAt }),
      ],
      entries: [...cleared.entries, { action: 'delete-model-version', version }],
      result: undefined,
    };
  });
}

export async function latestVersions(
  table: RegistryTable,
  name: string,
  stages: readonly string[] | undefined,
): Promise<RegisteredVersion[]> {
  checkModelName(name);
  const model = required(await loadModel(table, name), name);
  const wanted = new Set((stages ?? []).map(canonicalStage));
  const numbers = model.stages.filter(([stage]) => wanted.size === 0 || wanted.has(stage));
  const records = await Promise.all(numbers.map(([, version]) => readVersion(table, model.key, version)));
  return records.filter((record) => record !== undefined).map((record) => versionView(model, record));
}
