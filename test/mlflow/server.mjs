// The standalone tracking server as its users start it, on a free port.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './environments.mjs';

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts `flywheel tracking`, waits for its line, and resolves with its URL and a way to end it. */
export async function startServer(...options) {
  const port = await freePort();
  const args = [join(root, 'cli', 'bin.cjs'), 'tracking', '--port', String(port), ...options];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line'),
    ended.then(([code]) => Promise.reject(new Error(`The tracking server ended with status ${code}.`))),
  ]);
  if (!line.includes(String(port))) throw new Error(`The tracking server said: ${line}`);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    stop: async () => {
      child.kill('SIGTERM');
      const [code] = await ended;
      if (code !== 0) throw new Error(`The tracking server ended with status ${code} after SIGTERM.`);
    },
  };
}
