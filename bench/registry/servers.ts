import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../local/runtime/ports';
import { Caller } from './http';
import { type Seeded, seed } from './seed';

/** A tracking server that runs, with runs in it. */
export interface Server {
  readonly uri: string;
  readonly seeded: Seeded;
  readonly seedSeconds: number;
  /** From the start of the process to its first answer. */
  readonly startSeconds: number;
  /** Proportional set size of all its processes, in MB. */
  memory(): number;
  /** Milliseconds that its processes have computed so far: what a busy machine does not change. */
  processorTime(): number;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 120_000;
const root = join(__dirname, '..', '..');

/** The standalone server of this project, empty, then seeded through its API. */
export async function startFlywheel(folder: string, counts: readonly number[]): Promise<Server> {
  const port = await freePort();
  const child = start(folder, process.execPath, [
    ...['--import', 'tsx', join(root, 'cli', 'flywheel.ts'), 'tracking', '--port', String(port)],
    ...['--default-artifact-root', join(folder, 'artifacts'), '--data', join(folder, 'data')],
  ]);
  const server = await ready(child, port);
  const caller = new Caller(server.uri);
  const from = Date.now();
  const seeded = await seed(caller, counts);
  caller.close();
  return { ...server, seeded, seedSeconds: (Date.now() - from) / 1000 };
}

/** `mlflow server` with its default settings on a SQLite file, seeded before it starts. */
export async function startMlflow(
  folder: string,
  counts: readonly number[],
  python: string,
): Promise<Server> {
  const port = await freePort();
  const file = join(folder, 'mlflow.db');
  const artifacts = join(folder, 'artifacts');
  const from = Date.now();
  const args = [join(__dirname, 'seed_mlflow.py'), file, artifacts, ...counts.map(String)];
  const seeded = JSON.parse(
    execFileSync(python, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  ) as Seeded;
  const seedSeconds = (Date.now() - from) / 1000;
  const child = start(folder, python, [
    ...['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port)],
    ...['--backend-store-uri', `sqlite:///${file}`, '--default-artifact-root', artifacts],
  ]);
  return { ...(await ready(child, port)), seeded, seedSeconds };
}

function start(folder: string, command: string, args: string[]): ChildProcess {
  const log = openSync(join(folder, 'server.log'), 'w');
  return spawn(command, args, { stdio: ['ignore', log, log], cwd: root, detached: true });
}

async function ready(child: ChildProcess, port: number) {
  const uri = `http://127.0.0.1:${port}`;
  const started = Date.now();
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.pid === undefined) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // Its own process group: workers end with it.
    process.kill(-child.pid, 'SIGTERM');
    await Promise.race([ended, wait(10_000)]);
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // All of the group have ended.
    }
  };
  while (Date.now() - started < START_LIMIT_MS) {
    const answer = await fetch(`${uri}/health`).catch(() => undefined);
    if (answer?.ok) {
      return {
        uri,
        startSeconds: (Date.now() - started) / 1000,
        memory: () => memoryOf(child.pid ?? 0),
        processorTime: () => processorTimeOf(child.pid ?? 0),
        stop,
      };
    }
    if (child.exitCode !== null) break;
    await wait(50);
  }
  await stop();
  throw new Error(`The server did not answer at ${uri}/health: see server.log in its folder.`);
}

/** The process and all below it. Linux only. */
function tree(pid: number): number[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), Number(/^PPid:\t(\d+)/m.exec(read(`/proc/${name}/status`))?.[1] ?? 0)]),
  );
  const below = (each: number): boolean => each === pid || (each > 1 && below(parents.get(each) ?? 0));
  return [...parents.keys()].filter(below);
}

/** Shared pages are counted once. */
function memoryOf(pid: number): number {
  return (
    tree(pid)
      .map((each) => Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${each}/smaps_rollup`))?.[1] ?? 0))
      .reduce((sum, kilobytes) => sum + kilobytes, 0) / 1024
  );
}

/** Of user and system, in ticks of 10 ms. */
function processorTimeOf(pid: number): number {
  return tree(pid)
    .map((each) =>
      read(`/proc/${each}/stat`)
        .replace(/^.*\) /s, '')
        .split(' '),
    )
    .reduce((sum, fields) => sum + 10 * (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)), 0);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
