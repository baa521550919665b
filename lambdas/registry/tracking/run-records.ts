import type { Item } from '../store/table';
import { readMap } from './document';
import { type DocumentItems, groupDocuments } from './document-reads';
import type { LatestMetric, ModelInput, ModelOutput, TrackingRunInfo, TrackingRunStatus } from './entities';
import { runStage } from './lifecycle';
import { readLatest } from './point-order';
import type { DatasetReference, Lifecycle, SearchableRun } from './tracking-store';

/** The runs among items of a shard, which come in the order of their sort keys: document, then latest metrics. */
export function readRunItems(items: readonly Item[]): SearchableRun[] {
  const runs: SearchableRun[] = [];
  let document: DocumentItems | undefined;
  let latest: DocumentItems | undefined;
  const finish = () => {
    if (document !== undefined) runs.push(asSearchable(document, latest));
    document = undefined;
    latest = undefined;
  };
  for (const group of groupDocuments(items)) {
    if (group.base.entity === 'tracking-run') {
      finish();
      document = group;
    } else if (document !== undefined && group.base.runId === document.base.runId) latest = group;
  }
  finish();
  return runs;
}

function asSearchable(document: DocumentItems, latest: DocumentItems | undefined): SearchableRun {
  const { base, beside } = document;
  return {
    ...identity(base),
    lifecycle: base.lifecycle as Lifecycle,
    params: readMap(base, beside, 'params'),
    tags: readMap(base, beside, 'tags'),
    metrics: latestOf(latest),
    datasets: [...readMap(base, beside, 'datasets').values()].map(asReference),
    modelInputs: [...readMap(base, beside, 'modelInputs').keys()].map((modelId): ModelInput => ({ modelId })),
    modelOutputs: [...readMap(base, beside, 'modelOutputs')].map(
      ([modelId, step]): ModelOutput => ({ modelId, step: Number(step) }),
    ),
  };
}

function latestOf(latest: DocumentItems | undefined): Map<string, LatestMetric> {
  const metrics = new Map<string, LatestMetric>();
  if (latest === undefined) return metrics;
  for (const [key, order] of readMap(latest.base, latest.beside, 'latest'))
    metrics.set(key, readLatest(order));
  return metrics;
}

/** How a run keeps a dataset that it read: name, digest and the tags of that reading. */
export function datasetEntry({ name, digest, tags }: DatasetReference): string {
  return JSON.stringify([name, digest, [...tags]]);
}

function asReference(text: string): DatasetReference {
  const [name, digest, tags] = JSON.parse(text) as [string, string, [string, string][]];
  return { name, digest, tags: new Map(tags) };
}

/** What a run is wherever it is named, but for its stage, which depends on its experiment's too. */
function identity(base: Item): Omit<TrackingRunInfo, 'lifecycleStage'> {
  return {
    runId: base.runId as string,
    runName: base.runName as string,
    experimentId: base.experimentId as string,
    userId: base.userId as string,
    status: base.status as TrackingRunStatus,
    startTime: base.startTime as number,
    ...(base.endTime === undefined ? {} : { endTime: base.endTime as number }),
    artifactUri: base.artifactUri as string,
  };
}

/** What identifies a run, from its document's own item. */
export function asRunInfo(base: Item, experiment: Lifecycle): TrackingRunInfo {
  return {
    ...identity(base),
    lifecycleStage: runStage(base.lifecycle as Lifecycle, experiment),
  };
}
