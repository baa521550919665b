import { CHAMPION } from '../../../lib/registry/contract';
import type { DatasetVersion } from '../../data-lake/entities';
import type { Run } from '../entities';
import type { ModelStore } from '../models/model-store';
import type { RegistryStore } from '../registry-store';
import type { EndpointFacts, LineageFacts } from './build';

/** Where lineage is read from. */
export interface LineageSources {
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
  const found = await Promise.all([...new Set(older)].map((runId) => store.getRun(runId)));
  const runs = [...listed, ...found.filter((run): run is Run => run !== undefined)];
  const wanted = new Map(runs.map((run) => [`${run.dataset}/${run.datasetVersion}`, run]));
  const datasets = await Promise.all(
    [...wanted.values()].map((run) => sources.datasetVersion(run.dataset, run.datasetVersion)),
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
