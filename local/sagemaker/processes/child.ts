import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

export interface ChildSpec {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Standard output and error go here, appended, as they come. */
  readonly logFile: string;
  /** Also gets every line of both, without its end. */
  readonly onLine?: (line: string) => void;
}

/** How a process ended. */
export interface Exit {
  /** Exit code, or 128 + n for signal n as shells count; 127 when the program could not be started. */
  readonly code: number;
  /** Why it could not be started. */
  readonly problem?: string;
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGTERM: 15, SIGKILL: 9, SIGINT: 2, SIGSEGV: 11 };
const LONGEST_LINE = 64 * 1024;

/**
 * A process that leads its own group. Its standard input stays open as long as we live: the container toolkit ends
 * itself and its group when that closes, so that nothing survives a killed runtime.
 */
export class Child {
  readonly exited: Promise<Exit>;
  private readonly process: ChildProcess;
  private running = true;

  constructor(spec: ChildSpec) {
    const log = createWriteStream(spec.logFile, { flags: 'a' });
    const [program, ...args] = spec.command;
    this.process = spawn(program!, args, {
      cwd: spec.cwd,
      env: spec.env,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.process.stdin?.on('error', () => undefined);
    for (const stream of [this.process.stdout!, this.process.stderr!]) {
      forward(stream, log, spec.onLine);
    }
    this.exited = this.waitForEnd(log);
  }

  /** The process id, which is also the id of the group; undefined when it could not be started. */
  get pid(): number | undefined {
    return this.running ? this.process.pid : undefined;
  }

  /** SIGTERM to the main process; SIGKILL to the whole group when it is still there after `graceMs` real ms. */
  async terminate(graceMs: number): Promise<Exit> {
    this.signal('SIGTERM', false);
    const timer = setTimeout(() => this.kill(), graceMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  /** SIGKILL to the whole group. */
  kill(): void {
    this.signal('SIGKILL', true);
  }

  private signal(name: 'SIGTERM' | 'SIGKILL', group: boolean): void {
    if (this.pid !== undefined) {
      sendSignal(group ? -this.pid : this.pid, name);
    }
  }

  private waitForEnd(log: WriteStream): Promise<Exit> {
    return new Promise((resolve) => {
      let exit: Exit | undefined;
      const pid = this.process.pid;
      this.process.once('error', (error) => {
        exit = { code: 127, problem: error.message };
        if (pid === undefined) {
          this.running = false;
          log.end(`${error.message}\n`, () => resolve(exit!));
        }
      });
      this.process.once('exit', (code, signal) => {
        exit = { code: code ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0) };
        // What the main process left behind would keep the pipes open, as nothing in a stopped container does.
        sendSignal(-pid!, 'SIGKILL');
        this.running = false;
      });
      this.process.once('close', () => {
        if (pid !== undefined) {
          log.end(() => resolve(exit!));
        }
      });
    });
  }
}

function sendSignal(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}

function forward(stream: NodeJS.ReadableStream, log: WriteStream, onLine?: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    log.write(chunk);
    if (onLine === undefined) {
      return;
    }
    const lines = (rest + decoder.write(chunk)).split(/\r?\n/);
    rest = lines.pop()!.slice(-LONGEST_LINE);
    lines.forEach(onLine);
  });
  stream.on('end', () => {
    if (rest !== '') {
      onLine?.(rest);
    }
  });
}
