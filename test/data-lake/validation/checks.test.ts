import { describe, expect, test } from 'vitest';
import { checkDrop } from '../../../lambdas/data-lake/validation/check-drop';
import { checkFile } from '../../../lambdas/data-lake/validation/check-file';
import { learnSchema } from '../../../lambdas/data-lake/validation/learn-schema';
import { mergeProfiles } from '../../../lambdas/data-lake/validation/merge-profiles';
import type { Problem } from '../../../lambdas/data-lake/validation/problem';
import type { Schema, SchemaColumn } from '../../../lambdas/data-lake/validation/schema';
import { decodeSchema, encodeSchema } from '../../../lambdas/data-lake/validation/schema-file';
import { checksOf, inspect, problemsOf } from '../formats/read';

const column = (name: string, more: Partial<SchemaColumn> = {}): SchemaColumn => ({
  ...{ name, type: 'integer', nullable: false },
  ...more,
});
const schemaOf = (columns: SchemaColumn[], more: Partial<Schema> = {}): Schema => ({
  dataset: 'd',
  columns,
  ...more,
});
const table = (rows: number, row: (i: number) => readonly unknown[], header: string): string =>
  `${header}\n${Array.from({ length: rows }, (_, i) => row(i).join(',')).join('\n')}\n`;
const brief = (problems: readonly Problem[]) =>
  problems.map(({ check, severity, column: of }) => [check, severity, of]);
const noise = (i: number): number => ((i * 7919 + 13) % 10_007) / 10_007;

describe('a file against an edited schema', () => {
  test('may have a share of missing values, and no more', async () => {
    const rows = table(10, (i) => [i < 3 ? '' : i, i], 'a,b');
    const schema = (maxMissing: number) =>
      schemaOf([column('a', { nullable: true, maxMissing }), column('b')]);
    expect(await checksOf(rows, { schema: schema(0.3) })).toEqual([]);
    expect(await problemsOf(rows, { schema: schema(0.29) })).toMatchObject([
      {
        check: 'max-missing',
        severity: 'error',
        column: 'a',
        count: 3,
        examples: [{ row: 2 }, { row: 3 }, { row: 4 }],
      },
    ]);
  });

  test('tells values of a unique column that occur again, and where', async () => {
    const rows = table(500, (i) => [i === 400 ? 17 : i, i], 'id,n');
    const schema = schemaOf([column('id', { unique: true }), column('n')]);
    expect(await problemsOf(rows, { schema })).toMatchObject([
      {
        check: 'not-unique',
        severity: 'warning',
        column: 'id',
        count: 1,
        examples: [{ row: 402, value: 'as in row 19' }],
      },
    ]);
  });

  test('has no two rows of one key', async () => {
    const rows = table(300, (i) => [i % 150, i < 290 ? Math.floor(i / 150) : 0, i], 'day,flight,n');
    const schema = schemaOf([column('day'), column('flight'), column('n')], { key: ['day', 'flight'] });
    expect(await problemsOf(rows, { schema })).toMatchObject([
      {
        check: 'duplicate-key',
        severity: 'error',
        count: 10,
        examples: [{ row: 292, value: 'as in row 142' }, {}, {}, {}, {}],
      },
    ]);
    expect(
      await checksOf(
        table(300, (i) => [i % 150, Math.floor(i / 150), i], 'day,flight,n'),
        { schema },
      ),
    ).toEqual([]);
  });

  test('has days where days are expected', async () => {
    const schema = schemaOf([column('d', { type: 'string', format: 'date' })]);
    expect(await checksOf('d\n2013-01-31\n2013-02-01\n', { schema })).toEqual([]);
    expect(await checksOf('d\n2013-01-31\n31.01.2013\n', { schema })).toEqual(['format']);
  });

  test('is judged by the severities of the schema, a column before the whole', async () => {
    const rows = 'a,b\nx,y\n';
    const columns = [column('a', { checks: { type: 'warning' } }), column('b')];
    expect(brief(await problemsOf(rows, { schema: schemaOf(columns) }))).toEqual([
      ['type', 'warning', 'a'],
      ['type', 'error', 'b'],
    ]);
    expect(brief(await problemsOf(rows, { schema: schemaOf(columns, { checks: { type: 'off' } }) }))).toEqual(
      [['type', 'warning', 'a']],
    );
  });

  test('has the same problems when it was read under no schema, but for their examples', async () => {
    const rows = 'a,b,c\n1.5,x,UA\n900,,B6\n';
    const schema = schemaOf([
      ...[column('a', { min: 0, max: 5 }), column('b')],
      column('c', { type: 'string', categories: ['UA'] }),
    ]);
    const inspection = await inspect(rows);
    const late = checkFile(inspection, schema).map(({ check }) => check);
    expect(late).toEqual(await checksOf(rows, { schema }));
    expect(late).toEqual(['not-integer', 'out-of-range', 'type', 'missing-values', 'new-category']);
  });
});

