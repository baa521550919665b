import { describe, expect, it } from 'vitest';
import { createSearchService } from '../../../lambdas/registry/search/create-search-service';
import type { SearchRunsRequest } from '../../../lambdas/registry/search/search-service';
import { MemorySource } from './support/memory-source';
import { answerOf, expectAgreement, normalized } from './support/oracle';
import { FIXTURE_EXPERIMENTS, FIXTURE_RUNS, RUN_CASES } from './support/run-fixture';

function service() {
  const source = new MemorySource();
  for (const id of FIXTURE_EXPERIMENTS) source.addExperiment(id);
  for (const run of FIXTURE_RUNS) source.put(run);
  return createSearchService({ tracking: source as never, models: {} as never });
}

const places = new Map(FIXTURE_RUNS.map((run, at) => [run.runId, at]));

/** MLflow's SQL parser also groups arithmetic, lists and ORDER BY: it refuses these too, in other words. */
const OTHER_WORDS = [
  'metrics.loss > 1 + 1',
  'metrics.loss > 1e+5',
  "tags.a/b = 'x'",
  'metrics.loss, params.lr',
  "params.lr = 'a' ORDER BY x",
  '/*',
];

describe('a search for runs', () => {
  const search = service();
  const find = (request: SearchRunsRequest) =>
    answerOf(async () => (await search.searchRuns(request)).items.map((run) => places.get(run.runId)!));

  it('finds the runs that MLflow finds, in its order, and refuses what it refuses', async () => {
    await expectAgreement(
      RUN_CASES,
      ({ mlflow: _, damaged: __, ...request }) => find(request),
      (one) => one.mlflow,
    );
  });

  it('says what is wrong in the words of MLflow', async () => {
    const different: unknown[] = [];
    for (const { mlflow, damaged, ...request } of RUN_CASES) {
      if (damaged || OTHER_WORDS.includes(request.filter)) continue;
      if ('ids' in mlflow || mlflow.error !== 'INVALID_PARAMETER_VALUE') continue;
      const ours = await find(request);
      if ('message' in ours && normalized(ours.message) !== normalized(mlflow.message))
        different.push([request.filter, request.orderBy, ours.message, mlflow.message]);
    }
    expect(different).toEqual([]);
  });
});
