import { createServer, request, type Server } from 'node:http';

/** What becomes of a request: it passes, never arrives, or arrives and is done, and its reply is lost. */
export type Fault = 'none' | 'request lost' | 'reply lost';

export interface FaultyProxy {
  readonly uri: string;
  /** How often each fault was played. */
  readonly played: Readonly<Record<Fault, number>>;
  close(): Promise<void>;
}

/** Stands between clients and a server at 127.0.0.1, and plays the fault that is drawn for each request. */
export async function faultyProxy(port: number, draw: () => Fault): Promise<FaultyProxy> {
  const played: Record<Fault, number> = { none: 0, 'request lost': 0, 'reply lost': 0 };
  const server: Server = createServer((incoming, outgoing) => {
    const fault = draw();
    played[fault] += 1;
    if (fault === 'request lost') {
      incoming.socket.destroy();
      return;
    }
    const { method, headers, url: path } = incoming;
    const onward = request({ host: '127.0.0.1', port, method, headers, path }, (answer) => {
      if (fault === 'reply lost') {
        // The whole answer is there: what was asked for is done.
        answer.resume().once('end', () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.once('error', () => incoming.socket.destroy());
    incoming.pipe(onward);
  });
  const own = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  return {
    uri: `http://127.0.0.1:${own}`,
    played,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
