import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { CONDITION_FAILED, queryItems, transact } from '../store/table';
import { batchGetAll, batchPutAll } from './batch';
import { allDone, tried, untilWritten } from './contention';
import { now, type TrackingContext } from './context';
import type { EntryWrite } from './document';
import { writeDocument } from './document-writes';
import type { TrackingRun, TrackingRunInfo } from './entities';
import { AlreadyExistsError, DoesNotExistError, InvalidParameterError } from './errors';
import { experimentKey, readExperimentItem, requireActiveExperiment } from './experiments';
import { isEntityId, POINTER, runPk, runSk, shardOf, shardPk } from './keys';
import { newDocument } from './new-document';
import { randomName } from './random-name';
import { resolveRuns } from './resolve-runs';
import {
  accessActiveRun,
  accessRun,
  documentPlace,
  noRun,
  placeOfRun,
  type RunAccess,
  runMaps,
} from './run-access';
import { asRunInfo, readRunItems } from './run-records';
import type { NewTrackingRun, RunUpdate, SearchableRun } from './tracking-store';

export const RUN_NAME_TAG = 'mlflow.runName';

/** Creates the run's document and its pointer together; see `RunStore.createRun`. */
export async function createRun(context: TrackingContext, run: NewTrackingRun): Promise<TrackingRun> {
  const { table, changes, places } = context;
  const experiment = await requireActiveExperiment(context, run.experimentId);
  const tags = new Map(run.tags);
  const runName = nameOf(context, run, tags.get(RUN_NAME_TAG));
  tags.set(RUN_NAME_TAG, runName);
  const runId = run.runId ?? context.newId();
  const place = { experimentId: experiment.experimentId, time: run.startTime, runId };
  const lifecycle = { stage: 'active', at: Math.max(now(context), experiment.lifecycle.at + 1) };
  const { pk, sk } = documentPlace(place);
  const document = newDocument(
    { PK: pk, SK: sk },
    {
      entity: 'tracking-run',
      runId,
      runName,
      experimentId: experiment.experimentId,
      userId: run.userId ?? '',
      status: 'RUNNING',
      startTime: run.startTime,
      artifactUri: run.artifactUri ?? `${experiment.artifactLocation}/${runId}/artifacts`,
      lifecycle,
    },
    runMaps,
    [...tags].map(([key, value]): EntryWrite => ({ map: 'tags', mode: 'put', key, value })),
  );
  const absent = { TableName: table.name, ConditionExpression: 'attribute_not_exists(PK)' };
  const pointer = {
    PK: runPk(runId),
    SK: POINTER,
    entity: 'tracking-run-pointer',
    experimentId: experiment.experimentId,
    time: run.startTime,
    lifecycle,
  };
  const isCreated = await untilWritten(table, `Creating run ${runId}`, async () => {
    const refused = await changes.writing(experiment.experimentId, runId, async () => {
      await batchPutAll(table, document.beside);
      return transact(table, [
        { Put: { ...absent, Item: pointer } },
        { Put: { ...absent, Item: document.base } },
      ]);
    });
    if (refused === undefined) return true;
    return refused.includes(CONDITION_FAILED) ? false : undefined;
  });
  if (!isCreated) return existingRun(context, runId, experiment.experimentId);
  places.set(runPk(runId), { experimentId: experiment.experimentId, time: run.startTime });
  const [created] = readRunItems([document.base, ...document.beside]);
  return (await resolveRuns(context, [created!], experiment.lifecycle))[0]!;
}

function nameOf(context: TrackingContext, run: NewTrackingRun, tag: string | undefined): string {
  const name = run.runName === '' ? undefined : run.runName;
  if (name !== undefined && tag !== undefined && tag !== '' && name !== tag) {
    throw new InvalidParameterError(
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${name}', mlflow.runName='${tag}').`,
    );
  }
  return name ?? (tag === '' ? undefined : tag) ?? randomName(context.random);
}

async function existingRun(
  context: TrackingContext,
  runId: string,
  experimentId: string,
): Promise<TrackingRun> {
  const run = await getRun(context, runId);
  if (run.experimentId !== experimentId) {
    throw new AlreadyExistsError(
      `Run with id=${runId} already exists in experiment ${run.experimentId}; it cannot be created in experiment ${experimentId}.`,
    );
  }
  return run;
}

export async function getRun(context: TrackingContext, runId: string): Promise<TrackingRun> {
  const place = await placeOfRun(context, runId);
  const [[run], experiment] = await Promise.all([
    readSearchableRun(context, { ...place, runId }),
    readExperimentItem(context, place.experimentId),
  ]);
  if (run === undefined) throw noRun(runId);
  return (await resolveRuns(context, [run], experiment.lifecycle))[0]!;
}

export async function getRuns(context: TrackingContext, runIds: readonly string[]): Promise<TrackingRun[]> {
  const found = await allDone(
    [...new Set(runIds)].map(async (runId) => {
      try {
        return await getRun(context, runId);
      } catch (error) {
        if (error instanceof DoesNotExistError) return undefined;
        throw error;
      }
    }),
  );
  const byId = new Map(found.flatMap((run) => (run === undefined ? [] : [[run.runId, run] as const])));
  return runIds.flatMap((runId) => byId.get(runId) ?? []);
}

