import { type KnownRun, knownRun } from '../../lambdas/registry/lineage/known-run';
import { createSearchService } from '../../lambdas/registry/search/create-search-service';
import type { TrackingRun, TrackingRunStatus } from '../../lambdas/registry/tracking/entities';
import { UserError } from '../errors';
import type { Registry } from './registry';

const STATUSES: readonly TrackingRunStatus[] = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'];

/** The runs of an experiment, by its name or its id, the newest first. @throws UserError when there is none */
export async function experimentRuns(
  { tracking, models }: Pick<Registry, 'tracking' | 'models'>,
  experiment: string,
  limit: number,
  status?: string,
): Promise<KnownRun[]> {
  const wanted = status?.toUpperCase();
  if (wanted !== undefined && !STATUSES.some((known) => known === wanted)) {
    throw new UserError(
      `"${status}" is no status of an experiment's runs: give ${STATUSES.join(', ')}.`,
      'status',
    );
  }
  const id = await experimentId(tracking, experiment);
  const search = createSearchService({ tracking, models });
  const filter = wanted === undefined ? undefined : `attributes.status = '${wanted}'`;
  const found: TrackingRun[] = [];
  let pageToken: string | undefined;
  do {
    const maxResults = Math.min(limit - found.length, 1000);
    const page = await search.searchRuns({ experimentIds: [id], filter, maxResults, pageToken });
    found.push(...page.items);
    pageToken = page.nextPageToken;
    // The page size is no part of the query: a token goes on with any.
  } while (pageToken !== undefined && found.length < limit);
  return found.map(knownRun);
}

async function experimentId(tracking: Registry['tracking'], experiment: string): Promise<string> {
  const named = await tracking.getExperimentByName(experiment);
  if (named !== undefined) return named.experimentId;
  const all = await tracking.listExperiments();
  const found = all.find((each) => each.experimentId === experiment);
  if (found !== undefined) return found.experimentId;
  const names = all.map(({ name }) => name).slice(0, 10);
  throw new UserError(
    `There is no experiment "${experiment}": ${names.length === 0 ? 'nobody has made one yet' : `there is ${names.join(', ')}`}.`,
    'experiment',
  );
}
