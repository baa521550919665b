import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { refusal } from './guard';
import type { UpstreamProxy } from './proxy';
import type { Logger, ServiceRequest, ServiceResponse, VirtualClock } from './services';

/** A service that answers some of the requests to the gateway itself. */
export interface GatewayService {
  /** @returns undefined when the request is none of this service's */
  handle(request: ServiceRequest): Promise<ServiceResponse | undefined>;
}

export interface GatewayOptions {
  readonly clock: VirtualClock;
  /** Takes what no service of ours answers. */
  readonly proxy: UpstreamProxy;
  /** The SageMaker service. @default - SageMaker requests go to the proxy */
  readonly sageMaker?: GatewayService;
  /** What `GET /_flywheel/health` says beside the time. */
  readonly describe: () => object;
  readonly logger: Logger;
}

/** API Gateway takes no larger request bodies. */
const API_LIMIT_BYTES = 10 * 1024 * 1024;

/** SageMaker takes at most 25 MB in a real-time invocation. */
const SAGEMAKER_LIMIT_BYTES = 25 * 1024 * 1024;

/** What stands behind the public port of the laptop runtime: all of AWS. */
export function createGateway(options: GatewayOptions): RequestListener {
  return (incoming, outgoing) => {
    answer(options, incoming, outgoing).catch((error: Error) => {
      options.logger.error('gateway', { url: incoming.url, error: error.stack });
      if (!outgoing.headersSent) {
        send(outgoing, { status: 500, body: JSON.stringify({ message: error.message }) });
      }
    });
  };
}

async function answer(
  options: GatewayOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const refused = refusal(incoming.headers);
  if (refused !== undefined) {
    incoming.resume();
    send(outgoing, { status: 403, body: JSON.stringify({ message: refused }) });
    return;
  }
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  if (url.pathname.startsWith('/_flywheel/')) {
    incoming.resume();
    const date = options.clock.now().toUTCString();
    const own = ownAnswer(options, url.pathname);
    send(outgoing, { ...own, headers: { ...own.headers, date } });
    return;
  }
  if (isApiCall(incoming, url.pathname)) {
    options.proxy.pass(incoming, outgoing, API_LIMIT_BYTES);
    return;
  }
  if (options.sageMaker !== undefined && isSageMaker(incoming, url.pathname)) {
    const body = await read(incoming, SAGEMAKER_LIMIT_BYTES);
    if (body === undefined) {
      const message = `The request body is larger than ${SAGEMAKER_LIMIT_BYTES} bytes.`;
      send(outgoing, { status: 413, body: JSON.stringify({ message }) });
      return;
    }
    const response = await options.sageMaker.handle(serviceRequest(incoming, url, body));
    const unknown = { status: 400, body: JSON.stringify({ __type: 'UnknownOperationException' }) };
    send(outgoing, response ?? unknown);
    return;
  }
  options.proxy.pass(incoming, outgoing);
}

function ownAnswer({ clock, describe }: GatewayOptions, path: string): ServiceResponse {
  const time = { now: clock.now().toISOString(), speed: clock.speed };
  switch (path) {
    case '/_flywheel/health':
      return { status: 200, body: JSON.stringify({ status: 'up', ...time, ...describe() }) };
    case '/_flywheel/clock':
      return { status: 200, body: JSON.stringify(time) };
    default:
      return { status: 404, body: JSON.stringify({ message: `No such page: ${path}` }) };
  }
}

function isApiCall(incoming: IncomingMessage, path: string): boolean {
  return path.startsWith('/_aws/execute-api/') || (incoming.headers.host ?? '').includes('.execute-api.');
}

function isSageMaker(incoming: IncomingMessage, path: string): boolean {
  const target = incoming.headers['x-amz-target'];
  return (
    (typeof target === 'string' && target.startsWith('SageMaker.')) ||
    (incoming.method === 'POST' && /^\/endpoints\/[^/]+\/(async-)?invocations/.test(path))
  );
}

function serviceRequest(incoming: IncomingMessage, url: URL, body: Buffer): ServiceRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  }
  return { method: incoming.method ?? 'GET', path: url.pathname, query: url.searchParams, headers, body };
}

/** The whole body, or undefined when it is larger than the limit (then it is read to its end and dropped). */
async function read(incoming: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += (chunk as Buffer).length;
    if (size <= limit) {
      chunks.push(chunk as Buffer);
    }
  }
  return size <= limit ? Buffer.concat(chunks) : undefined;
}

/** Without a Date of its own: an SDK client takes one that is not its own for a skewed clock, and retries errors. */
function send(outgoing: ServerResponse, response: ServiceResponse): void {
  outgoing.sendDate = false;
  outgoing.writeHead(response.status, {
    'content-type': 'application/json',
    ...response.headers,
  });
  outgoing.end(response.body ?? '');
}
