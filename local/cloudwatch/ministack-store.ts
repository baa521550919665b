import { z } from 'zod';
import type { AlarmReader } from '../runtime/services';
import type { AlarmStore, DatapointQuery, RawDatapoint } from './alarm';
import { parseAlarm } from './describe-alarm';
import type { MetricMemory } from './metric-memory';

/** Calls an internal endpoint of local/ministack/README.md: GET without a body, POST with one; undefined for 404. */
export type MiniStackCall = <T>(path: string, body?: object) => Promise<T | undefined>;

const alarmsAnswer = z.object({ alarms: z.array(z.unknown()) });

const queryAnswer = z.object({
  results: z.array(
    z.array(
      z.object({
        timestamp: z.number(),
        value: z.number(),
        count: z.number(),
        unit: z.string(),
        statistics: z
          .object({
            SampleCount: z.coerce.number(),
            Sum: z.coerce.number(),
            Minimum: z.coerce.number(),
            Maximum: z.coerce.number(),
          })
          .optional(),
      }),
    ),
  ),
});

/**
 * Alarms and metrics as MiniStack keeps them. Namespaces that our own services write to are read from the memory: it
 * has their data points first, and reading them costs no request.
 */
export function miniStackAlarmStore(call: MiniStackCall, memory: MetricMemory): AlarmStore {
  const ask = async (queries: readonly DatapointQuery[]): Promise<RawDatapoint[][]> => {
    const body = {
      queries: queries.map(({ metric, from, to }) => ({ ...metric, from: from.getTime(), to: to.getTime() })),
    };
    const { account, region } = queries[0]!;
    const answer = queryAnswer.parse(await call('metrics/query', { account, region, ...body }));
    return answer.results.map((points) => points.map(toRawDatapoint));
  };
  return {
    alarms: async () => alarmsAnswer.parse(await call('alarms')).alarms.map(parseAlarm),
    datapoints: async (queries) => {
      const answers = new Map<DatapointQuery, RawDatapoint[]>();
      const asked = queries.filter(({ metric }) => !memory.knows(metric.namespace));
      for (const group of byPlace(asked)) {
        const results = await ask(group);
        for (const [index, query] of group.entries()) {
          answers.set(query, results[index] ?? []);
        }
      }
      return queries.map((query) => answers.get(query) ?? memory.query(query.metric, query.from, query.to));
    },
    setState: async ({ account, region, name }, { value, reason, reasonData }) => {
      const answer = await call('alarms/state', { account, region, name, state: value, reason, reasonData });
      if (answer === undefined) {
        throw new Error(`Alarm ${name} is gone; its state could not be set to ${value}`);
      }
    },
  };
}

/** Reads the states of alarms by name, for SageMaker's deployment guardrails. */
export function storedAlarmReader(store: Pick<AlarmStore, 'alarms'>): AlarmReader {
  return {
    states: async (names) => {
      const wanted = new Set(names);
      const states = (await store.alarms()).map(
        (alarm) => [('definition' in alarm ? alarm.definition : alarm.id).name, alarm.state.value] as const,
      );
      return new Map(states.filter(([name]) => wanted.has(name)));
    },
  };
}

function toRawDatapoint(point: z.infer<typeof queryAnswer>['results'][number][number]): RawDatapoint {
  const { timestamp, value, count, unit, statistics } = point;
  const common = { timestamp: new Date(timestamp), unit };
  return statistics === undefined
    ? { ...common, value, count }
    : {
        ...common,
        statistics: {
          sampleCount: statistics.SampleCount,
          sum: statistics.Sum,
          minimum: statistics.Minimum,
          maximum: statistics.Maximum,
        },
      };
}

/** Queries of one account and region go in one request. */
function byPlace(queries: readonly DatapointQuery[]): DatapointQuery[][] {
  const groups = new Map<string, DatapointQuery[]>();
  for (const query of queries) {
    const key = `${query.account}/${query.region}`;
    groups.set(key, [...(groups.get(key) ?? []), query]);
  }
  return [...groups.values()];
}
