import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../store/table';
import type { TrackingContext } from './context';
import { getDatasets, searchDatasets } from './datasets';
import { readExperimentItem } from './experiments';
import { runSk, SHARDS, shardPk } from './keys';
import { listLoggedModels } from './logged-models';
import { resolveRuns } from './resolve-runs';
import { readRunItems } from './run-records';
import { readSearchableRuns } from './runs';
import type { SearchableRun, SearchSource } from './tracking-store';

export function searchSource(context: TrackingContext): SearchSource {
  return {
    readRunChanges: (experimentId, since) => context.changes.read(experimentId, since),
    scanRuns: (experimentId) => scanRuns(context, experimentId),
    shards: SHARDS,
    readShardInOrder: (experimentId, shard, limit, after) =>
      readShardInOrder(context, shardPk(experimentId, shard), limit, after),
    readSearchableRuns: (experimentId, runIds) => readSearchableRuns(context, experimentId, runIds),
    readExperimentLifecycle: async (experimentId) =>
      (await readExperimentItem(context, experimentId)).lifecycle,
    resolveRuns: (runs, experiment) => resolveRuns(context, runs, experiment),
    getDatasets: (experimentId, references) => getDatasets(context, experimentId, references),
    searchDatasets: (experimentIds) => searchDatasets(context, experimentIds),
    listLoggedModels: (experimentId) => listLoggedModels(context, experimentId),
  };
}

/** Pages of all shards as they arrive: each shard has one read under way. */
async function* scanRuns(
  context: TrackingContext,
  experimentId: string,
): AsyncGenerator<readonly SearchableRun[]> {
  const shards = Array.from({ length: SHARDS }, (_, shard) =>
    scanShard(context, shardPk(experimentId, shard)),
  );
  type Arrival = {
    readonly shard: AsyncGenerator<SearchableRun[]>;
    readonly page: IteratorResult<SearchableRun[]>;
  };
  const next = async (shard: AsyncGenerator<SearchableRun[]>): Promise<Arrival> => ({
    shard,
    page: await shard.next(),
  });
  const underWay = new Map(shards.map((shard) => [shard, next(shard)]));
  while (underWay.size > 0) {
    const { shard, page } = await Promise.race(underWay.values());
    if (page.done === true) {
      underWay.delete(shard);
      continue;
    }
    underWay.set(shard, next(shard));
    yield page.value;
  }
}

async function readShardInOrder(
  context: TrackingContext,
  pk: string,
  limit: number,
  after: Pick<SearchableRun, 'startTime' | 'runId'> | undefined,
): Promise<SearchableRun[]> {
  const runs: SearchableRun[] = [];
  // Every key of a run sorts before this one, and every key of the next run after it.
  const start = after === undefined ? undefined : `${runSk(after.startTime, after.runId)}#~`;
  for await (const page of scanShard(context, pk, start, limit * ITEMS_OF_RUN + 1)) {
    runs.push(...page);
    if (runs.length >= limit) return runs.slice(0, limit);
  }
  return runs;
}

/** A run has a document and mostly latest metrics. */
const ITEMS_OF_RUN = 2;

async function* scanShard(
  { table }: TrackingContext,
  pk: string,
  startAfter?: string,
  limit?: number,
): AsyncGenerator<SearchableRun[]> {
  let start: Record<string, unknown> | undefined =
    startAfter === undefined ? undefined : { PK: pk, SK: startAfter };
  let open: Item[] = [];
  do {
    const answer = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'PK = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ConsistentRead: true,
        ExclusiveStartKey: start,
        Limit: limit,
      }),
    );
    const items = [...open, ...(answer.Items ?? [])];
    start = answer.LastEvaluatedKey;
    // The last run of a page may go on in the next one.
    const last = items.findLastIndex(({ entity }) => entity === 'tracking-run');
    const whole = start === undefined ? items.length : Math.max(0, last);
    open = items.slice(whole);
    const runs = readRunItems(items.slice(0, whole));
    if (runs.length > 0) yield runs;
  } while (start !== undefined);
}
