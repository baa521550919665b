import { Agent, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: replies of many shapes
  readonly body: any;
}

/** What MLflow's client repeats, whatever the method. */
const RETRIED = new Set([408, 429, 500, 502, 503, 504]);
const ATTEMPTS = 12;

/**
 * Calls the API as MLflow's client does: a lost connection or an answer that says "later" is tried again, without a
 * thought of what became of it. Waits are shorter, so that a test ends.
 */
export class RetryingClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(private readonly uri: string) {}

  get(path: string): Promise<Reply> {
    return this.call('GET', path);
  }

  post(path: string, body: object, token?: string): Promise<Reply> {
    return this.call('POST', path, body, token);
  }

  /** @throws Error when no attempt was answered. */
  private async call(method: string, path: string, body?: object, token?: string): Promise<Reply> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const reply = await this.once(method, path, body, token).catch(() => undefined);
      if (reply !== undefined && !RETRIED.has(reply.status)) return reply;
      await wait(2 * attempt);
    }
    throw new Error(`${method} ${path} was not answered in ${ATTEMPTS} attempts`);
  }

  private once(method: string, path: string, body?: object, token?: string): Promise<Reply> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers: Record<string, string | number> = { 'content-length': Buffer.byteLength(text) };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (token !== undefined) headers['idempotency-key'] = token;
    return new Promise((resolve, reject) => {
      const url = `${this.uri}/api/2.0/mlflow/${path}`;
      const outgoing = request(url, { method, agent: this.agent, headers }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            body: JSON.parse(Buffer.concat(chunks).toString() || '{}'),
          }),
        );
      });
      outgoing.on('error', reject);
      outgoing.end(text);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
