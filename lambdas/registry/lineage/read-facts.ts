import { CHAMPION } from '../../../lib/registry/contract';
import type { DatasetVersion } from '../../data-lake/entities';
import type { ModelStore } from '../models/model-store';
import type { RegistryStore } from '../registry-store';
import type { EndpointFacts, LineageFacts } from './build';
import { dataOf, findKnownRun, type KnownRun, type RunSources } from './known-run';

/** Where lineage is read from. */
export interface LineageSources extends RunSources {
  readonly store: Pick<RegistryStore, 'listRuns' | 'listDeployments' | 'getRun'>;
  readonly models: Pick<ModelStore, 'listVersions' | 'getAlias'>;
  datasetVersion(dataset: string, id: string): Promise<DatasetVersion | undefined>;
  endpoint(model: string): Promise<EndpointFacts | undefined>;
}

/** The newest so many runs and deployments; runs of versions that there are come on top. */
const NEWEST = 500;

/** Reads what is known of a model. A model without a registered version has runs and data all the same. */
export async function readLineageFacts(sources: LineageSources, model: string): Promise<LineageFacts> {
  const { store, models } = sources;
  const versions = await models.listVersions(model);
  const [listed, deployments, champion, endpoint] = await Promise.all([
    store.listRuns(model, NEWEST),
    store.listDeployments(model, NEWEST),
    versions.length === 0 ? undefined : models.getAlias(model, CHAMPION),
    sources.endpoint(model),
  ]);
  const known = new Set(listed.map(({ runId }) => runId));
  const older = versions.flatMap(({ runId }) => (runId === undefined || known.has(runId) ? [] : [runId]));
  const found = await Promise.all([...new Set(older)].map((runId) => findKnownRun(sources, runId)));
  const runs: KnownRun[] = [...listed, ...found.filter((run) => run !== undefined)];
  const wanted = new Map(
    runs.flatMap(dataOf).map((read) => [`${read.dataset}/${read.datasetVersion}`, read]),
  );
  const datasets = await Promise.all(
    [...wanted.values()].map((read) => sources.datasetVersion(read.dataset, read.datasetVersion)),
  );
  return {
    model,
    endpoint,
    champion: champion?.version,
    deployments,
    versions,
    runs,
    datasetVersions: datasets.filter((version) => version !== undefined),
  };
}