describe('a column that tells the target', () => {
  const rows = (feature: (i: number, late: number) => unknown) =>
    table(
      2000,
      (i) => {
        const late = noise(i) > 0.8 ? 1 : 0;
        return [feature(i, late), i, late];
      },
      'f,id,late',
    );
  const leaks = async (content: string) =>
    (await problemsOf(content, { target: 'late' })).filter(({ check }) => check === 'target-leakage');

  test.each<[string, (i: number, late: number) => unknown]>([
    ['is a copy', (_, late) => late],
    ['is a code of it', (_, late) => (late === 1 ? 'yes' : 'no')],
    ['orders it', (i, late) => late * 100 + noise(i * 3) * 50],
    ['has a value only for one class', (i, late) => (late === 1 ? noise(i) : '')],
  ])('is told when it %s', async (_, feature) => {
    expect(await leaks(rows(feature))).toMatchObject([{ column: 'f', severity: 'warning' }]);
  });

  test.each<[string, (i: number, late: number) => unknown]>([
    ['is noise', (i) => noise(i * 11)],
    ['is an identifier', (i) => `id-${i}`],
    ['is right four times of five', (i, late) => (i % 5 === 0 ? 1 - late : late)],
  ])('is not told when it %s', async (_, feature) => {
    expect(await leaks(rows(feature))).toEqual([]);
  });

  test('is told of a target that is a quantity, too', async () => {
    const content = table(2000, (i) => [noise(i) ** 3, noise(i * 5), noise(i)], 'cube,other,late');
    expect(await leaks(content)).toMatchObject([{ column: 'cube' }]);
  });
});

describe('a schema is learnt', () => {
  test('with its target, unique columns and days, and survives being written and read', async () => {
    const content = table(
      200,
      (i) => [`id-${i}`, i % 7, `2013-01-${10 + (i % 20)}`, noise(i) > 0.5 ? 1 : 0],
      'id,weekday,day,late',
    );
    const schema = learnSchema('flights', [await inspect(content)], { target: 'late' });
    expect(schema).toMatchObject({
      target: 'late',
      columns: [
        { name: 'id', unique: true },
        { name: 'weekday', min: 0, max: 6 },
        { format: 'date' },
        { name: 'late' },
      ],
    });
    expect(schema?.columns[0]?.categories).toBeUndefined();
    expect(schema?.columns.map(({ unique }) => unique)).toEqual([true, undefined, undefined, undefined]);
    expect(decodeSchema(encodeSchema(schema!), 'file')).toEqual(schema);
    expect(await checksOf(content, { schema })).toEqual([]);
  });

  test('not from files of which most are no tables', async () => {
    const images = await Promise.all(['a.png', 'b.png'].map((key) => inspect('\u{89}PNG', { key })));
    const labels = await inspect('file,label\na.png,1\nb.png,2\n');
    expect(learnSchema('images', [...images, labels])).toBeUndefined();
    expect(learnSchema('tables', [images[0]!, labels, labels])).toBeDefined();
  });

  test.each([
    [
      '{"dataset":"d","columns":[{"name":"a","type":"integer","nullable":true}],"checks":{"typo":"off"}}',
      /checks/,
    ],
    ['{"dataset":"d","columns":[{"name":"a","type":"integer","nullable":true}],"target":"b"}', /target/],
    ['{"dataset":"d","columns":[{"name":"a","type":"integer","nullable":true}],"key":["b"]}', /key/],
    [
      '{"dataset":"d","columns":[{"name":"a","type":"integer","nullable":true,"maxMissing":3}]}',
      /maxMissing/,
    ],
    ['{"dataset":"d","columns":[{"name":"a","type":"integer","nullable":true,"min":3,"max":1}]}', /min/],
    [
      '{"dataset":"d","columns":[{"name":"a","type":"integer","nullable":true},{"name":"a","type":"integer","nullable":true}]}',
      /"a"/,
    ],
    ['{"dataset":"d","columns":[{"name":"a","type":"integer","nullabel":true,"nullable":true}]}', /nullabel/],
  ])('and %s, edited, is refused by the name of its field', (text, words) => {
    expect(() => decodeSchema(text, 's3://lake/schemas/d.json')).toThrow(words);
  });
});

