import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../../../local/sagemaker/endpoints/free-port';
import { PYTHON } from './harness';

/** An emulator for S3 on a free loopback port. */
export async function startMiniStack(): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const child = spawn(PYTHON, ['-m', 'ministack'], {
    env: {
      PATH: process.env.PATH,
      GATEWAY_PORT: `${port}`,
      BIND_HOST: '127.0.0.1',
      IOT_MTLS_ENABLED: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await answers(url)) {
      return { url, stop: () => stop(child) };
    }
    await pause(100);
  }
  await stop(child);
  throw new Error(`MiniStack did not start on ${url}: ${said}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url);
    return true;
  } catch {
    return false;
  }
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
