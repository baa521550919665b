import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Item, queryItems, transact } from '../store/table';
import { batchPutAll } from './batch';
import { untilWritten } from './contention';
import { now, type TrackingContext } from './context';
import { ROOM_BYTES, readMap } from './document';
import { groupDocuments, readDocument } from './document-reads';
import { writeDocument } from './document-writes';
import type { Experiment } from './entities';
import { AlreadyExistsError, DoesNotExistError, InvalidParameterError, InvalidStateError } from './errors';
import { COUNTER_KEY, EXPERIMENTS_PK, experimentNameKey, experimentSk, isExperimentId } from './keys';
import { newDocument } from './new-document';
import type { ExperimentStore, Lifecycle, NewExperiment } from './tracking-store';

export const DEFAULT_EXPERIMENT_ID = '0';
const DEFAULT_EXPERIMENT_NAME = 'Default';
const ABSENT = 'attribute_not_exists(PK)';

/** What writes to runs need to know of an experiment. */
export interface ExperimentItem {
  readonly experimentId: string;
  readonly artifactLocation: string;
  readonly lifecycle: Lifecycle;
  /** When the stage of one of its runs was last set, so that the experiment's next is set later. */
  readonly runsAt: number;
}

export function experimentStore(context: TrackingContext): ExperimentStore {
  return {
    createExperiment: (experiment) => createExperiment(context, experiment),
    getExperiment: (experimentId) => getExperiment(context, experimentId),
    getExperimentByName: (name) => getExperimentByName(context, name),
    listExperiments: () => listExperiments(context),
    renameExperiment: (experimentId, name) => renameExperiment(context, experimentId, name),
    deleteExperiment: (experimentId) => setStage(context, experimentId, 'deleted'),
    restoreExperiment: (experimentId) => setStage(context, experimentId, 'active'),
    setExperimentTag: (experimentId, key, value) =>
      writeTag(context, experimentId, { map: 'tags', mode: 'put', key, value }),
    deleteExperimentTag: (experimentId, key) =>
      writeTag(context, experimentId, { map: 'tags', mode: 'remove', key }),
  };
}

async function createExperiment(context: TrackingContext, experiment: NewExperiment): Promise<string> {
  await ensureDefault(context);
  const { table } = context;
  const taken = await idOfName(context, experiment.name);
  if (taken !== undefined) throw nameTaken(experiment.name);
  const { Attributes } = await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: COUNTER_KEY,
      UpdateExpression: 'ADD #count :one',
      ExpressionAttributeNames: { '#count': 'count' },
      ExpressionAttributeValues: { ':one': 1 },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  const experimentId = String(Attributes!.count);
  if (!(await putExperiment(context, experimentId, experiment))) throw nameTaken(experiment.name);
  return experimentId;
}

/** @returns false when the name (or the id) is taken. */
async function putExperiment(
  context: TrackingContext,
  experimentId: string,
  { name, artifactLocation, tags = new Map() }: NewExperiment,
): Promise<boolean> {
  const { table, defaultArtifactRoot } = context;
  const at = now(context);
  const document = newDocument(
    { PK: EXPERIMENTS_PK, SK: experimentSk(experimentId) },
    {
      entity: 'experiment',
      experimentId,
      name,
      artifactLocation: artifactLocation ?? `${defaultArtifactRoot}/${experimentId}`,
      lifecycle: { stage: 'active', at },
      runsAt: 0,
      creationTime: at,
      lastUpdateTime: at,
    },
    ['tags'],
    [...tags].map(([key, value]) => ({ map: 'tags', mode: 'put', key, value })),
  );
  await batchPutAll(table, document.beside);
  const refused = await transact(table, [
    {
      Put: {
        TableName: table.name,
        Item: { ...experimentNameKey(name), entity: 'experiment-name', experimentId },
        ConditionExpression: ABSENT,
      },
    },
    { Put: { TableName: table.name, Item: document.base, ConditionExpression: ABSENT } },
  ]);
  return refused === undefined;
}

