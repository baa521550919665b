import { runStage } from '../../tracking/lifecycle';
import type { Lifecycle, SearchableRun, SearchSource } from '../../tracking/tracking-store';
import { isInView } from '../experiments';
import { compareText } from '../filter/tests';
import { isNaturalTail } from './comparators';
import { RunIndex } from './run-index';
import type { RunQuery } from './select';

/** An experiment whose shards all end within so many runs is read whole. */
const SMALL_SHARD = 50;
/** Reads this many times the runs asked for at most, where many are not in view. */
const PATIENCE = 4;

type HeadSource = Pick<SearchSource, 'shards' | 'readShardInOrder'>;

/** Whether the first runs in the order of the table are the answer. */
export const isHeadQuery = ({ order, conditions }: RunQuery): boolean =>
  conditions.length === 0 && order.length === 2 && isNaturalTail(order);

interface Shard {
  readonly number: number;
  runs: SearchableRun[];
  /** Whether the table has no more runs of it. */
  ended: boolean;
}

/**
 * The first runs of an experiment in view, in the natural order, by merging its shards as they are read: an index of
 * only them. Undefined when reading the whole experiment is as good: it is small, or few of its runs are in view.
 */
export async function headIndex(
  source: HeadSource,
  experimentId: string,
  experiment: Lifecycle,
  query: RunQuery,
): Promise<RunIndex | undefined> {
  const batch = Math.max(SMALL_SHARD, Math.ceil((1.25 * query.count) / source.shards));
  const [startTime, runId] = query.after ?? [];
  const after = typeof startTime === 'number' && typeof runId === 'string' ? { startTime, runId } : undefined;
  const read = async (shard: Shard, from: typeof after): Promise<void> => {
    shard.runs = await source.readShardInOrder(experimentId, shard.number, batch, from);
    shard.ended = shard.runs.length < batch;
  };
  const shards = Array.from(
    { length: source.shards },
    (_, number): Shard => ({
      number,
      runs: [],
      ended: false,
    }),
  );
  await Promise.all(shards.map((shard) => read(shard, after)));
  if (after === undefined && shards.every((shard) => shard.ended)) return undefined;
  const index = new RunIndex(experimentId);
  for (let taken = 0; index.count < query.count; taken += 1) {
    const shard = firstOf(shards);
    if (shard === undefined) break;
    if (taken > PATIENCE * (query.count + batch * source.shards)) return undefined;
    const run = shard.runs.shift()!;
    if (isInView(runStage(run.lifecycle, experiment), query.view)) index.put(run);
    if (shard.runs.length === 0 && !shard.ended) await read(shard, run);
  }
  return index;
}

/** The shard whose next run is the first of all. */
function firstOf(shards: readonly Shard[]): Shard | undefined {
  let first: Shard | undefined;
  for (const shard of shards) {
    if (shard.runs.length === 0) continue;
    if (first === undefined || compareRuns(shard.runs[0]!, first.runs[0]!) < 0) first = shard;
  }
  return first;
}

const compareRuns = (a: SearchableRun, b: SearchableRun): number =>
  b.startTime - a.startTime || compareText(a.runId, b.runId);
