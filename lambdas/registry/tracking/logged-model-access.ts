import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Place, TrackingContext } from './context';
import { ROOM_BYTES } from './document';
import { type DocumentPlace, type DocumentWrite, type Outcome, writeDocument } from './document-writes';
import { DoesNotExistError } from './errors';
import { isEntityId, modelPk, modelSk, modelsPk, POINTER } from './keys';

export const modelMaps = ['params', 'tags', 'metrics'] as const;

export const modelPlace = (experimentId: string, time: number, modelId: string): DocumentPlace => ({
  pk: modelsPk(experimentId),
  sk: modelSk(time, modelId),
  maps: modelMaps,
  room: ROOM_BYTES,
});

/** Where a logged model is, or undefined when there is none. */
export async function placeOfModel(
  { table, places }: TrackingContext,
  modelId: string,
): Promise<Place | undefined> {
  const pk = modelPk(modelId);
  const known = places.get(pk);
  if (known !== undefined) return known;
  const { Item: pointer } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { PK: pk, SK: POINTER }, ConsistentRead: true }),
  );
  if (pointer === undefined) return undefined;
  const place = { experimentId: pointer.experimentId as string, time: pointer.time as number };
  places.set(pk, place);
  return place;
}

/** Writes to the model's document. @throws DoesNotExistError when there is none. */
export async function writeModel(
  context: TrackingContext,
  modelId: string,
  change: DocumentWrite,
): Promise<Exclude<Outcome, 'absent'>> {
  const place = isEntityId(modelId) ? await placeOfModel(context, modelId) : undefined;
  if (place === undefined) throw noModel(modelId);
  const outcome = await writeDocument(
    context.table,
    modelPlace(place.experimentId, place.time, modelId),
    change,
  );
  if (outcome === 'absent') throw noModel(modelId);
  return outcome;
}

export const noModel = (modelId: string): DoesNotExistError =>
  new DoesNotExistError(`Logged model with ID '${modelId}' not found.`);
