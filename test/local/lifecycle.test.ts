import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { down } from '../../local/runtime/down';
import { freePort } from '../../local/runtime/ports';
import { ended, type ProcessIdentity } from '../../local/runtime/processes';
import { readRuntimeState, stateDirOf } from '../../local/runtime/state';
import { status } from '../../local/runtime/status';
import { createFunction } from './support/functions';
import { noServices, type TestRuntime, testRuntime } from './support/runtime';

const MAIN = join(__dirname, '..', '..', 'local', 'main.ts');

let root: string;
let started: ChildProcess[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'flywheel-lifecycle-'));
  started = [];
});
afterEach(async () => {
  for (const child of started) {
    child.kill('SIGKILL');
  }
  await wait(100);
  rmSync(root, { recursive: true, force: true });
});

/** `flywheel local up` in a process of its own, and what it said. */
async function upInProcess(port: number): Promise<{ child: ChildProcess; said: () => string }> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', MAIN, 'up', '--port', String(port), '--root', root],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  started.push(child);
  let text = '';
  child.stderr!.on('data', (chunk) => {
    text += chunk;
  });
  for (const end = Date.now() + 20_000; !text.includes('Up at'); await wait(20)) {
    if (Date.now() > end || child.exitCode !== null) {
      throw new Error(`not up: ${text}`);
    }
  }
  return { child, said: () => text };
}

const clientOf = (port: number) =>
  ({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }) as const;

/** Everything below a process, on Linux. */
function descendants(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
        return [[Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])] as const];
      } catch {
        return [];
      }
    });
  const children = parents.filter(([, parent]) => parent === pid).map(([child]) => child);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

const alive = (pids: readonly number[]) =>
  pids.filter((pid) => existsSync(`/proc/${pid}/exe`) && isNoZombie(pid));
const isNoZombie = (pid: number) => !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

/** A Lambda worker that lives on after its call. */
async function warmFunction(port: number): Promise<void> {
  const client = clientOf(port);
  await createFunction({ client } as unknown as TestRuntime, 'warm', 'exports.handler = async () => 1;');
  await new LambdaClient(client).send(new InvokeCommand({ FunctionName: 'warm' }));
}

describe('a runtime in a process of its own', () => {
  it('is found by status while it is up, and leaves no process and no files behind on down', async () => {
    const port = await freePort();
    const { child } = await upInProcess(port);
    expect(await status({ port, root })).toMatchObject({
      status: 'up',
      runtime: { endpointUrl: `http://127.0.0.1:${port}` },
    });
    await warmFunction(port);
    const processes = [child.pid!, ...descendants(child.pid!)];
    expect(processes.length).toBeGreaterThanOrEqual(3);

    expect(await down({ port, root })).toBe('stopped');
    expect(alive(processes)).toEqual([]);
    expect(await status({ port, root })).toMatchObject({ status: 'down' });
    expect(readdirSync(stateDirOf(port, root)).filter((name) => !/\.log$|^sagemaker$/.test(name))).toEqual(
      [],
    );
    expect(await down({ port, root })).toBe('not-running');
  });

  it('ends on Ctrl-C with exit code 0', async () => {
    const { child } = await upInProcess(await freePort());
    const processes = descendants(child.pid!);
    const code = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    expect(await code).toBe(0);
    expect(alive(processes)).toEqual([]);
  });

  it('takes all its processes along when it is killed, and the next start says so and starts clean', async () => {
    const port = await freePort();
    const { child } = await upInProcess(port);
    await new SQSClient(clientOf(port)).send(new CreateQueueCommand({ QueueName: 'lost' }));
    await warmFunction(port);
    const processes = descendants(child.pid!);
    expect(processes.length).toBeGreaterThanOrEqual(2);
    child.kill('SIGKILL');
    for (const end = Date.now() + 5_000; alive(processes).length > 0 && Date.now() < end; await wait(20)) {}
    expect(alive(processes)).toEqual([]);
    expect(await status({ port, root })).toMatchObject({ status: 'dead' });

    const next = await upInProcess(port);
    expect(next.said()).toContain(`process ${child.pid}) ended without shutting down`);
    const { QueueUrls } = await new SQSClient(clientOf(port)).send(new ListQueuesCommand({}));
    expect(QueueUrls ?? []).toEqual([]);
  });

  it('ends with a message when MiniStack is killed', async () => {
    const port = await freePort();
    const { child, said } = await upInProcess(port);
    const code = new Promise((resolve) => child.once('exit', resolve));
    process.kill(readRuntimeState(port, root)!.ministack.pid, 'SIGKILL');
    expect(await code).toBe(1);
    expect(said()).toContain('MiniStack ended (SIGKILL)');
  });
});

describe('a port that is taken', () => {
  it('is named with the runtime that holds it', async () => {
    const runtime = await testRuntime({ services: noServices });
    try {
      await expect(testRuntime({ port: runtime.port, root: runtime.root })).rejects.toThrow(
        `Port ${runtime.port} is taken by the laptop runtime of process ${process.pid}. Stop it with: flywheel local down --port ${runtime.port}`,
      );
      expect((await fetch(`${runtime.endpointUrl}/_flywheel/health`)).status).toBe(200);
    } finally {
      await runtime.close();
    }
  });

  it('is named with the process that holds it', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    );
    try {
      await expect(testRuntime({ port, root })).rejects.toThrow(
        `Port ${port} is taken by process ${process.pid} (`,
      );
    } finally {
      server.close();
    }
  });
});

describe('two runtimes', () => {
  it('do not disturb each other', async () => {
    const [one, two] = await Promise.all([
      testRuntime({ services: noServices }),
      testRuntime({ services: noServices, speed: 100 }),
    ]);
    try {
      await new SQSClient(one.client).send(new CreateQueueCommand({ QueueName: 'mine' }));
      const queues = await new SQSClient(two.client).send(new ListQueuesCommand({}));
      expect(queues.QueueUrls ?? []).toEqual([]);
      await one.close();
      expect((await fetch(`${two.endpointUrl}/_flywheel/health`)).status).toBe(200);
      await new SQSClient(two.client).send(new CreateQueueCommand({ QueueName: 'still-there' }));
    } finally {
      await Promise.all([one.close(), two.close()]);
    }
  });
});

describe('a process', () => {
  it('is not mistaken for an earlier one with its number', async () => {
    const earlier: ProcessIdentity = { pid: process.pid, startedAt: '1' };
    expect(await ended(earlier, 0)).toBe(true);
  });
});