/** The run's items, strongly consistent. */
export async function readSearchableRun(
  { table }: TrackingContext,
  { experimentId, time, runId }: { experimentId: string; time: number; runId: string },
): Promise<SearchableRun[]> {
  const items = await queryItems(table, shardPk(experimentId, shardOf(runId)), `${runSk(time, runId)}#`);
  return readRunItems(items);
}

export async function updateRun(
  context: TrackingContext,
  runId: string,
  { status, endTime, runName }: RunUpdate,
): Promise<TrackingRunInfo> {
  const run = await accessActiveRun(context, runId);
  const name = runName === '' ? undefined : runName;
  await writeRun(context, run, {
    entries: name === undefined ? [] : [{ map: 'tags', mode: 'put', key: RUN_NAME_TAG, value: name }],
    set: {
      ...(status === undefined ? {} : { status }),
      ...(endTime === undefined ? {} : { endTime }),
      ...(name === undefined ? {} : { runName: name }),
    },
  });
  const { pk, sk } = documentPlace(run);
  const { Item: base } = await context.table.client.send(
    new GetCommand({ TableName: context.table.name, Key: { PK: pk, SK: sk }, ConsistentRead: true }),
  );
  return asRunInfo(base!, run.experiment.lifecycle);
}

/** Writes to the run's document, so that searches see it. */
export async function writeRun(
  context: TrackingContext,
  run: RunAccess,
  write: Parameters<typeof writeDocument>[2],
): Promise<Exclude<Awaited<ReturnType<typeof writeDocument>>, 'absent'>> {
  const outcome = await context.changes.writing(run.experimentId, run.runId, () =>
    writeDocument(context.table, documentPlace(run), write),
  );
  if (outcome === 'absent') throw noRun(run.runId);
  return outcome;
}

/** Marks a run deleted or active, later than anything that marked it or its experiment before. */
export async function setRunStage(
  context: TrackingContext,
  runId: string,
  stage: 'active' | 'deleted',
): Promise<void> {
  const { table, changes } = context;
  await untilWritten(table, `Marking run ${runId} ${stage}`, async () => {
    const run = await accessRun(context, runId);
    const at = Math.max(now(context), run.experiment.lifecycle.at + 1, run.lifecycle.at + 1);
    await noteOnExperiment(context, run.experimentId, at);
    const { pk, sk } = documentPlace(run);
    const change = {
      TableName: table.name,
      UpdateExpression: 'SET lifecycle = :lifecycle ADD #rev :one',
      ConditionExpression: 'lifecycle.#at = :before',
      ExpressionAttributeNames: { '#at': 'at', '#rev': 'rev' },
      ExpressionAttributeValues: { ':lifecycle': { stage, at }, ':before': run.lifecycle.at, ':one': 1 },
    };
    const refused = await changes.writing(run.experimentId, runId, () =>
      transact(table, [
        { Update: { ...change, Key: { PK: runPk(runId), SK: POINTER } } },
        { Update: { ...change, Key: { PK: pk, SK: sk } } },
      ]),
    );
    return refused === undefined ? true : undefined;
  });
}

/** Tells the experiment when a run of it was marked, so that its own next mark is later whatever the clocks say. */
async function noteOnExperiment(context: TrackingContext, experimentId: string, at: number): Promise<void> {
  await tried(
    context.table.client.send(
      new UpdateCommand({
        TableName: context.table.name,
        Key: experimentKey(experimentId),
        UpdateExpression: 'SET runsAt = :at',
        ConditionExpression: 'runsAt < :at',
        ExpressionAttributeValues: { ':at': at },
      }),
    ),
  );
}

/** Those of the ids that are runs of the experiment; strongly consistent, in no order. */
export async function readSearchableRuns(
  context: TrackingContext,
  experimentId: string,
  runIds: readonly string[],
): Promise<SearchableRun[]> {
  const unknown = runIds.filter(
    (runId) => isEntityId(runId) && context.places.get(runPk(runId)) === undefined,
  );
  const pointers = await batchGetAll(
    context.table,
    unknown.map((runId) => ({ PK: runPk(runId), SK: POINTER })),
  );
  const found = new Map(pointers.map((pointer) => [pointer.PK as string, pointer]));
  const places = [...new Set(runIds)].flatMap((runId) => {
    const place = context.places.get(runPk(runId)) ?? found.get(runPk(runId));
    if (place === undefined || place.experimentId !== experimentId) return [];
    return [{ experimentId, time: place.time as number, runId }];
  });
  const runs: SearchableRun[] = [];
  for (let from = 0; from < places.length; from += 64) {
    const part = places.slice(from, from + 64).map((place) => readSearchableRun(context, place));
    runs.push(...(await allDone(part)).flat());
  }
  return runs;
}
