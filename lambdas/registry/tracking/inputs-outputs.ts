import { allDone } from './contention';
import type { TrackingContext } from './context';
import { putDataset, putSummaries } from './datasets';
import type { EntryWrite } from './document';
import { accessActiveRun } from './run-access';
import { datasetEntry } from './run-records';
import { writeRun } from './runs';
import type { RunInputs } from './tracking-store';

/** Datasets first, so that a run never names one that is not there. See `RunStore.logInputs`. */
export async function logInputs(
  context: TrackingContext,
  runId: string,
  { datasets = [], models = [] }: RunInputs,
): Promise<void> {
  const run = await accessActiveRun(context, runId);
  const inputs = new Map(
    [...datasets].reverse().map((input) => {
      const { name, digest } = input.dataset;
      return [JSON.stringify([name, digest]), input] as const;
    }),
  );
  const references = [...inputs].map(([id, { dataset, tags }]) => ({
    id,
    reference: { name: dataset.name, digest: dataset.digest, tags },
  }));
  await allDone([...inputs.values()].map(({ dataset }) => putDataset(context, run.experimentId, dataset)));
  await writeRun(context, run, {
    entries: [
      ...references.reverse().map(
        ({ id, reference }): EntryWrite => ({
          map: 'datasets',
          mode: 'first',
          key: id,
          value: datasetEntry(reference),
        }),
      ),
      ...models.map(
        (modelId): EntryWrite => ({ map: 'modelInputs', mode: 'first', key: modelId, value: '' }),
      ),
    ],
  });
  await putSummaries(
    context,
    run.experimentId,
    references.map(({ reference }) => reference),
  );
}

/** See `RunStore.logOutputs`. */
export async function logOutputs(
  context: TrackingContext,
  runId: string,
  models: readonly { readonly modelId: string; readonly step: number }[],
): Promise<void> {
  const run = await accessActiveRun(context, runId);
  await writeRun(context, run, {
    entries: models.map(
      ({ modelId, step }): EntryWrite => ({
        map: 'modelOutputs',
        mode: 'first',
        key: modelId,
        value: String(step),
      }),
    ),
  });
}
