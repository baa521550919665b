import * as z from 'zod';
import { allDone } from './contention';
import type { TrackingContext } from './context';
import type { EntryWrite } from './document';
import { writeDocument } from './document-writes';
import type { LoggedModelMetric, NewMetric } from './entities';
import { isEntityId } from './keys';
import { modelPlace, placeOfModel } from './logged-model-access';
import { storedValue } from './point-order';
import type { RunAccess } from './run-access';

/** Keeps the points that name a logged model with that model; of one identity the first value stays. */
export async function writeModelMetrics(
  context: TrackingContext,
  run: RunAccess,
  metrics: readonly NewMetric[],
): Promise<void> {
  const byModel = new Map<string, EntryWrite[]>();
  for (const metric of metrics) {
    if (metric.modelId === undefined || metric.modelId === '') continue;
    byModel.set(metric.modelId, [...(byModel.get(metric.modelId) ?? []), entryOf(run.runId, metric)]);
  }
  await allDone(
    [...byModel].map(async ([modelId, entries]) => {
      const place = isEntityId(modelId) ? await placeOfModel(context, modelId) : undefined;
      // Metrics of a model that nobody made stay with the run alone.
      if (place === undefined) return;
      await writeDocument(context.table, modelPlace(place.experimentId, place.time, modelId), { entries });
    }),
  );
}

/** Key: identity of the point. Value: the rest. */
function entryOf(runId: string, metric: NewMetric): EntryWrite {
  const { key, timestamp, step, datasetName = null, datasetDigest = null } = metric;
  const value = Number.isNaN(metric.value) ? 0 : storedValue(metric.value);
  return {
    map: 'metrics',
    mode: 'first',
    key: JSON.stringify([key, timestamp, step, runId]),
    value: JSON.stringify([value, datasetName, datasetDigest]),
  };
}

const identity = z.tuple([z.string(), z.number(), z.number(), z.string()]);
const rest = z.tuple([z.number(), z.string().nullable(), z.string().nullable()]);

export function readModelMetrics(stored: ReadonlyMap<string, string>): LoggedModelMetric[] {
  return [...stored].map(([id, text]) => {
    const [key, timestamp, step, runId] = identity.parse(JSON.parse(id));
    const [value, datasetName, datasetDigest] = rest.parse(JSON.parse(text));
    return {
      key,
      timestamp,
      step,
      runId,
      value,
      ...(datasetName === null ? {} : { datasetName }),
      ...(datasetDigest === null ? {} : { datasetDigest }),
    };
  });
}
