import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const MB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'bounded-'));
const script = join(folder, 'read-one.js');

beforeAll(() =>
  build({ entryPoints: [join(__dirname, 'read-one.ts')], bundle: true, platform: 'node', outfile: script }),
);
afterAll(() => rmSync(folder, { recursive: true }));

/** Reads a source in a process whose heap is kept small. */
async function read(name: string) {
  const { stdout } = await promisify(execFile)(process.execPath, ['--max-old-space-size=160', script, name]);
  return JSON.parse(stdout) as {
    checks: string[];
    rows: number;
    columns: number;
    inspectionBytes: number;
    maxRssBytes: number;
  };
}

describe('256 MB of memory are enough for', () => {
  test.each([
    ['a long file of different rows', []],
    ['a long file of JSON Lines', []],
    ['ten thousand columns', ['too-many-columns']],
    ['a line of 100 MB', ['malformed']],
    ['a header of 100 MB', ['malformed']],
    ['a row of 100 MB of fields', ['malformed']],
    ['a quote that is not closed', ['malformed']],
    ['a JSON line of 100 MB', ['malformed']],
    ['a gzip bomb', ['broken-compression']],
    ['zero bytes', ['not-text']],
  ])('%s', { timeout: 180_000 }, async (name, expected) => {
    const { checks, maxRssBytes, inspectionBytes } = await read(name);
    expect(checks).toEqual(expected);
    expect(maxRssBytes).toBeLessThan(256 * MB);
    expect(inspectionBytes).toBeLessThan(16 * MB);
  });

  const of = <T>(rows: number, value: (row: number) => T) =>
    Array.from({ length: rows }, (_, row) => value(row));
  test.each([
    [
      'a Parquet file of 800,000 rows in one row group',
      () => [
        { name: 'id', data: of(800_000, (row) => row * 1.37) },
        { name: 'name', data: of(800_000, (row) => `name number ${row * 7}`) },
        { name: 'kind', data: of(800_000, (row) => ['north', 'south'][row % 2]!) },
      ],
    ],
    [
      'a Parquet file of 4,000 columns',
      () => of(4000, (column) => ({ name: `column_${column}`, data: of(100, (row) => row * 0.37 + column) })),
    ],
  ])('%s', { timeout: 180_000 }, async (_, columns) => {
    const path = join(folder, 'a.parquet');
    writeFileSync(path, Buffer.from(parquetWriteBuffer({ columnData: columns(), rowGroupSize: 1_000_000 })));
    const { checks, maxRssBytes } = await read(path);
    expect(checks).toEqual([]);
    expect(maxRssBytes).toBeLessThan(256 * MB);
  });
});
