import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { batchGetAll } from './batch';
import type { Place, TrackingContext } from './context';
import { LATEST_ROOM_BYTES, ROOM_BYTES } from './document';
import type { DocumentPlace } from './document-writes';
import { DoesNotExistError, InvalidParameterError, InvalidStateError } from './errors';
import { asExperimentItem, type ExperimentItem, experimentKey } from './experiments';
import { documentSk, isEntityId, latestSk, POINTER, runPk, shardOf, shardPk } from './keys';
import { runStage } from './lifecycle';
import type { Lifecycle } from './tracking-store';

/** Where a run is, as its pointer says, and the experiment that it belongs to. */
export interface RunAccess extends Place {
  readonly runId: string;
  /** Of the run itself. */
  readonly lifecycle: Lifecycle;
  readonly experiment: ExperimentItem;
}

const MAPS = ['params', 'tags', 'datasets', 'modelInputs', 'modelOutputs'] as const;

export const runMaps = MAPS;

export function documentPlace({
  experimentId,
  time,
  runId,
}: Place & { readonly runId: string }): DocumentPlace {
  return {
    pk: shardPk(experimentId, shardOf(runId)),
    sk: documentSk(time, runId),
    maps: MAPS,
    room: ROOM_BYTES,
  };
}

export function latestPlace({
  experimentId,
  time,
  runId,
}: Place & { readonly runId: string }): DocumentPlace {
  return {
    pk: shardPk(experimentId, shardOf(runId)),
    sk: latestSk(time, runId),
    maps: ['latest'],
    room: LATEST_ROOM_BYTES,
  };
}

/**
 * Reads the run's pointer and its experiment, strongly consistent: one call once the process knows the place.
 *
 * @throws DoesNotExistError when there is no such run.
 */
export async function accessRun(context: TrackingContext, runId: string): Promise<RunAccess> {
  const place = await placeOfRun(context, runId);
  const pointerKey = { PK: runPk(runId), SK: POINTER };
  const items = await batchGetAll(context.table, [pointerKey, experimentKey(place.experimentId)]);
  const pointer = items.find(({ PK }) => PK === pointerKey.PK);
  const experiment = items.find(({ PK }) => PK !== pointerKey.PK);
  if (pointer === undefined) throw noRun(runId);
  if (experiment === undefined) {
    throw new InvalidStateError(
      `Run ${runId} belongs to experiment ${place.experimentId}, which is not there.`,
    );
  }
  return {
    ...place,
    runId,
    lifecycle: pointer.lifecycle as Lifecycle,
    experiment: asExperimentItem(experiment),
  };
}

/** @throws InvalidParameterError when the run is deleted, or its experiment was deleted after it was restored. */
export async function accessActiveRun(context: TrackingContext, runId: string): Promise<RunAccess> {
  const run = await accessRun(context, runId);
  const stage = runStage(run.lifecycle, run.experiment.lifecycle);
  if (stage !== 'active') {
    throw new InvalidParameterError(
      `The run ${runId} must be in the 'active' state. Current state is ${stage}.`,
    );
  }
  return run;
}

/** Where the run is. @throws DoesNotExistError when there is no such run. */
export async function placeOfRun({ table, places }: TrackingContext, runId: string): Promise<Place> {
  if (!isEntityId(runId)) throw noRun(runId);
  const pk = runPk(runId);
  const known = places.get(pk);
  if (known !== undefined) return known;
  const { Item: pointer } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { PK: pk, SK: POINTER }, ConsistentRead: true }),
  );
  if (pointer === undefined) throw noRun(runId);
  const place = { experimentId: pointer.experimentId as string, time: pointer.time as number };
  places.set(pk, place);
  return place;
}

export const noRun = (runId: string): DoesNotExistError =>
  new DoesNotExistError(`Run with id=${runId} not found`);
