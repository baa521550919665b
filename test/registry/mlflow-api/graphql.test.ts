import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../../lambdas/registry/mlflow-api/graphql/parse';
import { project } from '../../../lambdas/registry/mlflow-api/graphql/project';

const parse = (query: string, variables: Record<string, unknown> = {}) =>
  parseQuery(query, new Map(Object.entries(variables)));
const select = (value: object, query: string) =>
  project(value as Record<string, unknown>, parse(query), 'MlflowRun');

describe('a GraphQL query', () => {
  it('of the UI is read with its variables, directives and comments', () => {
    const query = `query GetRun($data: MlflowGetRunInput!) @component(name: "MLflow.ExperimentRunTracking") {
      # the run
      mlflowGetRun(input: $data, list: [1, {a: "b"}, null, NAME]) { apiError { code, message } r: run { __typename } }
    }`;
    const [field] = parse(query, { data: { runId: 'r' } });
    expect(field).toMatchObject({ name: 'mlflowGetRun', alias: 'mlflowGetRun' });
    expect(field!.arguments.get('input')).toEqual({ runId: 'r' });
    expect(field!.arguments.get('list')).toEqual([1, { a: 'b' }, null, 'NAME']);
    expect(field!.selections.map(({ alias, name }) => [alias, name])).toEqual([
      ['apiError', 'apiError'],
      ['r', 'run'],
    ]);
  });

  it.each([
    ['mutation { a }', 'Only queries are served'],
    ['query { a } fragment F on T { b }', 'no fragments'],
    ['{ ...F }', 'expected a name'],
    ['{ a(b: ) }', 'expected a value'],
    ['{ a { } }', 'a selection is empty'],
    ['{ a', 'the end'],
    ['{ a ^ }', 'cannot read the query'],
    ['', 'expected'],
  ])('%j is refused', (query, words) => {
    expect(() => parse(query)).toThrow(words);
  });

  it('may nest ten levels, select 1000 fields, and have ten aliases and ten root fields', () => {
    const nested = (depth: number) => `{ ${'a { '.repeat(depth - 1)} b ${'} '.repeat(depth - 1)} }`;
    expect(() => parse(nested(10))).not.toThrow();
    expect(() => parse(nested(11))).toThrow('maximum depth of 10');
    expect(() => parse(`{ a { ${'b '.repeat(1000)} } }`)).toThrow('maximum total selections of 1000');
    const aliased = (count: number) => Array.from({ length: count }, (_, i) => `x${i}: b`).join(' ');
    expect(() => parse(`{ a { ${aliased(11)} } }`)).toThrow('at most 10 aliases');
    expect(() => parse(`{ ${'b '.repeat(11)} }`)).toThrow('at most 10 root fields');
    expect(() => parse(`{ a(b: ${'['.repeat(50)}${']'.repeat(50)}) }`)).toThrow('depth');
    expect(() => parse(`{ ${'a '.repeat(6000)} }`)).toThrow('5000 tokens');
    expect(() => parse(`{ a } #${'#'.repeat(100_000)}`)).toThrow('may have 100000');
  });

  it.each([
    ['signs of comments', '#'.repeat(29)],
    ['comments', '#a\n'.repeat(30_000)],
    ['signs in one comment', '#'.repeat(90_000)],
    ['blanks', ' ,\n\ufeff'.repeat(20_000)],
  ])('is read in time when many %s stand before, between and after its tokens', (_, ignored) => {
    const before = performance.now();
    expect(parse(`${ignored}\n{ a }`)).toHaveLength(1);
    expect(parse(`{ a ${ignored}\n}`)).toHaveLength(1);
    expect(parse(`{ a } ${ignored}`)).toHaveLength(1);
    expect(() => parse(`${ignored}\n^`)).toThrow('cannot read');
    expect(performance.now() - before).toBeLessThan(1000);
  });
});

describe('what is selected of a reply', () => {
  it('has names in camelCase, 64-bit integers as texts and NaN as null', () => {
    const run = {
      info: { run_uuid: 'r', start_time: 5 },
      data: { metrics: [{ key: 'm', value: 'NaN', step: -1 }] },
    };
    expect(
      select(run, '{ info { runUuid start: startTime endTime } data { metrics { key value step } } }'),
    ).toEqual({
      info: { runUuid: 'r', start: '5', endTime: null },
      data: { metrics: [{ key: 'm', value: null, step: '-1' }] },
    });
  });

  it('has empty lists and messages for what is absent', () => {
    expect(select({}, '{ data { tags { key } } outputs { modelOutputs { modelId } } }')).toEqual({
      data: { tags: [] },
      outputs: { modelOutputs: [] },
    });
  });

  it('keeps a tag with the value NaN, and names types when asked', () => {
    const run = { data: { tags: [{ key: 'k', value: 'text' }] } };
    expect(select(run, '{ __typename data { __typename tags { __typename value } } }')).toEqual({
      __typename: 'MlflowRun',
      data: { __typename: 'MlflowData', tags: [{ __typename: 'MlflowTag', value: 'text' }] },
    });
  });

  it('needs a selection of every object', () => {
    expect(() => select({ info: { run_id: 'r' } }, '{ info }')).toThrow('must have a selection of subfields');
  });
});
