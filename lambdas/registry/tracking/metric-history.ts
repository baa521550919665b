import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../store/table';
import { allDone } from './contention';
import type { TrackingContext } from './context';
import type { LatestMetric, RunMetricPoint } from './entities';
import { InvalidParameterError } from './errors';
import { HistoryMerge } from './history-merge';
import { sampled } from './history-sampling';
import { decodeHistoryToken, encodeHistoryToken } from './history-token';
import { historyPrefix, isEntityId, runPk } from './keys';
import { pointsOf } from './metric-packs';
import type { BulkIntervalQuery, MetricHistoryPage, MetricHistoryQuery, MetricStore } from './tracking-store';

const PAGE_POINTS = 25_000;
const SAMPLE_POINTS = 320;

export function metricStore(context: TrackingContext): MetricStore {
  return {
    getMetricHistory: (query) => getMetricHistory(context, query),
    getMetricHistoryBulk: (runIds, key, maxResults) => getBulk(context, runIds, key, maxResults),
    getMetricHistoryBulkInterval: (query) => getBulkInterval(context, query),
  };
}

async function getMetricHistory(
  context: TrackingContext,
  { runId, key, maxResults = PAGE_POINTS, pageToken }: MetricHistoryQuery,
): Promise<MetricHistoryPage> {
  const start = pageToken === undefined ? undefined : decodeHistoryToken(pageToken, runId, key);
  if (!isEntityId(runId)) return { points: [] };
  const points: LatestMetric[] = [];
  const merge = new HistoryMerge(start?.after);
  const prefix = historyPrefix(key);
  for await (const item of itemsFrom(context, runId, prefix, start?.from)) {
    const found = pointsOf(item, prefix);
    const isFull = merge.take(points, maxResults, found[0]);
    merge.add({ sk: item.SK as string, points: found });
    if (isFull) return page(runId, key, points, merge.firstOpen);
  }
  const isFull = merge.take(points, maxResults, undefined);
  return page(runId, key, points, isFull ? merge.firstOpen : undefined);
}

function page(
  runId: string,
  key: string,
  points: readonly LatestMetric[],
  from: string | undefined,
): MetricHistoryPage {
  const named = points.map((point) => ({ key, ...point }));
  const after = points.at(-1);
  if (from === undefined || after === undefined) return { points: named };
  return { points: named, nextPageToken: encodeHistoryToken({ runId, key, from, after }) };
}

/** Items of one key's points, in the order of their first points, strongly consistent. */
async function* itemsFrom(
  { table }: TrackingContext,
  runId: string,
  prefix: string,
  from: string | undefined,
): AsyncGenerator<Item> {
  let start: Record<string, unknown> | undefined;
  do {
    const answer = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'PK = :pk AND SK BETWEEN :from AND :end',
        ExpressionAttributeValues: { ':pk': runPk(runId), ':from': from ?? prefix, ':end': `${prefix}~` },
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
    );
    yield* answer.Items ?? [];
    start = answer.LastEvaluatedKey;
  } while (start !== undefined);
}

async function wholeHistory(
  context: TrackingContext,
  runId: string,
  key: string,
  most: number,
): Promise<LatestMetric[]> {
  const points: LatestMetric[] = [];
  let pageToken: string | undefined;
  do {
    const next = await getMetricHistory(context, {
      runId,
      key,
      pageToken,
      maxResults: Math.min(PAGE_POINTS, most - points.length),
    });
    for (const point of next.points) points.push(point);
    pageToken = next.nextPageToken;
  } while (pageToken !== undefined && points.length < most);
  return points;
}

const named = (runId: string, key: string, points: readonly LatestMetric[]): RunMetricPoint[] =>
  points.map(({ timestamp, step, value }) => ({ runId, key, timestamp, step, value }));

async function getBulk(
  context: TrackingContext,
  runIds: readonly string[],
  key: string,
  maxResults: number,
): Promise<RunMetricPoint[]> {
  const points: RunMetricPoint[] = [];
  for (const runId of [...new Set(runIds)].sort()) {
    if (points.length >= maxResults) break;
    const history = await wholeHistory(context, runId, key, maxResults - points.length);
    points.push(...named(runId, key, history));
  }
  return points;
}

async function getBulkInterval(
  context: TrackingContext,
  { runIds, key, startStep, endStep, maxResults = SAMPLE_POINTS }: BulkIntervalQuery,
): Promise<RunMetricPoint[]> {
  if ((startStep === undefined) !== (endStep === undefined)) {
    throw new InvalidParameterError(
      'Both start_step and end_step must be specified together, or neither may be specified.',
    );
  }
  const samples = await allDone(
    runIds.map(async (runId) => {
      const history = await wholeHistory(context, runId, key, Number.POSITIVE_INFINITY);
      const inside = history.filter(
        ({ step }) => step >= (startStep ?? -Infinity) && step <= (endStep ?? Infinity),
      );
      return named(runId, key, sampled(inside, Math.max(1, maxResults)));
    }),
  );
  return samples.flat();
}