const defaultExists = new WeakSet<object>();

/** Makes the Default experiment, once for each process and table. */
async function ensureDefault(context: TrackingContext): Promise<void> {
  if (defaultExists.has(context.places)) return;
  if ((await readBase(context, DEFAULT_EXPERIMENT_ID)) === undefined) {
    await untilWritten(context.table, 'Making the Default experiment', async () => {
      const isMade = await putExperiment(context, DEFAULT_EXPERIMENT_ID, { name: DEFAULT_EXPERIMENT_NAME });
      return isMade || (await readBase(context, DEFAULT_EXPERIMENT_ID)) !== undefined ? true : undefined;
    });
  }
  defaultExists.add(context.places);
}

async function getExperiment(context: TrackingContext, experimentId: string): Promise<Experiment> {
  const id = await existingId(context, experimentId);
  const found = await readDocument(context.table, EXPERIMENTS_PK, experimentSk(id));
  if (found === undefined) throw noExperiment(id);
  return asExperiment(found.base, found.beside);
}

async function getExperimentByName(context: TrackingContext, name: string): Promise<Experiment | undefined> {
  await ensureDefault(context);
  const id = await idOfName(context, name);
  return id === undefined ? undefined : getExperiment(context, id);
}

async function listExperiments(context: TrackingContext): Promise<Experiment[]> {
  await ensureDefault(context);
  const items = await queryItems(context.table, EXPERIMENTS_PK, 'E#');
  return groupDocuments(items).map(({ base, beside }) => asExperiment(base, beside));
}

async function renameExperiment(context: TrackingContext, experimentId: string, name: string): Promise<void> {
  const { table } = context;
  const id = await existingId(context, experimentId);
  await untilWritten(table, `Renaming experiment ${id}`, async () => {
    const base = await readBase(context, id);
    if (base === undefined) throw noExperiment(id);
    if (stageOf(base).stage !== 'active')
      throw new InvalidStateError('Cannot rename a non-active experiment.');
    if (base.name === name) return true;
    const refused = await transact(table, [
      {
        Put: {
          TableName: table.name,
          Item: { ...experimentNameKey(name), entity: 'experiment-name', experimentId: id },
          ConditionExpression: ABSENT,
        },
      },
      { Delete: { TableName: table.name, Key: experimentNameKey(base.name as string) } },
      {
        Update: {
          TableName: table.name,
          Key: { PK: EXPERIMENTS_PK, SK: experimentSk(id) },
          UpdateExpression: 'SET #name = :name, lastUpdateTime = :now ADD #rev :one',
          ConditionExpression: '#name = :before AND lifecycle.#stage = :active',
          ExpressionAttributeNames: { '#name': 'name', '#rev': 'rev', '#stage': 'stage' },
          ExpressionAttributeValues: {
            ':name': name,
            ':before': base.name,
            ':active': 'active',
            ':now': now(context),
            ':one': 1,
          },
        },
      },
    ]);
    if (refused === undefined) return true;
    if ((await idOfName(context, name)) !== undefined) throw nameTaken(name);
    return undefined;
  });
}

async function setStage(
  context: TrackingContext,
  experimentId: string,
  stage: 'active' | 'deleted',
): Promise<void> {
  const { table } = context;
  const id = await existingId(context, experimentId);
  await untilWritten(table, `Marking experiment ${id} ${stage}`, async () => {
    const base = await readBase(context, id);
    if (base === undefined || stageOf(base).stage === stage) throw noExperiment(id);
    const at = Math.max(now(context), stageOf(base).at + 1, Number(base.runsAt));
    const refused = await transact(table, [
      {
        Update: {
          TableName: table.name,
          Key: { PK: EXPERIMENTS_PK, SK: experimentSk(id) },
          UpdateExpression: 'SET lifecycle = :lifecycle, lastUpdateTime = :now ADD #rev :one',
          ConditionExpression: 'lifecycle.#at = :before AND runsAt = :runsAt',
          ExpressionAttributeNames: { '#rev': 'rev', '#at': 'at' },
          ExpressionAttributeValues: {
            ':lifecycle': { stage, at },
            ':before': stageOf(base).at,
            ':runsAt': base.runsAt,
            ':now': now(context),
            ':one': 1,
          },
        },
      },
    ]);
    return refused === undefined ? true : undefined;
  });
}

