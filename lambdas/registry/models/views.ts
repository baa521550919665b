import { aliasesOf, type ModelRecord, type VersionRecord } from './model-record';
import { type RegisteredModel, type RegisteredVersion, STAGES } from './model-store';

/** A version as clients see it. */
export function versionView(model: ModelRecord, record: VersionRecord): RegisteredVersion {
  return {
    name: model.name,
    version: record.version,
    stage: record.stage,
    description: record.description,
    tags: new Map(record.tags),
    aliases: aliasesOf(model, record.version),
    userId: record.userId,
    source: record.source,
    storageLocation: record.storageLocation,
    runId: record.runId,
    runLink: record.runLink,
    modelId: record.modelId,
    approval: record.approval,
    creationTimestamp: Date.parse(record.createdAt),
    lastUpdatedTimestamp: Date.parse(record.updatedAt),
  };
}

/** A model as clients see it. `newest` are its newest versions of each stage, in any order. */
export function modelView(model: ModelRecord, newest: readonly VersionRecord[]): RegisteredModel {
  const rank = (record: VersionRecord): number => STAGES.indexOf(record.stage);
  return {
    name: model.name,
    description: model.description,
    tags: new Map(model.tags),
    aliases: new Map(model.aliases),
    latestVersions: [...newest].sort((a, b) => rank(a) - rank(b)).map((record) => versionView(model, record)),
    creationTimestamp: Date.parse(model.createdAt),
    lastUpdatedTimestamp: Date.parse(model.updatedAt),
    deployed: model.deployed === true,
  };
}
