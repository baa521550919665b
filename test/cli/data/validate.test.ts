import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeValidation, validate } from '../../../cli/commands/data/validate';
import { createProgram } from '../../../cli/program';
import { decodeSchema } from '../../../lambdas/data-lake/validation/schema-file';
import { csv } from './lake-world';

const SCHEMA = {
  dataset: 'flights',
  columns: [
    { name: 'carrier', type: 'string', nullable: false },
    { name: 'delay', type: 'integer', nullable: true },
  ],
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flywheel-validate-'));
  process.exitCode = undefined;
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = undefined;
});

const file = (name: string, body: string): string => {
  writeFileSync(join(folder, name), body);
  return join(folder, name);
};
const schema = decodeSchema(JSON.stringify(SCHEMA), 'flights.schema.json');
const expected = { schema, from: 'flights.schema.json' };

async function run(...args: string[]): Promise<unknown> {
  // No endpoint and no stack: whoever asks AWS would fail.
  return createProgram().parseAsync(['node', 'flywheel', '--endpoint-url', 'http://127.0.0.1:9', ...args]);
}

describe('flywheel data validate', () => {
  it('finds nothing in a good file, and says against what it was checked', async () => {
    const found = await validate([file('01.csv', csv('UA,1', 'AA,'))], expected);
    expect(found).toMatchObject({ errors: 0, files: [{ format: 'csv', rows: 2, columns: 2 }] });
    const text = describeValidation(found);
    expect(text).toContain('2 rows, 2 columns');
    expect(text).toContain(
      'checked against flights.schema.json\n0 warnings, no errors: the lake would take this',
    );
  });

  it('names column and row of what the lake would keep out', async () => {
    const found = await validate([file('02.csv', csv('UA,1', 'AA,soon'))], expected);
    expect(found.errors).toBeGreaterThan(0);
    const text = describeValidation(found);
    expect(text).toMatch(/error +type {2}column "delay"/);
    expect(text).toContain('row 3: "soon"');
    expect(text).toContain('1 error, 0 warnings: the lake would keep this out');
  });

  it('works without the lake when it is given a schema, and ends with status 1 on errors', async () => {
    const given = file('flights.schema.json', JSON.stringify(SCHEMA));
    await run('data', 'validate', file('good.csv', csv('UA,1')), '--schema', given, '--json');
    expect(process.exitCode).toBeUndefined();
    await run('data', 'validate', file('bad.csv', 'carrier\nUA\n'), '--schema', given, '--json');
    expect(process.exitCode).toBe(1);
  });

  it('checks several files, each by itself', async () => {
    const found = await validate([file('a.csv', csv('UA,1')), file('b.csv', 'carrier\nUA\n')], expected);
    expect(found.files.map(({ problems }) => problems.length > 0)).toEqual([false, true]);
  });

  it('says which file is missing, and what is wrong with a schema', async () => {
    await expect(run('data', 'validate', 'nowhere.csv')).rejects.toThrow('There is no file nowhere.csv.');
    const broken = file('broken.json', '{"dataset": "flights", "columns": []}');
    await expect(run('data', 'validate', file('a.csv', 'a\n1\n'), '--schema', broken)).rejects.toThrow(
      /broken\.json/,
    );
  });
});
