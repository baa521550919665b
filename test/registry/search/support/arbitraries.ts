import fc from 'fast-check';
import type { SearchableRun } from '../../../../lambdas/registry/tracking/tracking-store';

export const KEYS = ['loss', 'val loss', '__proto__', 'x'];
const TEXTS = ['a', 'b', 'A', '', '%', '_', '\u{1f600}', '\uffef', 'constructor'];

const few = <T>(value: fc.Arbitrary<T>) =>
  fc.uniqueArray(fc.tuple(fc.constantFrom(...KEYS), value), { maxLength: 3, selector: ([key]) => key });
const text = fc.constantFrom(...TEXTS);
const number = fc.constantFrom(0, -1, 1, 2.5, Number.NaN, 1e300);

/** A state of the run with this number; times and values are few, so that many runs tie. */
export const runState = (at: number, experimentId = '1'): fc.Arbitrary<SearchableRun> =>
  fc
    .record({
      start: fc.constantFrom(1, 2, 3),
      end: fc.constantFrom(undefined, 2, 4),
      status: fc.constantFrom('RUNNING' as const, 'FINISHED' as const),
      stage: fc.constantFrom('active' as const, 'active' as const, 'deleted' as const),
      metrics: few(number),
      params: few(text),
      tags: few(text),
      context: fc.constantFrom(undefined, 'train'),
    })
    .map(({ start, end, status, stage, metrics, params, tags, context }) => ({
      runId: `run${at}`,
      runName: `name ${at % 3}`,
      experimentId,
      userId: 'user',
      status,
      startTime: start,
      endTime: end,
      artifactUri: `s3://bucket/${at}`,
      lifecycle: { stage, at: 1 },
      params: new Map(params),
      tags: new Map(tags),
      metrics: new Map(metrics.map(([key, value]) => [key, { value, timestamp: 1, step: 0 }])),
      datasets:
        context === undefined
          ? []
          : [{ name: 'data', digest: 'd', tags: new Map([['mlflow.data.context', context]]) }],
      modelInputs: [],
      modelOutputs: [{ modelId: 'm-1', step: 0 }],
    }));

/** Some runs of an experiment. */
export const runs = (most: number): fc.Arbitrary<SearchableRun[]> =>
  fc
    .integer({ min: 0, max: most })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => runState(at))));

const key = fc.constantFrom(...KEYS).map((name) => `\`${name}\``);
const literal = text.map((value) => `'${value}'`);
const textOperator = fc.constantFrom('=', '!=', 'LIKE', 'ILIKE');
const clause = fc.oneof(
  fc
    .tuple(key, fc.constantFrom('=', '!=', '<', '<=', '>', '>='), fc.constantFrom('0', '-1', '2.5'))
    .map(([name, operator, value]) => `metrics.${name} ${operator} ${value}`),
  fc
    .tuple(fc.constantFrom('params', 'tags'), key, textOperator, literal)
    .map(([type, name, operator, value]) => `${type}.${name} ${operator} ${value}`),
  fc.tuple(key, fc.constantFrom('IS NULL', 'IS NOT NULL')).map(([name, is]) => `tags.${name} ${is}`),
  fc.constantFrom("status = 'RUNNING'", 'start_time >= 2', 'end_time != 2', "dataset.context = 'train'"),
);

export const filter = fc.array(clause, { maxLength: 2 }).map((clauses) => clauses.join(' AND '));

const direction = fc.constantFrom('', ' ASC', ' DESC');
export const orderBy = fc.uniqueArray(
  fc.oneof(
    fc.tuple(fc.constantFrom('metrics', 'params', 'tags'), key).map(([type, name]) => `${type}.${name}`),
    fc.constantFrom('start_time', 'end_time', 'status', 'run_id', 'run_name'),
  ),
  { maxLength: 2 },
);
export const ordered = fc
  .tuple(orderBy, fc.array(direction, { minLength: 2, maxLength: 2 }))
  .map(([fields, directions]) => fields.map((field, at) => `${field}${directions[at]}`));
