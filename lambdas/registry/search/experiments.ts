import type { Experiment, LifecycleStage } from '../tracking/entities';
import type { Condition } from './filter/condition';
import { parseExperimentFilter } from './filter/experiments';
import { numberTest, textTest } from './filter/tests';
import { Limits, resultLimit } from './limits';
import { experimentOrder, type SortField } from './order/fields';
import { queryDigest } from './page-token';
import { pageOfRows } from './rows';
import type { Page, SearchExperimentsRequest, ViewType } from './search-service';

const NUMBERS: ReadonlyMap<string, (experiment: Experiment) => number> = new Map([
  ['creation_time', (experiment: Experiment) => experiment.creationTime],
  ['last_update_time', (experiment: Experiment) => experiment.lastUpdateTime],
]);

/** The page of experiments that the request asks for. @throws InvalidParameterError when the request is wrong. */
export function searchExperiments(
  all: readonly Experiment[],
  request: SearchExperimentsRequest,
): Page<Experiment> {
  const limit = resultLimit(request.maxResults, Limits.experiments);
  const filter = request.filter ?? '';
  const tests = parseExperimentFilter(filter).map(experimentTest);
  const order = experimentOrder(request.orderBy ?? []);
  const view = request.viewType ?? 'ACTIVE_ONLY';
  return pageOfRows({
    rows: all,
    matches: (experiment) =>
      isInView(experiment.lifecycleStage, view) && tests.every((test) => test(experiment)),
    order,
    valueOf: (experiment, field) => sortValue(experiment, field),
    isText: (field) => field.key === 'name',
    limit,
    digest: queryDigest(['experiments', filter, order, view]),
    pageToken: request.pageToken,
  });
}

/** Whether a search with this view looks at things of this stage. */
export function isInView(stage: LifecycleStage, view: ViewType): boolean {
  return view === 'ALL' || (stage === 'active') === (view === 'ACTIVE_ONLY');
}

function experimentTest(condition: Condition): (experiment: Experiment) => boolean {
  const { type, key } = condition;
  const number = NUMBERS.get(key);
  if (type === 'attribute' && number !== undefined) {
    const test = numberTest(condition);
    return (experiment) => test(number(experiment));
  }
  const test = textTest(condition);
  if (type === 'tag') return (experiment) => test(experiment.tags.get(key));
  return (experiment) => test(key === 'name' ? experiment.name : experiment.experimentId);
}

function sortValue(experiment: Experiment, { key }: SortField): string | number {
  if (key === 'name') return experiment.name;
  return NUMBERS.get(key)?.(experiment) ?? Number(experiment.experimentId);
}
