import { DEFAULT_PORT, lastState, type RuntimeState, readRuntimeState, stateDirOf } from './state';

/** What `status` says of the runtime on a port. */
export interface RuntimeStatus {
  /** `dead`: it ended without shutting down; `silent`: it runs but does not answer. */
  readonly status: 'up' | 'down' | 'dead' | 'silent';
  readonly port: number;
  readonly runtime?: RuntimeState;
  /** The virtual time, as ISO 8601 text. */
  readonly now?: string;
}

const ANSWER_TIMEOUT_MS = 3_000;

export async function status(options: { port?: number; root?: string } = {}): Promise<RuntimeStatus> {
  const port = options.port ?? DEFAULT_PORT;
  const runtime = readRuntimeState(port, options.root);
  if (runtime === undefined) {
    return { status: lastState(stateDirOf(port, options.root)) === undefined ? 'down' : 'dead', port };
  }
  try {
    const response = await fetch(`${runtime.endpointUrl}/_flywheel/health`, {
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const { now } = (await response.json()) as { now: string };
    return { status: 'up', port, runtime, now };
  } catch {
    return { status: 'silent', port, runtime };
  }
}
