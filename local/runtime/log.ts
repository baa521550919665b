import { createWriteStream } from 'node:fs';
import type { Logger, VirtualClock } from './services';

/** Writes one JSON object a line, stamped with the virtual time. */
export function fileLogger(file: string, clock: VirtualClock): Logger & { close(): void } {
  const stream = createWriteStream(file, { flags: 'a' });
  const write = (level: string, message: string, fields?: object) =>
    stream.write(`${JSON.stringify({ at: clock.now().toISOString(), level, message, ...fields })}\n`);
  return {
    info: (message, fields) => write('info', message, fields),
    error: (message, fields) => write('error', message, fields),
    close: () => stream.end(),
  };
}
