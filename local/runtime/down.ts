import { ended, isAlive, type ProcessIdentity, signal } from './processes';
import { DEFAULT_PORT, lastState, removeState, stateDirOf } from './state';

/** What `down` found and did. */
export type DownResult = 'stopped' | 'not-running' | 'cleaned-up';

/** A runtime ends within about two seconds; after this it is killed. */
const END_TIMEOUT_MS = 10_000;

/**
 * Ends the runtime on a port, whatever state it is in, and leaves no process of it behind.
 *
 * @returns `cleaned-up` when the runtime was dead but had left something
 */
export async function down(options: { port?: number; root?: string } = {}): Promise<DownResult> {
  const stateDir = stateDirOf(options.port ?? DEFAULT_PORT, options.root);
  const state = lastState(stateDir);
  if (state === undefined) {
    return 'not-running';
  }
  const wasAlive = isAlive(state.host);
  await end(state.host);
  await end(state.ministack);
  removeState(stateDir);
  return wasAlive ? 'stopped' : 'cleaned-up';
}

async function end(identity: ProcessIdentity): Promise<void> {
  if (!isAlive(identity)) {
    return;
  }
  signal(identity, 'SIGTERM');
  if (!(await ended(identity, END_TIMEOUT_MS)) && isAlive(identity)) {
    signal(identity, 'SIGKILL');
    await ended(identity, END_TIMEOUT_MS);
  }
}
