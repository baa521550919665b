import type { ModelStore, RegisteredVersion } from '../models/model-store';
import type { ExperimentStore, SearchSource } from '../tracking/tracking-store';
import { searchExperiments } from './experiments';
import { experimentIdOf } from './filter/experiments';
import { searchLoggedModels } from './logged-models';
import { searchModelVersions, searchRegisteredModels, versionsAskedFor } from './registered-models';
import { IndexCache } from './runs/index-cache';
import { parseRunSearch, searchRuns } from './runs/search-runs';
import type { OrderedSearchRequest, SearchService } from './search-service';

export type { Page, SearchService } from './search-service';

/** What a search service is built on. */
export interface SearchServiceProps {
  readonly tracking: SearchSource & Pick<ExperimentStore, 'listExperiments'>;
  readonly models: Pick<ModelStore, 'listModels' | 'listVersions' | 'versionsOfRun'>;
  /**
   * Bytes of memory for the indexes of experiments. A run with 30 metrics, 30 params and 30 tags takes about 2,000.
   *
   * @default 384,000,000
   */
  readonly memoryBytes?: number;
  /**
   * Whether the index of a large experiment is built after the first look at it, for searches to come. For a process
   * that goes on between requests; one on Lambda is frozen then.
   *
   * @default false
   */
  readonly buildsAhead?: boolean;
}

const MEMORY_BYTES = 384_000_000;

/** Search over the tracking store and the model store. Keep one: the indexes of runs live in it. */
export function createSearchService(props: SearchServiceProps): SearchService {
  const { tracking, models } = props;
  const indexes = new IndexCache(tracking, props.memoryBytes ?? MEMORY_BYTES, props.buildsAhead);
  return {
    searchRuns: async (request) => searchRuns(tracking, indexes, parseRunSearch(request)),
    searchExperiments: async (request) => searchExperiments(await tracking.listExperiments(), request),
    searchLoggedModels: async (request) => {
      const ids = new Set(request.experimentIds.map(experimentIdOf));
      const lists = await Promise.all([...ids].map((id) => tracking.listLoggedModels(id)));
      return searchLoggedModels(lists.flat(), request);
    },
    searchRegisteredModels: async (request) => searchRegisteredModels(await models.listModels(), request),
    searchModelVersions: async (request) => searchModelVersions(await candidates(models, request), request),
  };
}

/** More than a key of the table holds: no version can name such a run. */
const MAX_RUN_ID_BYTES = 1000;

/** The versions among which the filter can find any: those of one model, or of the models that one run made. */
async function candidates(
  models: SearchServiceProps['models'],
  { filter }: OrderedSearchRequest,
): Promise<readonly RegisteredVersion[]> {
  const { name, runId } = versionsAskedFor(filter);
  if (name !== undefined) return models.listVersions(name);
  if (runId === undefined) return models.listVersions();
  if (Buffer.byteLength(runId) > MAX_RUN_ID_BYTES) return [];
  // Whether a model is a prompt may stand in its other versions.
  const names = new Set((await models.versionsOfRun(runId)).map((version) => version.name));
  return (await Promise.all([...names].map((each) => models.listVersions(each)))).flat();
}
