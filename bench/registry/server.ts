/**
 * Compares the standalone tracking server with `mlflow server` on SQLite: same machine, same client, one run.
 *
 * Run: node --import tsx bench/registry/server.ts --mlflow <python with mlflow> [--counts 1000,10000,100000]
 *      [--only flywheel|mlflow] [--out results.json]
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Caller } from './http';
import { load, type Measured, percentiles } from './load';
import { type Server, startFlywheel, startMlflow } from './servers';

type Results = Record<string, Measured | { p50: number; p95: number } | number>;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      mlflow: { type: 'string' },
      counts: { type: 'string', default: '1000,10000,100000' },
      only: { type: 'string' },
      out: { type: 'string' },
    },
  });
  const python = values.mlflow;
  if (python === undefined) {
    throw new Error('Say with --mlflow which python has mlflow installed.');
  }
  const counts = values.counts.split(',').map(Number);
  const results: Record<string, Results> = {};
  const servers = {
    flywheel: (folder: string) => startFlywheel(folder, counts),
    mlflow: (folder: string) => startMlflow(folder, counts, python),
  };
  for (const [name, start] of Object.entries(servers)) {
    if (values.only !== undefined && values.only !== name) continue;
    const folder = mkdtempSync(join(tmpdir(), `bench-${name}-`));
    mkdirSync(join(folder, 'artifacts'));
    process.stderr.write(`${name}: starting and seeding in ${folder}\n`);
    const server = await start(folder);
    try {
      results[name] = await measured(server, python);
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(results, null, 2)}\n`);
  print(results);
}

async function measured(server: Server, python: string): Promise<Results> {
  const results: Results = {
    'start, s': server.startSeconds,
    'seeding, s': server.seedSeconds,
    'memory after seeding, MB': server.memory(),
  };
  const samples = await client(server, python);
  for (const [name, milliseconds] of Object.entries(samples)) {
    results[`client: ${name}`] = percentiles(milliseconds);
  }
  for (const clients of [1, 20]) {
    const caller = new Caller(server.uri);
    await load(caller, clients, server, (name, each) => {
      process.stderr.write(`  ${clients} x ${name}: ${each.p50.toFixed(1)} ms\n`);
      results[`${clients} x ${name}`] = each;
    });
    caller.close();
  }
  results['memory at the end, MB'] = server.memory();
  return results;
}

/** What MLflow's own client sees. */
function client(server: Server, python: string): Promise<Record<string, number[]>> {
  const { experiments, history } = server.seeded;
  return new Promise((resolve, reject) => {
    const child = spawn(
      python,
      [join(__dirname, 'client.py'), server.uri, JSON.stringify(experiments), history],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('close', (code) =>
      code === 0
        ? resolve(JSON.parse(output.trim().split('\n').at(-1) ?? ''))
        : reject(new Error(`client.py ended with ${code}`)),
    );
  });
}

function print(results: Record<string, Results>): void {
  const names = Object.keys(results);
  const rows = [...new Set(names.flatMap((name) => Object.keys(results[name] ?? {})))];
  console.log(`| what | ${names.map((name) => `${name} p50 / p95 ms (calls/s)`).join(' | ')} |`);
  console.log(`|---|${names.map(() => '---').join('|')}|`);
  for (const row of rows) {
    console.log(`| ${row} | ${names.map((name) => cell(results[name]?.[row])).join(' | ')} |`);
  }
}

function cell(value: Results[string] | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return value.toFixed(1);
  const times = `${value.p50.toFixed(1)} / ${value.p95.toFixed(1)}`;
  if (!('throughput' in value)) return times;
  const failures = value.failed === 0 ? '' : `, ${value.failed} failed`;
  const rate = value.throughput.toFixed(value.throughput < 10 ? 1 : 0);
  return `${times} (${rate}/s${failures}), ${value.processor.toFixed(1)} ms computing`;
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
