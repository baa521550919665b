/**
 * A dataset version of many small files, and another after 100 of them changed: the lake's snapshot beside `dvc add`
 * and `dvc push` on the same files and the same emulator, one after the other.
 *
 * Run: `node --import tsx bench/data-lake/snapshot.ts DVC [FILES]`, DVC being the path of a `dvc` with its S3 remote
 * (`pip install 'dvc[s3]'` in an environment of its own).
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { concurrently } from '../../lambdas/shared/concurrently';
import { BUCKET, CREDENTIALS, connection, REGION, REMOTE, TABLE } from './connection';

const ROOT = join(__dirname, '..', '..');
const PYTHON = join(ROOT, '.venv', 'bin', 'python');
const DATASET = 'images';
const CHANGED = 100;
const FILE_BYTES = 1024;
const FOLDER_FILES = 1000;

interface Figures {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
  readonly requests: number;
}

const run = promisify(execFile);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function startEmulator(): Promise<{ endpoint: string; process: ChildProcess }> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn(PYTHON, [join(__dirname, 'counting_ministack.py'), String(port)], {
    env: { PATH: process.env.PATH, GATEWAY_PORT: String(port), IOT_MTLS_ENABLED: '0' },
    stdio: 'ignore',
  });
  for (let tries = 0; tries < 300; tries += 1) {
    if ((await fetch(`${endpoint}/_count`).catch(() => undefined))?.ok === true)
      return { endpoint, process: child };
    await sleep(100);
  }
  throw new Error('The emulator did not answer within 30 seconds.');
}

const keyOf = (index: number): string =>
  `${String(Math.floor(index / FOLDER_FILES)).padStart(4, '0')}/${String(index).padStart(7, '0')}.jpg`;

function writeFiles(folder: string, indices: readonly number[]): void {
  for (const index of indices) {
    const path = join(folder, keyOf(index));
    if (index % FOLDER_FILES === 0) mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, randomBytes(FILE_BYTES));
  }
}

class Bench {
  private readonly s3: S3Client;

  constructor(
    private readonly endpoint: string,
    private readonly folder: string,
    private readonly dvc: string,
  ) {
    this.s3 = new S3Client(connection(endpoint));
  }

  async setUp(): Promise<void> {
    for (const Bucket of [BUCKET, REMOTE]) await this.s3.send(new CreateBucketCommand({ Bucket }));
    await this.s3.send(
      new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: 'Enabled' } }),
    );
    await new DynamoDBClient(connection(this.endpoint)).send(
      new CreateTableCommand({
        TableName: TABLE,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['PK', 'SK'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: [
          { AttributeName: 'PK', KeyType: 'HASH' },
          { AttributeName: 'SK', KeyType: 'RANGE' },
        ],
      }),
    );
    await this.command(['git', 'init', '-q']);
    await this.command([this.dvc, 'init', '-q']);
    await this.command([this.dvc, 'config', 'core.analytics', 'false']);
    await this.command([this.dvc, 'remote', 'add', '-d', 'lake', `s3://${REMOTE}/store`]);
    await this.command([this.dvc, 'remote', 'modify', 'lake', 'endpointurl', this.endpoint]);
  }

  /** Lands files in the lake, with the checksum that S3 itself keeps by default. */
  async upload(indices: readonly number[]): Promise<number> {
    const started = performance.now();
    await concurrently(indices, 32, (index) =>
      this.s3.send(
        new PutObjectCommand({
          Bucket: BUCKET,
          Key: `raw/${DATASET}/${keyOf(index)}`,
          Body: readFileSync(join(this.folder, 'data', keyOf(index))),
          ChecksumAlgorithm: 'CRC64NVME',
        }),
      ),
    );
    return (performance.now() - started) / 1000;
  }

  snapshot(): Promise<Figures> {
    return this.measure([
      process.execPath,
      '--import',
      'tsx',
      join(__dirname, 'close-drop.ts'),
      this.endpoint,
      DATASET,
    ]);
  }

  async dvcVersion(): Promise<Figures> {
    const add = await this.measure([this.dvc, 'add', '-q', 'data']);
    const push = await this.measure([this.dvc, 'push', '-q']);
    return {
      seconds: add.seconds + push.seconds,
      cpuSeconds: add.cpuSeconds + push.cpuSeconds,
      peakMb: Math.max(add.peakMb, push.peakMb),
      requests: add.requests + push.requests,
    };
  }

  private async measure(command: readonly string[]): Promise<Figures> {
    await this.count();
    const out = await this.command([PYTHON, join(__dirname, 'measured.py'), ...command]);
    const figures = JSON.parse(out.trim().split('\n').at(-1)!) as Omit<Figures, 'requests'>;
    return { ...figures, requests: await this.count() };
  }

  private async count(): Promise<number> {
    return Number(await (await fetch(`${this.endpoint}/_count`)).text());
  }

  private async command([file, ...args]: readonly string[]): Promise<string> {
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_DEFAULT_REGION: REGION,
    };
    const cwd = args.some((arg) => arg.includes('close-drop')) ? ROOT : this.folder;
    return (await run(file!, args, { cwd, env, maxBuffer: 2 ** 28 })).stdout;
  }
}

const line = (what: string, { seconds, cpuSeconds, peakMb, requests }: Figures) =>
  `${what.padEnd(34)} ${seconds.toFixed(1).padStart(8)} s ${cpuSeconds.toFixed(1).padStart(8)} s CPU ` +
  `${String(requests).padStart(8)} requests ${peakMb.toFixed(0).padStart(6)} MB`;

async function main(dvc: string, files: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'snapshot-bench-'));
  const emulator = await startEmulator();
  try {
    const bench = new Bench(emulator.endpoint, folder, dvc);
    await bench.setUp();
    const all = Array.from({ length: files }, (_, index) => index);
    writeFiles(join(folder, 'data'), all);
    console.log(
      `${files} files of ${FILE_BYTES} bytes; ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
    );

    console.log(`the lake: uploading the files     ${(await bench.upload(all)).toFixed(1).padStart(9)} s`);
    const first = await bench.snapshot();
    console.log(line('the lake: first snapshot', first));
    const dvcFirst = await bench.dvcVersion();
    console.log(line('dvc add + dvc push', dvcFirst));

    const step = Math.floor(files / CHANGED);
    const changed = Array.from({ length: CHANGED }, (_, index) => index * step);
    writeFiles(join(folder, 'data'), changed);
    const reloaded = await bench.upload(changed);
    console.log(`the lake: uploading ${CHANGED} changed files ${reloaded.toFixed(1).padStart(9)} s`);
    const again = await bench.snapshot();
    console.log(line(`the lake: after ${CHANGED} changed`, again));
    const dvcAgain = await bench.dvcVersion();
    console.log(line(`dvc add + dvc push, ${CHANGED} changed`, dvcAgain));
    const times = (a: Figures, b: Figures) => (a.seconds / b.seconds).toFixed(1);
    console.log(
      `first: ${times(dvcFirst, first)} times as fast; incremental: ${times(dvcAgain, again)} times`,
    );
    console.log(`load at the end ${loadavg()[0]?.toFixed(1)}`);
  } finally {
    emulator.process.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

const [dvc, files = '100000'] = process.argv.slice(2);
if (dvc === undefined) throw new Error('Say where dvc is: bench/data-lake/snapshot.ts DVC [FILES]');
main(dvc, Number(files));
