import type { RegisteredModel, RegisteredVersion } from '../../models/model-store';
import { keyValues, listed } from './common';

export function registeredModelJson(model: RegisteredModel) {
  return {
    name: model.name,
    creation_timestamp: model.creationTimestamp,
    last_updated_timestamp: model.lastUpdatedTimestamp,
    description: model.description,
    latest_versions: listed(model.latestVersions.map(modelVersionJson)),
    tags: keyValues(model.tags),
    aliases: listed([...model.aliases].map(([alias, version]) => ({ alias, version: String(version) }))),
  };
}

export function modelVersionJson(version: RegisteredVersion) {
  return {
    name: version.name,
    version: String(version.version),
    creation_timestamp: version.creationTimestamp,
    last_updated_timestamp: version.lastUpdatedTimestamp,
    user_id: version.userId,
    current_stage: version.stage,
    description: version.description ?? '',
    source: version.source,
    run_id: version.runId,
    run_link: version.runLink,
    status: 'READY',
    tags: keyValues(version.tags),
    aliases: listed(version.aliases),
  };
}