type TagWrite = Parameters<typeof writeDocument>[2]['entries'][number];

async function writeTag(context: TrackingContext, experimentId: string, write: TagWrite): Promise<void> {
  const experiment = await requireActiveExperiment(context, experimentId);
  const place = {
    pk: EXPERIMENTS_PK,
    sk: experimentSk(experiment.experimentId),
    maps: ['tags'] as const,
    room: ROOM_BYTES,
  };
  const outcome = await writeDocument(context.table, place, { entries: [write] });
  if (outcome !== 'written') {
    throw new DoesNotExistError(
      `No tag with name: ${write.key} in experiment with id ${experiment.experimentId}`,
    );
  }
}

/** @throws DoesNotExistError when there is no such experiment. */
export async function readExperimentItem(
  context: TrackingContext,
  experimentId: string,
): Promise<ExperimentItem> {
  const id = await existingId(context, experimentId);
  const base = await readBase(context, id);
  if (base === undefined) throw noExperiment(id);
  return asExperimentItem(base);
}

/** @throws InvalidParameterError when the experiment is deleted. */
export async function requireActiveExperiment(
  context: TrackingContext,
  experimentId: string,
): Promise<ExperimentItem> {
  const experiment = await readExperimentItem(context, experimentId);
  if (experiment.lifecycle.stage !== 'active') {
    throw new InvalidParameterError(
      `The experiment ${experiment.experimentId} must be in the 'active' state. Current state is ${experiment.lifecycle.stage}.`,
    );
  }
  return experiment;
}

/** The key of an experiment's item, for reads together with a run's. */
export const experimentKey = (experimentId: string) => ({
  PK: EXPERIMENTS_PK,
  SK: experimentSk(experimentId),
});

export const asExperimentItem = (base: Item): ExperimentItem => base as unknown as ExperimentItem;

async function existingId(context: TrackingContext, experimentId: string): Promise<string> {
  const id = experimentId === '' ? DEFAULT_EXPERIMENT_ID : experimentId;
  if (!isExperimentId(id)) throw noExperiment(id);
  if (id === DEFAULT_EXPERIMENT_ID) await ensureDefault(context);
  return id;
}

async function readBase({ table }: TrackingContext, experimentId: string): Promise<Item | undefined> {
  const answer = await table.client.send(
    new GetCommand({ TableName: table.name, Key: experimentKey(experimentId), ConsistentRead: true }),
  );
  return answer.Item;
}

async function idOfName({ table }: TrackingContext, name: string): Promise<string | undefined> {
  const answer = await table.client.send(
    new GetCommand({ TableName: table.name, Key: experimentNameKey(name), ConsistentRead: true }),
  );
  return answer.Item?.experimentId;
}

const stageOf = (base: Item): Lifecycle => base.lifecycle as Lifecycle;

function asExperiment(base: Item, beside: readonly Item[]): Experiment {
  return {
    experimentId: base.experimentId as string,
    name: base.name as string,
    artifactLocation: base.artifactLocation as string,
    lifecycleStage: stageOf(base).stage,
    creationTime: base.creationTime as number,
    lastUpdateTime: base.lastUpdateTime as number,
    tags: readMap(base, beside, 'tags'),
  };
}

const noExperiment = (experimentId: string): DoesNotExistError =>
  new DoesNotExistError(`No Experiment with id=${experimentId} exists`);

const nameTaken = (name: string): AlreadyExistsError =>
  new AlreadyExistsError(
    `Experiment(name=${name}) already exists. Names of deleted experiments stay taken: restore that experiment, or choose another name.`,
  );
