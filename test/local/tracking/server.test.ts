import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTracking, type TrackingOptions, type TrackingServer } from '../../../local/tracking/start';

let folder: string;
const servers: TrackingServer[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flywheel-tracking-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(given: Partial<TrackingOptions> = {}): Promise<TrackingServer> {
  const root = join(folder, 'artifacts');
  const server = await startTracking({ port: 0, defaultArtifactRoot: root, ...given });
  servers.push(server);
  return server;
}

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly type: string | undefined;
}

function send(
  url: string,
  method = 'GET',
  headers: Record<string, string> = {},
  body?: string,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, async (answer) =>
      resolve({ status: answer.statusCode!, body: await text(answer), type: answer.headers['content-type'] }),
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const post = (url: string, body: object) =>
  send(url, 'POST', { 'content-type': 'application/json' }, JSON.stringify(body));

describe('the tracking server', () => {
  it('answers on a free port, in JSON, also what it does not know', async () => {
    const { url } = await start();
    expect(await send(`${url}/health`)).toMatchObject({ status: 200, body: 'OK' });
    expect(await send(`${url}/api/2.0/mlflow/nothing`)).toMatchObject({
      status: 404,
      type: 'application/json',
      body: expect.stringContaining('ENDPOINT_NOT_FOUND'),
    });
  });

  it.each<Record<string, string>>([
    { host: 'evil.example' },
    { origin: 'https://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
  ])('refuses a request with %j, and does nothing', async (headers) => {
    const { url } = await start();
    const path = `${url}/api/2.0/mlflow/experiments/create`;
    const refused = await send(
      path,
      'POST',
      { 'content-type': 'application/json', ...headers },
      '{"name":"x"}',
    );
    expect(refused).toMatchObject({ status: 403, body: expect.stringContaining('PERMISSION_DENIED') });
    const found = await send(`${url}/api/2.0/mlflow/experiments/get-by-name?experiment_name=x`);
    expect(found.status).toBe(404);
  });

  it('takes no body of more than 10 MB but as an upload', async () => {
    const { url } = await start({ defaultArtifactRoot: 'mlflow-artifacts:/', artifactsDestination: folder });
    const large = 'x'.repeat(11 * 1024 * 1024);
    expect(await post(`${url}/api/2.0/mlflow/experiments/create`, { name: large })).toMatchObject({
      status: 413,
    });
    const file = `${url}/api/2.0/mlflow-artifacts/artifacts/0/r/artifacts/large.bin`;
    expect(await send(file, 'PUT', {}, large)).toMatchObject({ status: 200, body: '{}' });
    expect((await send(file)).body).toBe(large);
  });

  it('begins empty, and keeps everything in a folder when it is told to', async () => {
    const options = { data: join(folder, 'data') };
    const first = await start(options);
    await post(`${first.url}/api/2.0/mlflow/experiments/create`, { name: 'kept' });
    await servers.pop()!.stop();
    const names = async ({ url }: TrackingServer) =>
      (await post(`${url}/api/2.0/mlflow/experiments/search`, { max_results: 10 })).body;
    expect(await names(await start(options))).toContain('kept');
    expect(await names(await start())).not.toContain('kept');
  });

  it('says who has the port when it is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const { port } = holder.address() as { port: number };
    await expect(start({ port })).rejects.toThrow(`Port ${port} is taken by process ${process.pid}`);
    holder.close();
  });

  it('keeps artifacts where it is told, as a file URI, or behind itself', async () => {
    const create = async (server: TrackingServer) => {
      const { body } = await post(`${server.url}/api/2.0/mlflow/runs/create`, { start_time: 1 });
      return JSON.parse(body).run.info.artifact_uri as string;
    };
    const spaced = join(folder, 'my artifacts');
    expect(await create(await start({ defaultArtifactRoot: spaced }))).toMatch(
      /^file:\/\/.*\/my%20artifacts\/0\/[0-9a-f]{32}\/artifacts$/,
    );
    const proxied = { defaultArtifactRoot: 'mlflow-artifacts:/', artifactsDestination: folder };
    expect(await create(await start(proxied))).toMatch(/^mlflow-artifacts:\/0\//);
    await expect(start({ defaultArtifactRoot: 'mlflow-artifacts:/' })).rejects.toThrow(
      '--artifacts-destination',
    );
    await expect(start({ defaultArtifactRoot: 'gs://bucket' })).rejects.toThrow("can't be kept");
  });

  it('says that nothing is proxied when nothing is', async () => {
    const { url } = await start();
    expect(await send(`${url}/api/2.0/mlflow-artifacts/artifacts/a`, 'PUT', {}, 'x')).toMatchObject({
      status: 501,
      body: expect.stringContaining('--artifacts-destination'),
    });
  });
});

describe("MLflow's web UI", () => {
  function wheelFolder(): string {
    const build = join(
      folder,
      'venv',
      'lib',
      'python3.11',
      'site-packages',
      'mlflow',
      'server',
      'js',
      'build',
    );
    mkdirSync(join(build, 'static', 'js'), { recursive: true });
    writeFileSync(join(build, 'index.html'), '<html>the page</html>');
    writeFileSync(join(build, 'static', 'js', 'main.js'), 'run()');
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    return join(folder, 'venv');
  }

  it('is served from an environment with mlflow, the page anew each time and its parts from the cache', async () => {
    const { url } = await start({ ui: wheelFolder() });
    expect(await send(url)).toMatchObject({
      status: 200,
      body: '<html>the page</html>',
      type: 'text/html; charset=utf-8',
    });
    expect(await send(`${url}/static-files/static/js/main.js`)).toMatchObject({ status: 200, body: 'run()' });
  });

  it.each([
    '../../secret.txt',
    '%2e%2e/%2e%2e/secret.txt',
    '..%2f..%2f..%2fsecret.txt',
    'static',
    'nothing.js',
  ])('has no file %s', async (name) => {
    const { url } = await start({ ui: wheelFolder() });
    expect((await send(`${url}/static-files/${name}`)).status).toBe(404);
  });

  it('is unpacked from a wheel', async () => {
    const tree = join(folder, 'tree');
    const build = join(tree, 'mlflow', 'server', 'js', 'build');
    mkdirSync(build, { recursive: true });
    writeFileSync(join(build, 'index.html'), '<html>of the wheel</html>');
    const wheel = join(folder, 'mlflow-9.9.9-py3-none-any.whl');
    execFileSync('python3', ['-m', 'zipfile', '-c', wheel, 'mlflow'], { cwd: tree });
    const { url } = await start({ ui: wheel });
    expect(await send(url)).toMatchObject({ status: 200, body: '<html>of the wheel</html>' });
  });

  it('says how to get it when it is not there', async () => {
    await expect(start({ ui: folder })).rejects.toThrow('pip install mlflow');
    await expect(start({ ui: join(folder, 'mlflow.whl') })).rejects.toThrow('There is no file');
  });
});
