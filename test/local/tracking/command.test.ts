import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const COMMAND = join(__dirname, '..', '..', '..', 'cli', 'bin.cjs');
let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flywheel-tracking-command-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** As a user starts it in a checkout: in a process of its own, from the sources. */
function flywheel(...args: string[]) {
  const child = spawn(process.execPath, [COMMAND, 'tracking', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

describe('flywheel tracking', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'says in one line where it is, serves, and ends on %s',
    async (signal) => {
      const child = flywheel('--port', '0');
      const [first] = await once(createInterface({ input: child.stdout! }), 'line');
      const url = /^Ready: MLFLOW_TRACKING_URI=(http:\/\/127\.0\.0\.1:\d+)$/.exec(first as string)?.[1];
      expect(url, first as string).toBeDefined();
      expect(await (await fetch(`${url}/health`)).text()).toBe('OK');
      child.kill(signal);
      const [code] = await once(child, 'exit');
      expect(code).toBe(0);
    },
    60_000,
  );

  it('ends with a message, not with a stack, when the port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const child = flywheel('--port', String(port));
    const [said, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit')]);
    holder.close();
    expect(code).toBe(1);
    expect(said).toMatch(
      new RegExp(`^flywheel: Port ${port} is taken by .*Choose another with --port\\.\n$`),
    );
  }, 60_000);
});
