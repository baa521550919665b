import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import type { Dispatch } from '../../lambdas/registry/mlflow-api/dispatch';
import { type ApiRequest, type ApiResponse, json } from '../../lambdas/registry/mlflow-api/http';
import { refusal } from '../runtime/guard';
import { portHolder } from '../runtime/ports';
import type { StaticFiles } from './static-files';

/** Clients keep connections open; a server that closes them first makes their next request fail. */
const KEEP_ALIVE_MS = 75_000;
/** As API Gateway: bodies other than uploads. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const UPLOAD = /^\/(?:ajax-)?api\/2\.0\/mlflow-artifacts\/artifacts\//;
/** Who everybody on this machine is. */
const PRINCIPAL = 'local';

export interface ServerDeps {
  readonly dispatch: Dispatch;
  /** The web UI. @default - there is none */
  readonly ui?: StaticFiles;
}

/** The tracking API on a loopback port. */
export function createTrackingServer(deps: ServerDeps): Server {
  const server = createServer((incoming, outgoing) => {
    answer(deps, incoming, outgoing).catch((error: Error) => {
      process.stderr.write(`flywheel tracking: ${incoming.method} ${incoming.url}: ${error.stack}\n`);
      outgoing.destroy();
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = 0;
  return server;
}

async function answer(deps: ServerDeps, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const refused = refusal(incoming.headers);
  if (refused !== undefined) {
    incoming.resume();
    send(outgoing, json(403, { error_code: 'PERMISSION_DENIED', message: refused }));
    return;
  }
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  const file = incoming.method === 'GET' ? await deps.ui?.find(path) : undefined;
  if (file !== undefined) {
    send(outgoing, file);
    return;
  }
  const isUpload = incoming.method === 'PUT' && UPLOAD.test(path);
  const body = isUpload ? Buffer.alloc(0) : await read(incoming);
  if (body === undefined) {
    const message = `The body of the request is larger than ${MAX_BODY_BYTES} bytes.`;
    send(outgoing, json(413, { error_code: 'INVALID_PARAMETER_VALUE', message }));
    return;
  }
  const request: ApiRequest = {
    method: incoming.method ?? 'GET',
    path,
    rawQuery: mark === -1 ? '' : url.slice(mark + 1),
    headers: incoming.headers as ApiRequest['headers'],
    body,
    stream: isUpload ? incoming : undefined,
    principal: PRINCIPAL,
  };
  const response = await deps.dispatch(request);
  // What a refused upload did not read has to be, or the connection hangs.
  if (isUpload && !incoming.readableEnded) incoming.resume();
  send(outgoing, response);
}

/** The whole body, or undefined when it is too large (then it is read to its end and dropped). */
function read(incoming: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    });
    incoming.on('end', () => {
      if (size > MAX_BODY_BYTES) resolve(undefined);
      else resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    });
    incoming.on('error', reject);
  });
}

function send(outgoing: ServerResponse, { status, headers, body }: ApiResponse): void {
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
    outgoing.end(body);
    return;
  }
  outgoing.writeHead(status, headers);
  pipeline(body as Readable, outgoing, () => undefined);
}

/** Takes the port on 127.0.0.1. @throws Error naming who holds it when it is taken. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error);
      const holder = portHolder(port) ?? 'another process';
      reject(new Error(`Port ${port} is taken by ${holder}. Choose another with --port.`));
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
