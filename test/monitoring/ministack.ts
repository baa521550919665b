import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const EXECUTABLE = path.join(__dirname, '..', '..', '.venv', 'bin', 'ministack');

/** An emulator of AWS on a loopback port, for tests that need real expressions and conditions. */
export class MiniStack {
  static async start(): Promise<MiniStack> {
    if (!existsSync(EXECUTABLE)) {
      throw new Error(`${EXECUTABLE} is missing: run node scripts/setup.mjs`);
    }
    const port = await freePort();
    const process_ = spawn(EXECUTABLE, [], {
      env: {
        PATH: process.env.PATH,
        GATEWAY_PORT: String(port),
        BIND_HOST: '127.0.0.1',
        IOT_MTLS_ENABLED: '0',
      },
      stdio: 'ignore',
    });
    const stack = new MiniStack(process_, `http://127.0.0.1:${port}`);
    await stack.ready();
    return stack;
  }

  private constructor(
    private readonly process: ChildProcess,
    private readonly endpoint: string,
  ) {}

  /** Configuration for clients of the AWS SDK. */
  get client() {
    return {
      endpoint: this.endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: '123456789012', secretAccessKey: 'test' },
      forcePathStyle: true,
    };
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      const exited = once(this.process, 'exit');
      this.process.kill('SIGKILL');
      await exited;
    }
  }

  private async ready(): Promise<void> {
    for (let i = 0; i < 300; i++) {
      if (this.process.exitCode !== null)
        throw new Error(`ministack ended with code ${this.process.exitCode}`);
      const answer = await fetch(`${this.endpoint}/_ministack/health`).catch(() => undefined);
      if (answer?.ok === true) return;
      await sleep(100);
    }
    throw new Error('ministack did not answer within 30 seconds');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
