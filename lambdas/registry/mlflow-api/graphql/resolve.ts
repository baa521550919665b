import { concurrently } from '../../../shared/concurrently';
import { enumeration, int, list, message, nonEmpty, required, string, stringOrNumber } from '../decode';
import { invalidParameter } from '../errors';
import { Limit } from '../limits';
import type { TrackingService } from '../service';
import { experimentJson } from '../wire/experiment';
import { modelVersionJson } from '../wire/registered-model';
import { runJson, runMetricJson } from '../wire/run';
import type { Selection } from './parse';
import { project } from './project';

/** Queries of the table side by side. */
const AT_ONCE = 16;

type Resolver = (service: TrackingService, args: ReadonlyMap<string, unknown>) => Promise<object>;

const GET_RUN = required(message({ run_id: string, run_uuid: string }));
const GET_EXPERIMENT = required(message({ experiment_id: required(stringOrNumber) }));
const SEARCH_RUNS = required(
  message({
    experiment_ids: list(stringOrNumber),
    filter: string,
    run_view_type: enumeration({ ACTIVE_ONLY: 1, DELETED_ONLY: 2, ALL: 3 }),
    max_results: int,
    order_by: list(string),
    page_token: string,
  }),
);
const BULK_INTERVAL = required(
  message({
    run_ids: nonEmpty(list(string)),
    metric_key: required(string),
    start_step: int,
    end_step: int,
    max_results: int,
  }),
);

async function getRun(service: TrackingService, args: ReadonlyMap<string, unknown>) {
  const { run_id: id, run_uuid: old } = GET_RUN.decode(args.get('input'), 'input');
  const run = await service.tracking.getRun(id ?? old ?? '');
  const [experiment, versions] = await Promise.all([
    service.tracking.getExperiment(run.experimentId),
    service.models.versionsOfRun(run.runId),
  ]);
  return {
    run: {
      ...runJson(run),
      experiment: experimentJson(experiment),
      model_versions: versions.map(modelVersionJson),
    },
  };
}

async function searchRuns(service: TrackingService, args: ReadonlyMap<string, unknown>) {
  const input = SEARCH_RUNS.decode(args.get('input'), 'input');
  const page = await service.search.searchRuns({
    experimentIds: input.experiment_ids,
    filter: input.filter,
    viewType: input.run_view_type,
    maxResults: Math.min(input.max_results ?? Limit.GRAPHQL_RUNS, Limit.GRAPHQL_RUNS),
    orderBy: input.order_by,
    pageToken: input.page_token,
  });
  const experiments = new Map<string, object>();
  for (const id of new Set(page.items.map(({ experimentId }) => experimentId))) {
    experiments.set(id, experimentJson(await service.tracking.getExperiment(id)));
  }
  const runs = await concurrently(page.items, AT_ONCE, async (run) => ({
    ...runJson(run),
    experiment: experiments.get(run.experimentId),
    model_versions: (await service.models.versionsOfRun(run.runId)).map(modelVersionJson),
  }));
  return { runs, next_page_token: page.nextPageToken };
}

const RESOLVERS: ReadonlyMap<string, Resolver> = new Map<string, Resolver>([
  ['mlflowGetRun', getRun],
  ['mlflowSearchRuns', searchRuns],
  [
    'mlflowGetExperiment',
    async (service, args) => {
      const { experiment_id: id } = GET_EXPERIMENT.decode(args.get('input'), 'input');
      return { experiment: experimentJson(await service.tracking.getExperiment(id)) };
    },
  ],
  [
    'mlflowGetMetricHistoryBulkInterval',
    async (service, args) => {
      const input = BULK_INTERVAL.decode(args.get('input'), 'input');
      const points = await service.tracking.getMetricHistoryBulkInterval({
        runIds: input.run_ids.slice(0, Limit.BULK_RUNS),
        key: input.metric_key,
        startStep: input.start_step,
        endStep: input.end_step,
        maxResults: Math.min(input.max_results ?? Limit.INTERVAL_POINTS, Limit.INTERVAL_POINTS),
      });
      return { metrics: points.map(runMetricJson) };
    },
  ],
]);

/** The answer to one root field. @throws ApiError when there is no such field, or its input is wrong. */
export async function resolve(service: TrackingService, field: Selection): Promise<unknown> {
  if (field.name === '__typename') return 'Query';
  const resolver = RESOLVERS.get(field.name);
  if (resolver === undefined) {
    throw invalidParameter(
      `Cannot query field "${field.name}" on type "Query": it is one of ${[...RESOLVERS.keys()].join(', ')}.`,
    );
  }
  const answer = await resolver(service, field.arguments);
  const type = `${field.name.charAt(0).toUpperCase()}${field.name.slice(1)}Response`;
  return project(answer as Record<string, unknown>, field.selections, type);
}
