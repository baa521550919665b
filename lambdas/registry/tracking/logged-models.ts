import { CONDITION_FAILED, type Item, queryItems, transact } from '../store/table';
import { batchPutAll } from './batch';
import { allDone, untilWritten } from './contention';
import { now, type TrackingContext } from './context';
import { type EntryWrite, readMap } from './document';
import { groupDocuments, readDocument } from './document-reads';
import type { LoggedModel, LoggedModelStatus } from './entities';
import { DoesNotExistError, InvalidParameterError } from './errors';
import { requireActiveExperiment } from './experiments';
import { isEntityId, modelPk, modelsPk, POINTER } from './keys';
import { modelMaps, modelPlace, noModel, placeOfModel, writeModel } from './logged-model-access';
import { readModelMetrics } from './logged-model-metrics';
import { recordModelVersion } from './model-versions-tag';
import { newDocument } from './new-document';
import { randomName } from './random-name';
import type { Lifecycle, LoggedModelStore, NewLoggedModel } from './tracking-store';

export function loggedModelStore(context: TrackingContext): LoggedModelStore {
  return {
    createLoggedModel: (model) => create(context, model),
    getLoggedModel: (modelId) => get(context, modelId),
    getLoggedModels: (modelIds) => getMany(context, modelIds),
    finalizeLoggedModel: async (modelId, status, statusMessage) => {
      await writeModel(context, modelId, { entries: [], set: finalStatus(context, status, statusMessage) });
      return get(context, modelId, { deletedToo: true });
    },
    deleteLoggedModel: async (modelId) => {
      const at = now(context);
      await writeModel(context, modelId, {
        entries: [],
        set: { lifecycle: { stage: 'deleted', at }, lastUpdatedTime: at },
      });
    },
    setLoggedModelTags: async (modelId, tags) => {
      await writeModel(context, modelId, { entries: entriesOf('tags', 'put', tags) });
    },
    recordModelVersion: (modelId, version) => recordModelVersion(context, modelId, version),
    deleteLoggedModelTag: async (modelId, key) => {
      const outcome = await writeModel(context, modelId, { entries: [{ map: 'tags', mode: 'remove', key }] });
      if (outcome !== 'written') {
        throw new DoesNotExistError(`No tag with key '${key}' found for model with ID '${modelId}'.`);
      }
    },
    logLoggedModelParams: async (modelId, params) => {
      const outcome = await writeModel(context, modelId, { entries: entriesOf('params', 'once', params) });
      if (outcome === 'written') return;
      const { write: refused, found } = outcome[0]!;
      throw new InvalidParameterError(
        `Changing param values is not allowed. Param with key='${refused.key}' was already logged with value='${found}' for logged model '${modelId}'.`,
      );
    },
  };
}

const entriesOf = (
  map: 'params' | 'tags',
  mode: 'once' | 'put',
  values: ReadonlyMap<string, string> = new Map(),
): EntryWrite[] => [...values].map(([key, value]) => ({ map, mode, key, value }));

function finalStatus(
  context: TrackingContext,
  status: LoggedModelStatus,
  statusMessage: string | undefined,
): Record<string, unknown> {
  return {
    status,
    lastUpdatedTime: now(context),
    ...(statusMessage === undefined ? {} : { statusMessage }),
  };
}

async function create(context: TrackingContext, model: NewLoggedModel): Promise<LoggedModel> {
  const { table } = context;
  const experiment = await requireActiveExperiment(context, model.experimentId);
  const modelId = model.modelId ?? `m-${context.newId()}`;
  const at = now(context);
  const { experimentId } = experiment;
  const { pk, sk } = modelPlace(experimentId, at, modelId);
  const document = newDocument(
    { PK: pk, SK: sk },
    {
      entity: 'logged-model',
      modelId,
      experimentId,
      name: model.name === undefined || model.name === '' ? randomName(context.random) : model.name,
      artifactLocation: `${experiment.artifactLocation}/models/${modelId}/artifacts`,
      creationTime: at,
      lastUpdatedTime: at,
      modelType: model.modelType,
      sourceRunId: model.sourceRunId,
      status: 'PENDING',
      lifecycle: { stage: 'active', at },
    },
    modelMaps,
    [...entriesOf('params', 'once', model.params), ...entriesOf('tags', 'put', model.tags)],
  );
  const absent = { TableName: table.name, ConditionExpression: 'attribute_not_exists(PK)' };
  const pointer = {
    PK: modelPk(modelId),
    SK: POINTER,
    entity: 'logged-model-pointer',
    experimentId,
    time: at,
  };
  const isCreated = await untilWritten(table, `Creating logged model ${modelId}`, async () => {
    await batchPutAll(table, document.beside);
    const refused = await transact(table, [
      { Put: { ...absent, Item: pointer } },
      { Put: { ...absent, Item: document.base } },
    ]);
    if (refused === undefined) return true;
    return refused.includes(CONDITION_FAILED) ? false : undefined;
  });
  if (!isCreated) return get(context, modelId);
  context.places.set(modelPk(modelId), { experimentId, time: at });
  return asLoggedModel(document.base, document.beside);
}

async function get(
  context: TrackingContext,
  modelId: string,
  options: { readonly deletedToo?: boolean } = {},
): Promise<LoggedModel> {
  const place = isEntityId(modelId) ? await placeOfModel(context, modelId) : undefined;
  if (place === undefined) throw noModel(modelId);
  const { pk, sk } = modelPlace(place.experimentId, place.time, modelId);
  const found = await readDocument(context.table, pk, sk);
  if (found === undefined) throw noModel(modelId);
  const model = asLoggedModel(found.base, found.beside);
  if (model.lifecycleStage === 'deleted' && options.deletedToo !== true) throw noModel(modelId);
  return model;
}

async function getMany(context: TrackingContext, modelIds: readonly string[]): Promise<LoggedModel[]> {
  const found = await allDone(
    modelIds.map(async (modelId) => {
      try {
        return [await get(context, modelId)];
      } catch (error) {
        if (error instanceof DoesNotExistError) return [];
        throw error;
      }
    }),
  );
  return found.flat();
}

/** Logged models of an experiment that are not deleted, newest first. */
export async function listLoggedModels(
  { table }: TrackingContext,
  experimentId: string,
): Promise<LoggedModel[]> {
  const items = await queryItems(table, modelsPk(experimentId), 'M#');
  return groupDocuments(items)
    .map(({ base, beside }) => asLoggedModel(base, beside))
    .filter(({ lifecycleStage }) => lifecycleStage === 'active');
}

function asLoggedModel(base: Item, beside: readonly Item[]): LoggedModel {
  const optional = (name: 'modelType' | 'sourceRunId' | 'statusMessage') =>
    base[name] === undefined ? {} : { [name]: base[name] as string };
  return {
    modelId: base.modelId as string,
    experimentId: base.experimentId as string,
    name: base.name as string,
    artifactLocation: base.artifactLocation as string,
    creationTime: base.creationTime as number,
    lastUpdatedTime: base.lastUpdatedTime as number,
    ...optional('modelType'),
    ...optional('sourceRunId'),
    status: base.status as LoggedModelStatus,
    ...optional('statusMessage'),
    lifecycleStage: (base.lifecycle as Lifecycle).stage,
    params: readMap(base, beside, 'params'),
    tags: readMap(base, beside, 'tags'),
    metrics: readModelMetrics(readMap(base, beside, 'metrics')),
  };
}
