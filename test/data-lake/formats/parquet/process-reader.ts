import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Problem } from '../../../../lambdas/data-lake/validation/problem';

export interface Found {
  readonly rows: number;
  readonly problems: readonly Problem[];
}

/** Inspects files in a process that is ended when it takes too long, which nothing can do to a loop in one's own. */
export class ProcessReader {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly script: string,
    private readonly limitMs: number,
  ) {}

  static async start(limitMs: number): Promise<ProcessReader> {
    const folder = mkdtempSync(join(tmpdir(), 'parquet-reader-'));
    const script = join(folder, 'read.js');
    const entry = join(__dirname, 'read-in-process.ts');
    await build({ entryPoints: [entry], bundle: true, platform: 'node', outfile: script });
    return new ProcessReader(folder, script, limitMs);
  }

  /** @throws Error when there is no answer in time, or none at all since the process ran out of memory */
  read(content: Uint8Array): Promise<Found> {
    this.child ??= fork(this.script, {
      execArgv: ['--max-old-space-size=160'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const { child, limitMs } = this;
    return new Promise((resolve, reject) => {
      const finish = (act: () => void) => {
        clearTimeout(timer);
        child.removeAllListeners();
        act();
      };
      const fail = (why: string) =>
        finish(() => {
          child.kill('SIGKILL');
          this.child = undefined;
          reject(new Error(why));
        });
      const timer = setTimeout(() => fail(`no result after ${limitMs} ms`), limitMs);
      child.once('message', (found) => finish(() => resolve(found as Found)));
      child.once('exit', (code, signal) => fail(`the process ended with ${code ?? signal}`));
      child.send(content);
    });
  }

  stop(): void {
    this.child?.kill();
    rmSync(this.folder, { recursive: true });
  }
}