describe('a drop', () => {
  const month = (from: number, level = 0) =>
    inspect(table(1000, (i) => [from + i, noise(i) * 10 + level, ['UA', 'AA'][i % 2]], 'id,temp,carrier'));
  const parentOf = async () => mergeProfiles([await month(0)]);
  const brieflyOf = (drop: Parameters<typeof checkDrop>[0]) => brief(checkDrop(drop));

  test('like the version before has no problem', async () => {
    const files = [await month(1000)];
    expect(checkDrop({ schema: undefined, files, parent: await parentOf(), next: { rows: 2000 } })).toEqual(
      [],
    );
  });

  test('that is distributed otherwise is told, as a warning', async () => {
    const files = [await month(1000, 8)];
    const found = checkDrop({ schema: undefined, files, parent: await parentOf() });
    expect(brief(found.filter(({ column: of }) => of === 'temp'))).toEqual([['drift', 'warning', 'temp']]);
    const carriers = await inspect(
      table(1000, (i) => [i, noise(i) * 10, i % 20 === 0 ? 'UA' : 'B6'], 'id,temp,carrier'),
    );
    expect(brieflyOf({ schema: undefined, files: [carriers], parent: await parentOf() })).toEqual([
      ['drift', 'warning', 'carrier'],
    ]);
  });

  test('in which values go missing is told', async () => {
    const files = [
      await inspect(
        table(1000, (i) => [i, i % 5 === 0 ? '' : noise(i) * 10, ['UA', 'AA'][i % 2]], 'id,temp,carrier'),
      ),
    ];
    expect(brieflyOf({ schema: undefined, files, parent: await parentOf() })).toEqual([
      ['drift', 'warning', 'temp'],
    ]);
  });

  test('may be held to a number of rows', async () => {
    const limits = (rows: Schema['rows']) => schemaOf([column('id')], { rows });
    const drop = { files: [], parent: await parentOf() };
    expect(brieflyOf({ ...drop, schema: undefined, next: { rows: 400 } })).toEqual([
      ['row-change', 'warning', undefined],
    ]);
    expect(brieflyOf({ ...drop, schema: undefined, next: { rows: 9000 } })).toEqual([]);
    expect(brieflyOf({ ...drop, schema: limits({ maxChange: 0.1 }), next: { rows: 1101 } })).toEqual([
      ['row-change', 'warning', undefined],
    ]);
    expect(brieflyOf({ ...drop, schema: limits({ min: 1001 }), next: { rows: 1000 } })).toEqual([
      ['row-count', 'error', undefined],
    ]);
    expect(brieflyOf({ ...drop, schema: limits({ max: 999 }), next: { rows: 1000 } })).toEqual([
      ['row-count', 'error', undefined],
    ]);
  });

  test('whose files share rows or keys is told', async () => {
    const rows = (from: number) => table(100, (i) => [from + i, 1], 'id,n');
    const schema = schemaOf([column('id'), column('n')], { key: ['id'] });
    const files = await Promise.all([0, 90].map((from) => inspect(rows(from), { schema })));
    expect(checkDrop({ schema, files })).toMatchObject([
      { check: 'duplicate-rows', severity: 'warning', count: 10 },
      { check: 'duplicate-key', severity: 'error', count: 10 },
    ]);
    const apart = await Promise.all([0, 100].map((from) => inspect(rows(from), { schema })));
    expect(checkDrop({ schema, files: apart })).toEqual([]);
  });
});
