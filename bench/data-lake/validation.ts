/**
 * How fast a CSV file is validated, and in how much memory, beside pandas (read and describe) and DuckDB's sniffing
 * read in one thread: the same files, one after the other. Run with a Python that has pandas and duckdb:
 *
 *     node --import tsx bench/data-lake/validation.ts --python PYTHON [--megabytes 1000] [--folder FOLDER]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';
import { FLIGHTS, NUMERIC, type Shape, writeCsv } from './validation/data';

interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly maxRssBytes: number;
  readonly rows: number;
}

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    megabytes: { type: 'string', default: '1000' },
    folder: { type: 'string', default: join(tmpdir(), 'flywheel-bench-validation') },
  },
});

function fileOf(shape: Shape): string {
  const path = join(values.folder, `${shape.name}-${values.megabytes}.csv`);
  mkdirSync(values.folder, { recursive: true });
  if (!existsSync(path)) writeCsv(path, shape, Number(values.megabytes) * 1e6);
  return path;
}

function bundled(): string {
  const outfile = join(values.folder, 'inspect.js');
  const entry = join(__dirname, 'validation', 'inspect.ts');
  buildSync({ entryPoints: [entry], bundle: true, platform: 'node', target: 'node20', outfile });
  return outfile;
}

const run = (command: string, ...args: string[]): Measured =>
  JSON.parse(execFileSync(command, args, { encoding: 'utf8' })) as Measured;

function main(): void {
  const inspect = bundled();
  const peers = join(__dirname, 'validation', 'peers.py');
  console.log('| file | reader | MB/s | CPU s a GB | peak MB | rows |\n|---|---|---|---|---|---|');
  for (const shape of [FLIGHTS, NUMERIC]) {
    const path = fileOf(shape);
    const megabytes = statSync(path).size / 1e6;
    const readers: readonly (readonly [string, () => Measured])[] = [
      ['flywheel', () => run(process.execPath, '--max-old-space-size=160', inspect, path)],
      ['DuckDB, 1 thread', () => run(values.python, peers, 'duckdb', path)],
      ['pandas', () => run(values.python, peers, 'pandas', path)],
    ];
    for (const [name, read] of readers) {
      const { seconds, cpuSeconds, maxRssBytes, rows } = read();
      const cells = [
        ...[shape.name, name, (megabytes / seconds).toFixed(0), ((1000 * cpuSeconds) / megabytes).toFixed(1)],
        ...[(maxRssBytes / 1e6).toFixed(0), String(rows)],
      ];
      console.log(`| ${cells.join(' | ')} |`);
    }
  }
}

main();
