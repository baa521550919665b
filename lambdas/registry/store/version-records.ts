import { modelKeyPk, RegistrySk, runPk } from '../../../lib/registry/contract';
import { recorded } from '../audit/audit-entry';
import { NotFoundError } from '../errors';
import { type ModelRecord, type VersionRecord, withEntry } from '../models/model-record';
import type { Change, Stage } from '../models/model-store';
import { STAGES } from '../models/model-store';
import type { Step } from './model-changes';
import { getItem, type Item, queryItems, type RegistryTable, type TransactItem, withoutKeys } from './table';

/** The version with that number, also when it was deleted. */
export async function readVersion(
  table: RegistryTable,
  key: string,
  version: number,
): Promise<VersionRecord | undefined> {
  const item = await getItem(table, modelKeyPk(key), RegistrySk.version(version));
  return item === undefined ? undefined : versionRecordOf(item);
}

/** All versions that were ever made, also deleted ones, in the order of their numbers. */
export async function readVersions(table: RegistryTable, key: string): Promise<VersionRecord[]> {
  return (await queryItems(table, modelKeyPk(key), 'VERSION#')).map(versionRecordOf);
}

export const versionRecordOf = (item: Item): VersionRecord => withoutKeys<VersionRecord>(item);

/** Whether a version is gone, by itself or with its model. */
export function isDeleted(model: ModelRecord, record: VersionRecord): boolean {
  return record.deletedAt !== undefined || record.version <= (model.deletedThrough ?? 0);
}

/** @throws NotFoundError when the version was not read or is gone. */
export function requireVersion(
  model: ModelRecord,
  version: number,
  record: VersionRecord | undefined,
): VersionRecord {
  if (record === undefined || isDeleted(model, record)) {
    throw new NotFoundError(`Model Version (name=${model.name}, version=${version}) not found`);
  }
  return record;
}

/** The write that replaces a version's record; the model's own condition keeps it from undoing another's. */
export function versionItem(table: RegistryTable, key: string, record: VersionRecord): TransactItem {
  return {
    Put: {
      TableName: table.name,
      Item: { ...record, PK: modelKeyPk(key), SK: RegistrySk.version(record.version), entity: 'version' },
    },
  };
}

/** What is known of a version before it has a number. */
export type NewVersion = Omit<VersionRecord, 'version' | 'stage' | 'createdAt' | 'updatedAt' | 'deletedAt'>;

/** The step that gives a version the next number. */
export function registrationStep<T extends NewVersion>(
  table: RegistryTable,
  model: ModelRecord,
  input: T,
  { at }: Change,
  token: { readonly value: string; readonly content?: string } | undefined,
): Step<T & VersionRecord> {
  const createdAt = at.toISOString();
  const version = model.latestVersion + 1;
  const record = { ...input, version, stage: 'None' as const, createdAt, updatedAt: createdAt };
  const PK = modelKeyPk(model.key);
  const absent = { TableName: table.name, ConditionExpression: 'attribute_not_exists(PK)' };
  return {
    after: { ...model, latestVersion: version, stages: withStage(model.stages, 'None', version) },
    writes: [
      {
        Put: {
          ...absent,
          Item: { ...record, PK, SK: RegistrySk.version(version), entity: 'version' },
        },
      },
      ...(token === undefined
        ? []
        : [
            {
              Put: {
                ...absent,
                Item: {
                  PK,
                  SK: RegistrySk.token(token.value),
                  entity: 'token',
                  version,
                  content: token.content,
                },
              },
            },
          ]),
      ...(input.runId === undefined
        ? []
        : [
            {
              Put: {
                TableName: table.name,
                Item: {
                  PK: runPk(input.runId),
                  SK: RegistrySk.runVersion(model.key, version),
                  entity: 'run-version',
                  modelKey: model.key,
                  version,
                },
              },
            },
          ]),
    ],
    entries: [
      {
        action: 'register-model-version',
        version,
        after: {
          model: model.name,
          source: recorded(input.source),
          runId: input.runId,
          modelId: input.modelId,
          description: recorded(input.description),
          tags: input.tags.map(([key, value]) => [key, recorded(value)]),
          approval: input.approval?.status,
          approvedBy: input.approval?.decidedBy,
          managed: model.managed,
        },
      },
    ],
    result: record,
  };
}

type Stages = ModelRecord['stages'];

/** The newest versions of the stages when a version has come to a stage. */
export function withStage(stages: Stages, stage: Stage, version: number): Stages {
  const newest = Math.max(version, stages.find(([name]) => name === stage)?.[1] ?? 0);
  return withEntry(stages, stage, newest) as Stages;
}

/** The newest versions of the stages, from the versions that there are. */
export function stagesOf(versions: readonly Pick<VersionRecord, 'stage' | 'version'>[]): Stages {
  return STAGES.flatMap((stage) => {
    const numbers = versions.filter((record) => record.stage === stage).map(({ version }) => version);
    return numbers.length === 0 ? [] : [[stage, Math.max(...numbers)] as const];
  });
}
