import type { TrackingRun } from '../../tracking/entities';
import { DoesNotExistError } from '../../tracking/errors';
import type { Lifecycle, SearchSource } from '../../tracking/tracking-store';
import { experimentIdOf } from '../filter/experiments';
import { parseRunFilter } from '../filter/runs';
import { RUN_BYTES } from '../json-size';
import { Limits, PAGE_BYTES, resultLimit } from '../limits';
import { runOrder, type SortField } from '../order/fields';
import { compareKeys, type SortValue } from '../order/sort-key';
import { decodePageToken, encodePageToken, queryDigest } from '../page-token';
import type { Page, SearchRunsRequest } from '../search-service';
import { headIndex, isHeadQuery } from './head-index';
import type { IndexCache } from './index-cache';
import { isTextField, rowValue } from './query';
import type { RunIndex } from './run-index';
import { type RunQuery, selectRows } from './select';

/** More rows than these never fit a page. */
const MOST_ROWS = Math.floor(PAGE_BYTES / RUN_BYTES);

interface Searched {
  readonly index: RunIndex;
  readonly experiment: Lifecycle;
}

interface Found extends Searched {
  readonly row: number;
  readonly key: readonly SortValue[];
}

/** A request that was read and checked, with the digest that its tokens carry. */
export interface ParsedRunSearch {
  readonly experimentIds: readonly string[];
  readonly query: RunQuery;
  readonly digest: string;
}

/** @throws InvalidParameterError when the request is wrong. */
export function parseRunSearch(request: SearchRunsRequest): ParsedRunSearch {
  const limit = resultLimit(request.maxResults, Limits.runs);
  const filter = request.filter ?? '';
  const conditions = parseRunFilter(filter);
  const order = runOrder(request.orderBy ?? []);
  const view = request.viewType ?? 'ACTIVE_ONLY';
  const experimentIds = [...new Set(request.experimentIds.map(experimentIdOf))].sort();
  const digest = queryDigest(['runs', experimentIds, filter, order, view]);
  const after = decodePageToken(request.pageToken, digest, order.map(isTextField));
  return {
    experimentIds,
    query: { conditions, order, view, after, count: Math.min(limit, MOST_ROWS) + 1 },
    digest,
  };
}

/** The page of runs that the request asks for, from indexes that are up to date. */
export async function searchRuns(
  source: SearchSource,
  indexes: IndexCache,
  { experimentIds, query, digest }: ParsedRunSearch,
): Promise<Page<TrackingRun>> {
  const searched: Searched[] = [];
  for (const experimentId of experimentIds) {
    const one = await searchedExperiment(source, indexes, experimentId, query);
    if (one === undefined) continue;
    searched.push(one);
    indexes.shrink(new Set(searched.map(({ index }) => index.experimentId)));
    indexes.requireFitTogether(searched.map(({ index }) => index));
  }
  const found = searched.flatMap((one) => foundRows(one, query));
  if (searched.length > 1) found.sort((a, b) => compareKeys(a.key, b.key, query.order));
  const page = found.slice(0, countThatFits(found, query.count - 1));
  const last = page.at(-1);
  return {
    items: await resolved(source, page),
    nextPageToken:
      last !== undefined && page.length < found.length ? encodePageToken(digest, last.key) : undefined,
  };
}

/** An experiment that does not exist has no runs. */
async function searchedExperiment(
  source: SearchSource,
  indexes: IndexCache,
  experimentId: string,
  query: RunQuery,
): Promise<Searched | undefined> {
  try {
    const experiment = await source.readExperimentLifecycle(experimentId);
    if (isHeadQuery(query) && !indexes.isWarm(experimentId)) {
      const head = await headIndex(source, experimentId, experiment, query);
      if (head !== undefined) {
        indexes.buildAhead(experimentId);
        return { index: head, experiment };
      }
    }
    return { index: await indexes.fresh(experimentId), experiment };
  } catch (error) {
    if (error instanceof DoesNotExistError) return undefined;
    throw error;
  }
}

function foundRows(searched: Searched, query: RunQuery): Found[] {
  const values = query.order.map((field: SortField) => rowValue(searched.index, field));
  return selectRows(searched.index, searched.experiment, query).map((row) => ({
    ...searched,
    row,
    key: values.map((value) => value(row)),
  }));
}

function countThatFits(found: readonly Found[], limit: number): number {
  const most = Math.min(limit, found.length);
  let bytes = 0;
  for (let count = 0; count < most; count += 1) {
    const { index, row } = found[count]!;
    bytes += index.jsonBytes(row);
    if (bytes > PAGE_BYTES && count > 0) return count;
  }
  return most;
}

/** The runs as the API answers them, in the order in which they were found. */
async function resolved(source: SearchSource, page: readonly Found[]): Promise<TrackingRun[]> {
  const byExperiment = new Map<RunIndex, Found[]>();
  for (const one of page) {
    const others = byExperiment.get(one.index);
    if (others === undefined) byExperiment.set(one.index, [one]);
    else others.push(one);
  }
  const runs = new Map<string, TrackingRun>();
  for (const [index, found] of byExperiment) {
    const rows = found.map(({ row }) => index.run(row));
    for (const run of await source.resolveRuns(rows, found[0]!.experiment)) runs.set(run.runId, run);
  }
  return page.flatMap(({ index, row }) => runs.get(index.runId(row)) ?? []);
}
