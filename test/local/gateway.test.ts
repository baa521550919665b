import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClock } from '../../local/runtime/clock';
import { createGateway, type GatewayService } from '../../local/runtime/gateway';
import { UpstreamProxy } from '../../local/runtime/proxy';
import type { ServiceRequest } from '../../local/runtime/services';

const silent = { info: () => {}, error: () => {} };

/** An upstream that answers with what it was asked. */
let upstream: Server;
let gateway: Server;
let asked: ServiceRequest[];
let url: string;

const listen = (server: Server) =>
  new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );

beforeEach(async () => {
  asked = [];
  upstream = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) {
        chunks.push(chunk as Buffer);
      }
    } catch {
      return;
    }
    const body = Buffer.concat(chunks);
    outgoing.setHeader('x-upstream', 'yes');
    outgoing.end(
      JSON.stringify({
        method: incoming.method,
        url: incoming.url,
        headers: incoming.headers,
        bytes: body.length,
      }),
    );
  });
  const sageMaker: GatewayService = {
    handle: async (asking) => {
      asked.push(asking);
      return { status: 200, body: 'sagemaker' };
    },
  };
  const proxy = new UpstreamProxy({
    port: await listen(upstream),
    headers: { 'x-secret': 's' },
    withheld: ['date'],
  });
  const clock = createClock({ epochMs: Date.now() - 60_000, speed: 1_000 });
  gateway = createServer(
    createGateway({ clock, proxy, sageMaker, describe: () => ({ port: 1 }), logger: silent }),
  );
  url = `http://127.0.0.1:${await listen(gateway)}`;
});
afterEach(() => {
  gateway.closeAllConnections();
  gateway.close();
  upstream.closeAllConnections();
  upstream.close();
});

describe('the gateway', () => {
  it('passes method, path, query, headers and body on, with the secret and without a Date of another clock', async () => {
    const response = await fetch(`${url}/bucket/a%20b?versionId=1&x=%2F`, {
      method: 'PUT',
      body: Buffer.alloc(300_000),
      headers: { 'x-amz-meta-a': '1' },
    });
    expect(response.headers.get('x-upstream')).toBe('yes');
    expect(response.headers.get('date')).toBeNull();
    expect(await response.json()).toMatchObject({
      method: 'PUT',
      url: '/bucket/a%20b?versionId=1&x=%2F',
      headers: { 'x-amz-meta-a': '1', 'x-secret': 's', host: url.slice('http://'.length) },
      bytes: 300_000,
    });
  });

  it('refuses foreign hosts and origins before anything is passed on', async () => {
    const answer = await new Promise<IncomingMessage>((resolve) =>
      request(url, { headers: { host: 'evil.example' } }, resolve).end(),
    );
    expect(answer.statusCode).toBe(403);
    answer.resume();
    const foreign = await fetch(url, { headers: { origin: 'https://evil.example' } });
    expect(foreign.status).toBe(403);
    expect(await foreign.text()).toContain('https://evil.example');
  });

  it('never passes the internal endpoints on', async () => {
    expect((await fetch(`${url}/_flywheel/alarms`)).status).toBe(404);
  });

  it('tells its health with the virtual time', async () => {
    const response = await fetch(`${url}/_flywheel/health`);
    const health = (await response.json()) as { now: string };
    expect(health).toMatchObject({ status: 'up', speed: 1_000, port: 1 });
    expect(Date.parse(health.now)).toBeGreaterThan(Date.now() + 3_600_000);
    expect(Date.parse(response.headers.get('date')!)).toBeGreaterThan(Date.now() + 3_600_000);
  });

  it('hands SageMaker requests to the SageMaker service', async () => {
    await fetch(url, {
      method: 'POST',
      headers: { 'x-amz-target': 'SageMaker.ListModels' },
      body: '{"a":1}',
    });
    await fetch(`${url}/endpoints/m/invocations`, {
      method: 'POST',
      body: '1,2',
      headers: { 'X-Amz-Trace': 'T' },
    });
    await fetch(url, { method: 'POST', headers: { 'x-amz-target': 'AWSEvents.PutEvents' } });
    expect(asked.map(({ path, body }) => [path, body.toString()])).toEqual([
      ['/', '{"a":1}'],
      ['/endpoints/m/invocations', '1,2'],
    ]);
    expect(asked[1]!.headers['x-amz-trace']).toBe('T');
  });

  it('takes API calls of 10 MB and refuses larger ones, with and without a length', async () => {
    const call = (body: Buffer | ReadableStream, extra: object = {}) =>
      fetch(`${url}/_aws/execute-api/a/$default/predictions`, { method: 'POST', body, ...extra });
    const limit = 10 * 1024 * 1024;
    expect((await call(Buffer.alloc(limit))).status).toBe(200);
    expect((await call(Buffer.alloc(limit + 1))).status).toBe(413);
    const stream = new Blob([Buffer.alloc(limit + 1)]).stream();
    expect((await call(stream, { duplex: 'half' })).status).toBe(413);
  });

  it('says so when MiniStack is gone', async () => {
    upstream.closeAllConnections();
    upstream.close();
    const response = await fetch(`${url}/bucket`);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('MiniStack does not answer');
  });
});
