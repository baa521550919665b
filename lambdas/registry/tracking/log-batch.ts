import { batchPutAll } from './batch';
import type { TrackingContext } from './context';
import type { EntryWrite, Refusal } from './document';
import type { NewMetric } from './entities';
import { DoesNotExistError, InvalidParameterError, InvalidStateError } from './errors';
import { writeLatest } from './latest-metrics';
import { writeModelMetrics } from './logged-model-metrics';
import { pointItems } from './metric-packs';
import { accessActiveRun, type RunAccess } from './run-access';
import { RUN_NAME_TAG, writeRun } from './runs';
import type { RunBatch } from './tracking-store';

type Pairs = readonly (readonly [key: string, value: string])[];

/** See `RunStore.logBatch`. */
export async function logBatch(
  context: TrackingContext,
  runId: string,
  { params = [], metrics = [], tags = [] }: RunBatch,
): Promise<void> {
  const run = await accessActiveRun(context, runId);
  if (metrics.length === 0) {
    await writeParamsAndTags(context, run, params, tags, batchRefusal);
    return;
  }
  if (params.length > 0) await writeParamsAndTags(context, run, params, [], batchRefusal);
  await logMetrics(context, run, metrics);
  await writeModelMetrics(context, run, metrics);
  if (tags.length > 0) await writeParamsAndTags(context, run, [], tags, batchRefusal);
}

export async function logParam(
  context: TrackingContext,
  runId: string,
  key: string,
  value: string,
): Promise<void> {
  const run = await accessActiveRun(context, runId);
  await writeParamsAndTags(context, run, [[key, value]], [], singleRefusal);
}

export async function setTag(
  context: TrackingContext,
  runId: string,
  key: string,
  value: string,
): Promise<void> {
  const run = await accessActiveRun(context, runId);
  await writeParamsAndTags(context, run, [], [[key, value]], batchRefusal);
}

export async function deleteTag(context: TrackingContext, runId: string, key: string): Promise<void> {
  const run = await accessActiveRun(context, runId);
  const outcome = await writeRun(context, run, { entries: [{ map: 'tags', mode: 'remove', key }] });
  if (outcome !== 'written') {
    throw new DoesNotExistError(`No tag with name: ${key} in run with id ${runId}`);
  }
}

/** Points first, then the latest ones: what a reader sees as latest is in the history. */
async function logMetrics(
  context: TrackingContext,
  run: RunAccess,
  metrics: readonly NewMetric[],
): Promise<void> {
  await batchPutAll(context.table, pointItems(run.runId, metrics));
  await context.changes.writing(run.experimentId, run.runId, () => writeLatest(context, run, metrics));
}

async function writeParamsAndTags(
  context: TrackingContext,
  run: RunAccess,
  params: Pairs,
  tags: Pairs,
  refusal: (runId: string, refusals: readonly Refusal[]) => InvalidParameterError,
): Promise<void> {
  const entries: EntryWrite[] = [
    ...params.map(([key, value]): EntryWrite => ({ map: 'params', mode: 'once', key, value })),
    ...tags.map(([key, value]): EntryWrite => ({ map: 'tags', mode: 'put', key, value })),
  ];
  const runName = tags.findLast(([key]) => key === RUN_NAME_TAG)?.[1];
  const set = runName === undefined || runName === '' ? {} : { runName };
  const outcome = await writeRun(context, run, { entries, set });
  if (outcome !== 'written') throw refusal(run.runId, outcome);
}

const attempted = ({ write }: Refusal): string => (write.mode === 'remove' ? '' : write.value);

function singleRefusal(runId: string, [refused]: readonly Refusal[]): InvalidParameterError {
  const { write, found } = refused!;
  return new InvalidParameterError(
    `Changing param values is not allowed. Param with key='${write.key}' was already logged with value='${found}' for run ID='${runId}'. Attempted logging new value '${attempted(refused!)}'.`,
  );
}

function batchRefusal(runId: string, refusals: readonly Refusal[]): InvalidParameterError {
  const list = refusals.map(
    (refusal) =>
      `{'key': '${refusal.write.key}', 'old_value': '${refusal.found}', 'new_value': '${attempted(refusal)}'}`,
  );
  return new InvalidParameterError(
    `Changing param values is not allowed. Params were already logged='[${list.join(', ')}]' for run ID='${runId}'.`,
  );
}

const HISTORY_TAG = 'mlflow.log-model.history';
const LONGEST_TAG = 8000;
const TRIES = 20;

/** See `RunStore.recordLoggedModel`: reads the list, appends, and writes it unless it changed in between. */
export async function recordLoggedModel(
  context: TrackingContext,
  runId: string,
  description: Readonly<Record<string, unknown>>,
): Promise<void> {
  const run = await accessActiveRun(context, runId);
  let expected: string | undefined;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const value = appended(expected, description);
    if (value === expected) return;
    if (value.length > LONGEST_TAG) {
      throw new InvalidParameterError(
        `Tag value '${value.slice(0, 100)}...' had length ${value.length}, which exceeded length limit of ${LONGEST_TAG}`,
      );
    }
    const outcome = await writeRun(context, run, {
      entries: [{ map: 'tags', mode: 'swap', key: HISTORY_TAG, value, expected }],
    });
    if (outcome === 'written') return;
    expected = outcome[0]?.found;
  }
  throw new InvalidStateError(`Run ${runId}: others record models all the time; try again.`);
}

function appended(list: string | undefined, description: Readonly<Record<string, unknown>>): string {
  const entries = list === undefined ? [] : (JSON.parse(list) as unknown[]);
  const added = JSON.stringify(description);
  if (entries.some((entry) => JSON.stringify(entry) === added)) return list!;
  return JSON.stringify([...entries, description]);
}
