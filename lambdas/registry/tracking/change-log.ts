import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { TTL_ATTRIBUTE } from '../../../lib/registry/contract';
import type { Clock } from '../../shared/clock';
import type { RegistryTable } from '../store/table';
import { changesPk } from './keys';
import type { RunChanges } from './tracking-store';

/** Tells readers which runs to read again. */
export interface ChangeLog {
  /** Writes to a run, such that later reads of the changes name it. */
  writing<T>(experimentId: string, runId: string, write: () => Promise<T>): Promise<T>;
  read(experimentId: string, since: string | undefined): Promise<RunChanges>;
}

const MINUTE = 60_000;
/** How far a reader looks back before its mark. */
export const MARGIN_MILLISECONDS = 2 * MINUTE;
const KEPT_SECONDS = 2 * 24 * 3600;
/** Older marks are answered with `everything`: well before entries expire. */
const OLDEST_MARK_MILLISECONDS = 24 * 3600 * 1000;
const REMEMBERED = 50_000;

/**
 * The change log on the table: before a run is written to, an entry says that it is being written to in this minute.
 *
 * A reader that began a look at time r (by its clock) and asks again later reads all runs with entries of minutes
 * from r - 2 minutes on. It misses no write that ended before it asks. Say a write ended at c and was not seen by
 * the look at r. Were its entry there and its data not when the look read them, then c > r; the entry carries the
 * minute in which the write began by the writer's clock, and a write lasts no longer than the API's limit of 30
 * seconds, so the entry's minute is not before that of c - 30 s - skew, thus of r - 30 s - skew: within the margin
 * as long as the clocks of writer and reader differ by less than 90 seconds (AWS keeps those of Lambda within
 * milliseconds). Entries are strongly consistent reads, and they are written before the data: a writer that dies in
 * between leaves an entry for nothing, which costs one read too many.
 *
 * A process writes an entry once for each run and minute. Writes that go on for longer than 30 seconds are refused
 * by the API's limit before they are answered; the store awaits all it began before it answers, so that none is
 * left for a process that is frozen and thawed.
 */
export function tableChangeLog(table: RegistryTable, clock: Clock): ChangeLog {
  let minute = -1;
  const noted = new Set<string>();
  const note = async (experimentId: string, runId: string): Promise<void> => {
    const now = clock.now().getTime();
    const current = Math.floor(now / MINUTE);
    if (current !== minute || noted.size > REMEMBERED) noted.clear();
    minute = current;
    if (noted.has(runId)) return;
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: {
          PK: changesPk(experimentId),
          SK: `${minuteText(now)}#${runId}`,
          entity: 'run-change',
          [TTL_ATTRIBUTE]: Math.floor(now / 1000) + KEPT_SECONDS,
        },
      }),
    );
    if (current === minute) noted.add(runId);
  };
  return {
    writing: async (experimentId, runId, write) => {
      await note(experimentId, runId);
      return write();
    },
    read: async (experimentId, since) => {
      const mark = clock.now().getTime();
      const seen = Number(since ?? Number.NaN);
      if (!(mark - seen < OLDEST_MARK_MILLISECONDS)) return { runs: 'everything', mark: String(mark) };
      const runs = await changedSince(table, experimentId, minuteText(seen - MARGIN_MILLISECONDS));
      return { runs, mark: String(mark) };
    },
  };
}

/** Minutes sort as their texts do. */
const minuteText = (milliseconds: number): string =>
  String(Math.max(0, Math.floor(milliseconds / MINUTE))).padStart(10, '0');

async function changedSince(table: RegistryTable, experimentId: string, minute: string): Promise<string[]> {
  const runs = new Set<string>();
  let start: Record<string, unknown> | undefined;
  do {
    const page = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'PK = :pk AND SK >= :from',
        ExpressionAttributeValues: { ':pk': changesPk(experimentId), ':from': minute },
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
    );
    for (const item of page.Items ?? []) runs.add(String(item.SK).slice(minute.length + 1));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return [...runs];
}

/** A process keeps the last 100,000 to 200,000 writes of an experiment in mind. */
const KEPT_WRITES = 200_000;

interface WritesOfExperiment {
  /** Marks up to here are too old to be answered from what is kept. */
  floor: number;
  readonly entries: { runId: string; at: number }[];
}

/**
 * The change log of a table that only this process writes to: counts writes in memory and names each run once they
 * are done, before they are answered. Exact, and nothing is stored.
 */
export function processChangeLog(epoch: string): ChangeLog {
  let count = 0;
  const experiments = new Map<string, WritesOfExperiment>();
  const note = (experimentId: string, runId: string): void => {
    count += 1;
    let writes = experiments.get(experimentId);
    if (writes === undefined) {
      writes = { floor: 0, entries: [] };
      experiments.set(experimentId, writes);
    }
    const last = writes.entries.at(-1);
    if (last?.runId === runId) last.at = count;
    else writes.entries.push({ runId, at: count });
    if (writes.entries.length > KEPT_WRITES) {
      writes.floor = writes.entries.splice(0, KEPT_WRITES / 2).at(-1)!.at;
    }
  };
  return {
    writing: async (experimentId, runId, write) => {
      try {
        return await write();
      } finally {
        note(experimentId, runId);
      }
    },
    read: async (experimentId, since) => {
      const mark = `${epoch}:${count}`;
      const writes = experiments.get(experimentId) ?? { floor: 0, entries: [] };
      const seen = since?.startsWith(`${epoch}:`) === true ? Number(since.slice(epoch.length + 1)) : -1;
      if (!(seen >= writes.floor)) return { runs: 'everything', mark };
      const runs = new Set<string>();
      for (let at = writes.entries.length - 1; at >= 0 && writes.entries[at]!.at > seen; at -= 1) {
        runs.add(writes.entries[at]!.runId);
      }
      return { runs: [...runs], mark };
    },
  };
}
