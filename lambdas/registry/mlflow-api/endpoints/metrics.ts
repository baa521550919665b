import { int, list, nonEmpty, required, string } from '../decode';
import { endpoint, raw } from '../endpoint';
import { invalidParameter } from '../errors';
import { json } from '../http';
import { Limit } from '../limits';
import { listed } from '../wire/common';
import { metricJson, runMetricJson } from '../wire/run';
import { RUN_ID, runIdOf } from './run-id';

export const getHistory = endpoint(
  { ...RUN_ID, metric_key: required(string), page_token: string, max_results: int },
  async ({ tracking }, input) => {
    const maxResults = input.max_results;
    if (maxResults !== undefined && maxResults <= 0) {
      throw invalidParameter(
        `Invalid value ${maxResults} for parameter 'max_results' supplied. It must be a positive integer.`,
      );
    }
    const page = await tracking.getMetricHistory({
      runId: runIdOf(input),
      key: input.metric_key,
      maxResults: Math.min(maxResults ?? Limit.HISTORY_POINTS, Limit.HISTORY_POINTS),
      pageToken: input.page_token === '' ? undefined : input.page_token,
    });
    return { metrics: listed(page.points.map(metricJson)), next_page_token: page.nextPageToken };
  },
);

/** The UI's: metrics of many runs at once. Its answer is not protobuf's, and holds an empty list. */
export const getHistoryBulk = raw(async ({ service, request }) => {
  const query = new URLSearchParams(request.rawQuery);
  const runIds = query.getAll('run_id');
  const key = query.get('metric_key');
  const maxResults = Number(query.get('max_results') ?? Limit.HISTORY_POINTS);
  if (runIds.length === 0) {
    throw invalidParameter('GetMetricHistoryBulk request must specify at least one run_id.');
  }
  checkRuns('GetMetricHistoryBulk', 'cannot specify more than', runIds.length);
  if (key === null) throw invalidParameter('GetMetricHistoryBulk request must specify a metric_key.');
  if (!Number.isInteger(maxResults) || maxResults < 1) {
    throw invalidParameter(
      `Invalid value "${query.get('max_results')}" for parameter 'max_results' supplied.`,
    );
  }
  const limit = Math.min(maxResults, Limit.HISTORY_POINTS);
  const points = await service.tracking.getMetricHistoryBulk(runIds, key, limit);
  return json(200, { metrics: points.map(runMetricJson) });
});

/** The UI's: a sample of the history of many runs, for charts. */
export const getHistoryBulkInterval = endpoint(
  {
    run_ids: nonEmpty(list(string)),
    metric_key: required(string),
    start_step: int,
    end_step: int,
    max_results: int,
  },
  async ({ tracking }, input) => {
    const { run_ids: runIds, start_step: startStep, end_step: endStep, max_results: maxResults } = input;
    checkRuns('GetMetricHistoryBulkInterval', 'must specify at most', runIds.length);
    if (maxResults !== undefined && (maxResults < 1 || maxResults > Limit.INTERVAL_POINTS)) {
      throw invalidParameter(`max_results must be between 1 and ${Limit.INTERVAL_POINTS}.`);
    }
    if ((startStep === undefined) !== (endStep === undefined)) {
      throw invalidParameter('If either start step or end step are specified, both must be specified.');
    }
    if (startStep !== undefined && endStep !== undefined && startStep > endStep) {
      throw invalidParameter(
        `end_step must be greater than start_step. Found start_step=${startStep} and end_step=${endStep}.`,
      );
    }
    const points = await tracking.getMetricHistoryBulkInterval({
      runIds,
      key: input.metric_key,
      startStep,
      endStep,
      maxResults: maxResults ?? Limit.INTERVAL_POINTS,
    });
    return { metrics: listed(points.map(runMetricJson)) };
  },
);

function checkRuns(request: string, words: string, count: number): void {
  if (count <= Limit.BULK_RUNS) return;
  throw invalidParameter(
    `${request} request ${words} ${Limit.BULK_RUNS} run_ids. Received ${count} run_ids.`,
  );
}
