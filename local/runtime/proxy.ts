import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** Headers of one connection, which a proxy must not pass on (RFC 9110 section 7.6.1), and Node's own Expect. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'expect'];

/** Where a proxy sends requests, and how it identifies itself there. */
export interface Upstream {
  readonly port: number;
  readonly headers: Record<string, string>;
  /** Names of response headers that are not passed on. @default - all are */
  readonly withheld?: readonly string[];
}

/** Passes requests on to a server on this machine and its answers back, both as streams. */
export class UpstreamProxy {
  private readonly agent = new Agent({ keepAlive: true, maxFreeSockets: 64 });

  constructor(private readonly upstream: Upstream) {}

  /**
   * Passes one request on. Answers 503 when the upstream cannot be reached, 413 when the body is larger than
   * `limitBytes`.
   */
  pass(incoming: IncomingMessage, outgoing: ServerResponse, limitBytes = Number.POSITIVE_INFINITY): void {
    if (Number(incoming.headers['content-length'] ?? 0) > limitBytes) {
      tooLarge(incoming, outgoing);
      return;
    }
    const sent = request({
      host: '127.0.0.1',
      port: this.upstream.port,
      method: incoming.method,
      path: incoming.url,
      headers: { ...passedHeaders(incoming), ...this.upstream.headers },
      agent: this.agent,
    });
    sent.on('response', (answer) => {
      outgoing.sendDate = false;
      for (const name of this.upstream.withheld ?? []) {
        delete answer.headers[name];
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.headers);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    let refused = false;
    sent.on('error', (error) => {
      if (refused) {
        return;
      }
      if (outgoing.headersSent) {
        outgoing.destroy();
      } else {
        const message = `MiniStack does not answer: ${error.message}`;
        outgoing.writeHead(503, { 'content-type': 'application/json' });
        outgoing.end(JSON.stringify({ __type: 'ServiceUnavailable', message }));
      }
    });
    outgoing.on('close', () => sent.destroy());
    if (limitBytes !== Number.POSITIVE_INFINITY) {
      let received = 0;
      incoming.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (received > limitBytes && !refused && !outgoing.headersSent) {
          refused = true;
          incoming.unpipe(sent);
          tooLarge(incoming, outgoing);
          sent.destroy();
        }
      });
    }
    incoming.pipe(sent);
  }

  close(): void {
    this.agent.destroy();
  }
}

function passedHeaders(incoming: IncomingMessage): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !HOP_BY_HOP.includes(name)) {
      headers[name] = value;
    }
  }
  return headers;
}

/** API Gateway's answer; the rest of the body is read and thrown away, so that the client gets to see it. */
function tooLarge(incoming: IncomingMessage, outgoing: ServerResponse): void {
  incoming.resume();
  outgoing.writeHead(413, { 'content-type': 'application/json', connection: 'close' });
  outgoing.end(JSON.stringify({ message: 'Request Entity Too Large' }));
}
