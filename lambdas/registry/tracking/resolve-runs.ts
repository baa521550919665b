import { allDone } from './contention';
import type { TrackingContext } from './context';
import { getDatasets } from './datasets';
import type { Dataset, DatasetInput, TrackingRun } from './entities';
import { runStage } from './lifecycle';
import type { DatasetReference, Lifecycle, SearchableRun } from './tracking-store';

/** Runs of one experiment as the API answers them: with their stage and the texts of their datasets. */
export async function resolveRuns(
  context: TrackingContext,
  runs: readonly SearchableRun[],
  experiment: Lifecycle,
): Promise<TrackingRun[]> {
  const datasets = await datasetsOf(context, runs);
  return runs.map(({ lifecycle, datasets: references, ...run }) => ({
    ...run,
    lifecycleStage: runStage(lifecycle, experiment),
    datasetInputs: references.flatMap(({ name, digest, tags }): DatasetInput[] => {
      const dataset = datasets.get(idOf(run.experimentId, { name, digest }));
      return dataset === undefined ? [] : [{ dataset, tags }];
    }),
  }));
}

async function datasetsOf(
  context: TrackingContext,
  runs: readonly SearchableRun[],
): Promise<Map<string, Dataset>> {
  const byExperiment = new Map<string, Map<string, DatasetReference>>();
  for (const { experimentId, datasets } of runs) {
    if (datasets.length === 0) continue;
    const references = byExperiment.get(experimentId) ?? new Map<string, DatasetReference>();
    byExperiment.set(experimentId, references);
    for (const reference of datasets) {
      references.set(idOf(experimentId, reference), reference);
    }
  }
  const found = await allDone(
    [...byExperiment].map(async ([experimentId, references]) => {
      const datasets = await getDatasets(context, experimentId, [...references.values()]);
      return datasets.map((dataset) => [idOf(experimentId, dataset), dataset] as const);
    }),
  );
  return new Map(found.flat());
}

const idOf = (experimentId: string, { name, digest }: Pick<DatasetReference, 'name' | 'digest'>): string =>
  JSON.stringify([experimentId, name, digest]);
