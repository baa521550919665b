import type { Runtime } from '../runtime/runtime';

/**
 * Returns a function that closes the runtime, once, however often it is called; Ctrl-C, a termination and a closed
 * terminal call it as well and then end the process.
 */
export function closing(runtime: Runtime): () => Promise<void> {
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= runtime.close();
    return closed;
  };
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  for (const [signal, code] of Object.entries(codes)) {
    process.once(signal, () => {
      process.stdout.write('\nshutting down\n');
      void close().finally(() => process.exit(process.exitCode ?? (signal === 'SIGINT' ? 0 : code)));
    });
  }
  return close;
}
