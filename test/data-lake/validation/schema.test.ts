import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareHeader } from '../../../lambdas/data-lake/validation/header';
import { learnSchema, versionColumns } from '../../../lambdas/data-lake/validation/learn-schema';
import { isError } from '../../../lambdas/data-lake/validation/problem';
import { decodeSchema, schemaDigest } from '../../../lambdas/data-lake/validation/schema-file';
import { inspect, problemsOf } from '../formats/read';

const inspectAll = (files: string[]) => Promise.all(files.map((text) => inspect(text)));
const learn = async (...files: string[]) => learnSchema('flights', await inspectAll(files));

describe('a schema is learnt', () => {
  test('with the narrowest type that holds all values, their range and their categories', async () => {
    const csv = 'carrier,delay,distance,late,note\nUA,2.5,1400,true,\nAA,-1,229,false,\n';
    expect(await learn(csv)).toEqual({
      dataset: 'flights',
      columns: [
        { name: 'carrier', type: 'string', nullable: false, categories: ['AA', 'UA'] },
        { name: 'delay', type: 'number', nullable: false, min: -1, max: 2.5 },
        { name: 'distance', type: 'integer', nullable: false, min: 229, max: 1400 },
        { name: 'late', type: 'boolean', nullable: false },
        { name: 'note', type: 'string', nullable: true },
      ],
    });
  });

  test('from all sound files together', async () => {
    const schema = await learn('n,c\n1,x\n', 'c,n\ny,2.5\n', 'n,c\n,z\n', 'n,c\n"broken');
    expect(schema?.columns).toEqual([
      { name: 'n', type: 'number', nullable: true, min: 1, max: 2.5 },
      { name: 'c', type: 'string', nullable: false, categories: ['x', 'y', 'z'] },
    ]);
  });

  test('from the header that most files share', async () => {
    const schema = await learn('readme\nhello\n', 'a,b\n1,2\n', 'a,b\n3,4\n');
    expect(schema?.columns.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('from no file when none is sound', async () => {
    expect(await learn('a,b\n', '')).toBeUndefined();
  });

  test('so that whatever it was learnt from passes it', async () => {
    const value = fc.oneof(
      fc.constantFrom('', 'NA', 'true', 'FALSE', 'x', '1', '2.0', '-3.5e2'),
      fc.integer().map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    );
    const table = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.array(table, { minLength: 1, maxLength: 3 }), async (tables) => {
        const files = tables.map((rows) => `a,b\n${rows.map((row) => row.join(',')).join('\n')}\n`);
        const schema = await learn(...files);
        for (const file of files) {
          const problems = await problemsOf(file, { schema });
          expect(problems.filter(({ check }) => check !== 'duplicate-rows')).toEqual([]);
        }
      }),
    );
  });

  test('with a doubt when a column is text because of a few values', async () => {
    const rows = Array.from({ length: 99 }, (_, index) => String(index));
    expect(await problemsOf(`n\n${[...rows, 'oops'].join('\n')}\n`)).toMatchObject([
      { check: 'mostly-numeric', severity: 'warning', examples: [{ row: 101, value: 'oops' }] },
    ]);
  });
});

describe('a header against the schema', () => {
  const columns = ['a', 'b', 'c'].map((name) => ({ name, type: 'string' as const, nullable: false }));

  test.each([
    [['a', 'b', 'c'], []],
    [['a', 'c'], [['missing-column', true, 'the header lacks "b"']]],
    [['a', 'b', 'c', 'd'], [['extra-column', true, 'the header has "d", which the schema does not know']]],
    [
      ['a', 'b', 'C'],
      [
        ['missing-column', true, 'the header lacks "c"'],
        ['extra-column', true, 'the header has "C", which the schema does not know'],
      ],
    ],
    [['b', 'a', 'c'], [['column-order', false, 'the columns stand in another order than in the schema']]],
  ])('%j', (header, expected) => {
    const found = compareHeader(header, columns);
    expect(found.map((problem) => [problem.check, isError(problem), problem.message])).toEqual(expected);
  });
});

describe('a schema that a person edited', () => {
  test('is refused with its place and the field that is wrong', () => {
    const text = '{"dataset":"flights","columns":[{"name":"a","type":"float","nullable":true}]}';
    expect(() => decodeSchema(text, 's3://lake/schemas/flights.json')).toThrow(
      /s3:\/\/lake\/schemas\/flights\.json is not valid[\s\S]*columns\[0\]\.type/,
    );
  });

  test('is refused when it is not JSON', () => {
    expect(() => decodeSchema('{', 's3://x')).toThrow('The schema s3://x is not JSON');
  });

  test('has another digest, but not for its spelling', () => {
    const column = { name: 'a', type: 'integer', nullable: true } as const;
    const digest = schemaDigest({ dataset: 'd', columns: [column] });
    expect(schemaDigest({ columns: [{ nullable: true, type: 'integer', name: 'a' }], dataset: 'd' })).toBe(
      digest,
    );
    expect(schemaDigest({ dataset: 'd', columns: [{ ...column, nullable: false }] })).not.toBe(digest);
    expect(schemaDigest(undefined)).toBe('none');
  });
});

describe('a table of more columns than the record of a version can hold', () => {
  const wide = (columns: number) => {
    const names = Array.from({ length: columns }, (_, i) => `c${i}`);
    return `${names.join(',')}\n${names.map(() => 1).join(',')}\n`;
  };

  test('is kept out with their number and what to do, whatever the schema says', async () => {
    const [problem, ...others] = await problemsOf(wide(10_000));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ check: 'too-many-columns', severity: 'error', count: 10_000 });
    expect(problem!.message).toMatch(/^has 10000 columns, .* drop a table of fewer columns/);
    const schema = { dataset: 'd', columns: [], checks: { 'too-many-columns': 'off' as const } };
    expect(await problemsOf(wide(10_000), { schema })).toEqual([problem]);
    expect(await problemsOf(wide(4500))).toEqual([]);
  });

  test('teaches no schema, and the version that tells of it has none of its columns', async () => {
    expect(await learn(wide(10_000))).toBeUndefined();
    expect((await learn(wide(10_000), wide(2)))?.columns.map(({ name }) => name)).toEqual(['c0', 'c1']);
    const columns = Array.from({ length: 10_000 }, (_, i) => ({
      ...{ name: `c${i}`, type: 'integer' as const, nullable: false },
    }));
    expect(versionColumns({ dataset: 'd', columns }, [], [])).toEqual([]);
  });
});

describe('the columns of a version', () => {
  const schema = {
    dataset: 'd',
    columns: [
      { name: 'n', type: 'integer' as const, nullable: false },
      { name: 'm', type: 'integer' as const, nullable: false },
    ],
  };

  test('are the schema, widened by what the new files bring', async () => {
    const fresh = await inspectAll(['n,m\n1.5,1\n', 'n,m\n2,\n']);
    expect(versionColumns(schema, [], fresh)).toEqual([
      { name: 'n', type: 'number', nullable: false },
      { name: 'm', type: 'integer', nullable: true },
    ]);
  });

  test('stay as wide as their parent', () => {
    const parent = [{ name: 'n', type: 'number' as const, nullable: true }];
    expect(versionColumns(schema, parent, [])[0]).toEqual({ name: 'n', type: 'number', nullable: true });
  });
});
