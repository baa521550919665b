import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PROJECT_ROOT } from './python';
import { type Runtime, type RuntimeOptions, startRuntime } from './runtime';
import { DEFAULT_PORT, type RuntimeState, readRuntimeState } from './state';

export type UpOptions = Pick<RuntimeOptions, 'port' | 'speed' | 'root' | 'notice'>;

/** Signals by which a terminal, a service manager or `down` ends the runtime. */
const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const DETACHED_START_MS = 60_000;

/**
 * Runs the runtime in this process until a signal ends it or MiniStack fails; a second signal ends it at once.
 *
 * @param ready called when the endpoint answers
 * @returns the exit code: 0 after a signal, 1 after a failure
 * @throws Error as startRuntime does
 */
export async function up(options: UpOptions, ready: (runtime: Runtime) => void): Promise<number> {
  let finish: (code: number) => void = () => {};
  const finished = new Promise<number>((resolve) => {
    finish = resolve;
  });
  let signals = 0;
  const onSignal = () => {
    signals += 1;
    if (signals > 1) {
      // MiniStack and all jobs end with this process.
      process.exit(1);
    }
    finish(0);
  };
  for (const name of END_SIGNALS) {
    process.on(name, onSignal);
  }
  try {
    const runtime = await startRuntime({
      ...options,
      onFailure: (error) => {
        options.notice?.(error.message);
        finish(1);
      },
    });
    ready(runtime);
    const code = await finished;
    await runtime.close();
    return code;
  } finally {
    for (const name of END_SIGNALS) {
      process.off(name, onSignal);
    }
  }
}

/**
 * Starts the runtime in a process of its own that outlives this one, and waits until it is up.
 *
 * @throws Error with what it said when it does not come up.
 */
export async function upDetached(options: UpOptions): Promise<RuntimeState> {
  const port = options.port ?? DEFAULT_PORT;
  const root = options.root ?? '.flywheel';
  mkdirSync(root, { recursive: true });
  const outputFile = join(root, `runtime-${port}.out`);
  const output = openSync(outputFile, 'w');
  const main = join(PROJECT_ROOT, 'local', 'main.ts');
  const speed = options.speed === undefined ? [] : ['--speed', String(options.speed)];
  const child = spawn(
    process.execPath,
    [...tsxLoader(), main, 'up', '--port', String(port), '--root', root, ...speed],
    { detached: true, stdio: ['ignore', output, output] },
  );
  closeSync(output);
  child.unref();
  for (const end = Date.now() + DETACHED_START_MS; Date.now() < end; await wait(50)) {
    const state = readRuntimeState(port, options.root);
    if (state?.host.pid === child.pid) {
      return state!;
    }
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(
        readFileSync(outputFile, 'utf8').trim() || `it ended with ${child.exitCode ?? child.signalCode}`,
      );
    }
  }
  child.kill('SIGTERM');
  throw new Error(`The runtime did not come up within ${DETACHED_START_MS / 1000} s: see ${outputFile}`);
}

/** This process runs from TypeScript by tsx: so does the child. */
function tsxLoader(): string[] {
  return ['--import', require.resolve('tsx')];
}
