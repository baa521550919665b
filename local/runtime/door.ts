import { createServer, type RequestListener } from 'node:http';
import { portHolder } from './ports';
import { readRuntimeState } from './state';

/** The public port, held from the first moment of a start so that two starts can't both go on. */
export interface Door {
  /** Hands requests to the listener from now on; before, they are answered 503. */
  open(listener: RequestListener): void;
  close(): void;
}

/** SDK clients keep connections open; a server that closes them first makes their next request fail. */
const KEEP_ALIVE_MS = 75_000;

/**
 * Takes the port on 127.0.0.1.
 *
 * @param root the folder of the runtimes, to say how the one that holds the port is stopped
 * @throws Error naming the holder when the port is taken.
 */
export function takePort(port: number, root?: string): Promise<Door> {
  let serve: RequestListener = (incoming, outgoing) => {
    incoming.resume();
    outgoing.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
    outgoing.end(JSON.stringify({ message: 'The laptop runtime is starting.' }));
  };
  const server = createServer((incoming, outgoing) => serve(incoming, outgoing));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = 0;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port, root)));
    server.listen(port, '127.0.0.1', () =>
      resolve({
        open: (listener) => {
          serve = listener;
        },
        close: () => {
          server.close();
          server.closeAllConnections();
        },
      }),
    );
  });
}

function explain(error: NodeJS.ErrnoException, port: number, root: string | undefined): Error {
  if (error.code !== 'EADDRINUSE') {
    return error;
  }
  const runtime = readRuntimeState(port, root);
  if (runtime !== undefined) {
    return new Error(
      `Port ${port} is taken by the laptop runtime of process ${runtime.host.pid}. ` +
        `Stop it with: flywheel local down --port ${port}`,
    );
  }
  const holder = portHolder(port) ?? 'another process';
  return new Error(`Port ${port} is taken by ${holder}. Choose another with --port.`);
}
