import { Agent, request as httpRequest } from 'node:http';

/** What a model answered. */
export interface ModelAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The model gave no answer within its time. */
export class ModelTimeout extends Error {}

/** HTTP to one serving process over connections that stay open. */
export class ModelClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 128 });

  constructor(private readonly port: number) {}

  /** True when the model answers GET /ping with 200 within two seconds. */
  async ping(): Promise<boolean> {
    try {
      return (await this.send('GET', '/ping', {}, undefined, 2000)).status === 200;
    } catch {
      return false;
    }
  }

  /**
   * @param timeoutMs - real milliseconds until the last byte of the answer
   * @throws ModelTimeout, or Error when the connection fails
   */
  invoke(headers: Readonly<Record<string, string>>, body: Buffer, timeoutMs: number): Promise<ModelAnswer> {
    return this.send('POST', '/invocations', headers, body, timeoutMs);
  }

  close(): void {
    this.agent.destroy();
  }

  private send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer | undefined,
    timeoutMs: number,
  ): Promise<ModelAnswer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          host: '127.0.0.1',
          port: this.port,
          agent: this.agent,
          method,
          path,
          headers: { ...headers, 'content-length': body?.length ?? 0 },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', fail);
          response.on('end', () => {
            clearTimeout(timer);
            const flat = Object.entries(response.headers).map(([name, value]) => [name, `${value}`]);
            resolve({
              status: response.statusCode!,
              headers: Object.fromEntries(flat),
              body: Buffer.concat(chunks),
            });
          });
        },
      );
      const fail = (error: Error) => {
        clearTimeout(timer);
        reject(error);
      };
      const timer = setTimeout(
        () => request.destroy(new ModelTimeout(`no answer within ${timeoutMs} ms`)),
        timeoutMs,
      );
      request.on('error', fail);
      request.end(body);
    });
  }
}
