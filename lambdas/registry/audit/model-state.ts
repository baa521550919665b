import type { ModelRecord, VersionRecord } from '../models/model-record';
import type { AliasRecord } from '../store/aliases';
import { recorded } from './audit-entry';

/** What the trail tells of a version: all of it that can change. */
export interface VersionState {
  readonly stage: string;
  readonly description?: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly source: string;
  readonly runId?: string;
  readonly approval?: string;
  readonly deleted: boolean;
}

export interface AliasHistory {
  /** Undefined after the alias was deleted. */
  readonly version?: number;
  readonly previous?: number;
  readonly revision: number;
}

/** A model as its audit trail tells it. Long texts stand by their digests, as in the trail. */
export interface ModelState {
  readonly name: string;
  readonly description?: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly deleted: boolean;
  readonly managed: boolean;
  readonly deployed: boolean;
  readonly latestVersion: number;
  readonly versions: ReadonlyMap<number, VersionState>;
  readonly aliases: ReadonlyMap<string, AliasHistory>;
}

/** The same from what is stored: what replaying the trail must come to. */
export function stateOf(
  model: ModelRecord,
  versions: readonly VersionRecord[],
  aliases: readonly AliasRecord[],
): ModelState {
  return {
    name: model.name,
    description: recorded(model.description),
    tags: new Map(model.tags.map(([key, value]) => [key, recorded(value)])),
    deleted: model.deletedAt !== undefined,
    managed: model.managed === true,
    deployed: model.deployed === true,
    latestVersion: model.latestVersion,
    versions: new Map(versions.map((record) => [record.version, versionState(model, record)])),
    aliases: new Map(
      aliases.map(({ alias, version, previous, revision }) => [alias, { version, previous, revision }]),
    ),
  };
}

function versionState(model: ModelRecord, record: VersionRecord): VersionState {
  return {
    stage: record.stage,
    description: recorded(record.description),
    tags: new Map(record.tags.map(([key, value]) => [key, recorded(value)])),
    source: recorded(record.source),
    runId: record.runId,
    approval: record.approval?.status,
    deleted: record.deletedAt !== undefined || record.version <= (model.deletedThrough ?? 0),
  };
}
