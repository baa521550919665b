// Running the steps of setup: child processes with their output kept, progress, and one setup at a time.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Something a person has to put right; the message says what and how. */
export class Problem extends Error {
  toString() {
    return this.message;
  }
}

const TAIL_LINES = 25;
const children = new Set();

/** Runs a command and resolves with its output; a failure is a Problem with the end of the output and `hint`. */
export function run(cwd, [command, ...args], { hint }) {
  const line = [command, ...args].join(' ');
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => {
      const why =
        error.code === 'ENOENT' ? `the command ${command} was not found on the PATH` : error.message;
      reject(new Problem(`could not run \`${line}\`: ${why}. ${hint}`));
    });
    child.on('close', (code, signal) => {
      children.delete(child);
      if (code === 0) return resolve(output);
      const tail = output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
      const how = signal ? `was ended by ${signal}` : `failed with exit status ${code}`;
      reject(new Problem(`\`${line}\` ${how}. Its last lines:\n\n${tail}\n\n${hint}`));
    });
  });
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** One line per step; on a terminal the running steps are redrawn with their elapsed time. */
export class Progress {
  #running = new Map();
  #stream;
  #timer;

  constructor(stream) {
    this.#stream = stream;
    if (stream.isTTY) {
      this.#timer = setInterval(() => this.#redraw(), 200);
      this.#timer.unref();
    }
  }

  async step(name, action) {
    const since = performance.now();
    this.#running.set(name, since);
    if (!this.#timer) this.#stream.write(`setup: ${name} ...\n`);
    let outcome = 'failed';
    try {
      const result = await action();
      outcome = 'ready';
      return result;
    } finally {
      this.#running.delete(name);
      this.#line(`setup: ${name} ${outcome} (${seconds(since)})`);
    }
  }

  end() {
    clearInterval(this.#timer);
    if (this.#timer) this.#stream.write('\r\x1b[K');
  }

  #line(text) {
    this.#stream.write(`${this.#timer ? '\r\x1b[K' : ''}${text}\n`);
  }

  #redraw() {
    const running = [...this.#running].map(([name, since]) => `${name} ${seconds(since)}`).join(', ');
    const text = `setup: ${running}`.slice(0, (this.#stream.columns ?? 80) - 1);
    this.#stream.write(`\r\x1b[K${running ? text : ''}`);
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const ABANDONED_AFTER_MS = 5_000;

/** The process that holds the lock; undefined when it is gone: dead, or never got to write its id. */
function holderOf(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    if (pid) return isAlive(pid) ? pid : undefined;
    return Date.now() - statSync(lock).mtimeMs < ABANDONED_AFTER_MS ? 'that is starting' : undefined;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function take(lock) {
  for (let told = false; ; told = true) {
    try {
      return writeFileSync(lock, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = holderOf(lock);
    if (holder === undefined) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!told) console.error(`setup: waiting for another setup of this checkout (process ${holder})`);
    await sleep(300);
  }
}

/** Runs `action` while the file `lock` is ours: two setups of one checkout take turns; a dead one's is taken over. */
export async function withLock(lock, action) {
  await take(lock);
  const interrupted = (signal) => {
    for (const child of children) child.kill(signal);
    rmSync(lock, { force: true });
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    return await action();
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    rmSync(lock, { force: true });
  }
}
