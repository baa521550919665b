import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { CHAMPION } from '../../../lib/registry/contract';
import { ConflictError, NotFoundError } from '../errors';
import { readTrail } from '../store/audit';
import { loadModel } from '../store/model-changes';
import { type Backoff, type RegistryTable, systemBackoff } from '../store/table';
import { DoesNotExistError, TrackingError } from '../tracking/errors';
import type { ModelStore, NewRegisteredVersion } from './model-store';
import * as aliases from './operations/aliases';
import * as approvals from './operations/approvals';
import * as models from './operations/models';
import * as stages from './operations/stages';
import * as versions from './operations/versions';
import { checkModelName } from './rules';
import { NotServableError } from './servable';
import { parseSource } from './source';

/** What a version learns from the logged model that it is made of. */
export interface LoggedModelSource {
  readonly artifactLocation: string;
  readonly sourceRunId?: string;
}

export interface ModelStoreOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  /** How to wait between the tries of a contended write. @default - full jitter, by the system's clock */
  readonly backoff?: Backoff;
  /** Finds logged models. @throws TrackingError RESOURCE_DOES_NOT_EXIST when there is none of that id. */
  loggedModel(modelId: string): Promise<LoggedModelSource>;
}

/** The registry of models on the registry's DynamoDB table. */
export function createModelStore(options: ModelStoreOptions): ModelStore {
  const { client, tableName: name, backoff = systemBackoff } = options;
  const table: RegistryTable = { client, name, backoff };
  const store: ModelStore = {
    createModel: (input, change) => models.createModel(table, input, change),
    getModel: (model) => models.getModel(table, model),
    listModels: () => models.listModels(table),
    updateModel: (model, patch, change) => models.updateModel(table, model, patch, change),
    renameModel: (model, newName, change) => models.renameModel(table, model, newName, change),
    deleteModel: (model, change) => models.deleteModel(table, model, change),
    setModelTag: (model, key, value, change) => models.setModelTag(table, model, key, value, change),
    deleteModelTag: (model, key, change) => models.deleteModelTag(table, model, key, change),
    createVersion: async (input, change) =>
      versions.createVersion(table, input, await resolve(options, store, input), change),
    getVersion: (model, version) => versions.getVersion(table, model, version),
    listVersions: (model) => versions.listVersions(table, model),
    versionsOfRun: (runId) => versions.versionsOfRun(table, runId),
    updateVersion: (model, version, patch, change) =>
      versions.updateVersion(table, model, version, patch, change),
    transitionStage: (model, version, stage, archiveExisting, change) =>
      stages.transitionStage(table, model, version, stage, archiveExisting, change),
    deleteVersion: (model, version, change) =>
      versions.deleteVersion(table, model, version, CHAMPION, change),
    setVersionTag: (model, version, key, value, change) =>
      versions.setVersionTag(table, model, version, key, value, change),
    deleteVersionTag: (model, version, key, change) =>
      versions.deleteVersionTag(table, model, version, key, change),
    downloadUri: async (model, version) => (await versions.getVersion(table, model, version)).storageLocation,
    latestVersions: (model, wanted) => versions.latestVersions(table, model, wanted),
    setAlias: (move, change) => aliases.setAlias(table, move, change),
    deleteAlias: (model, alias, change) => aliases.deleteAlias(table, model, alias, change),
    getAlias: (model, alias) => aliases.getAlias(table, model, alias),
    getVersionByAlias: (model, alias) => aliases.getVersionByAlias(table, model, alias),
    rollbackAlias: (model, alias, revision, change) =>
      aliases.rollbackAlias(table, model, alias, revision, change),
    requestApproval: (model, version, request, change) =>
      approvals.requestApproval(table, model, version, request, change),
    decideApproval: (model, version, decision, change, evidence) =>
      approvals.decideApproval(table, model, version, decision, change, evidence),
    history: async (model) => {
      checkModelName(model);
      return readTrail(table, models.required(await loadModel(table, model), model).key);
    },
  };
  return withTrackingErrors(store);
}

/** Where the artifacts are that a version's source names. */
async function resolve(
  options: ModelStoreOptions,
  store: ModelStore,
  { source, runId, modelId }: NewRegisteredVersion,
): Promise<versions.ResolvedSource> {
  const reference = parseSource(source);
  if (reference.kind === 'logged-model') {
    const model = await options.loggedModel(reference.modelId);
    return { storageLocation: model.artifactLocation, runId: runId ?? model.sourceRunId };
  }
  const madeBy =
    runId ?? (modelId === undefined ? undefined : (await options.loggedModel(modelId)).sourceRunId);
  switch (reference.kind) {
    case 'version':
      return { storageLocation: await store.downloadUri(reference.name, reference.version), runId: madeBy };
    case 'alias': {
      const { storageLocation } = await store.getVersionByAlias(reference.name, reference.alias);
      return { storageLocation, runId: madeBy };
    }
    case 'stage': {
      const [newest] = await store.latestVersions(reference.name, [reference.stage]);
      if (newest !== undefined) return { storageLocation: newest.storageLocation, runId: madeBy };
      throw new DoesNotExistError(
        `Model "${reference.name}" has no version in stage ${reference.stage}, which source '${source}' names.`,
      );
    }
    case 'location':
      return { storageLocation: source, runId: madeBy };
  }
}

type Operation = (...args: never[]) => Promise<unknown>;

/** What the registry calls a conflict or not found, MLflow's clients know by other names. */
function withTrackingErrors(store: ModelStore): ModelStore {
  return Object.fromEntries(
    Object.entries(store).map(([name, operation]) => [
      name,
      async (...args: never[]) => {
        try {
          return await (operation as Operation)(...args);
        } catch (error) {
          throw trackingErrorOf(error);
        }
      },
    ]),
  ) as unknown as ModelStore;
}

function trackingErrorOf(error: unknown): unknown {
  if (error instanceof NotFoundError) return new DoesNotExistError(error.message);
  if (error instanceof ConflictError || error instanceof NotServableError) {
    return new TrackingError('RESOURCE_CONFLICT', error.message);
  }
  return error;
}
