import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isAlive, type ProcessIdentity } from './processes';

export const DEFAULT_PORT = 4566;

/** What a runtime writes down about itself, so that other processes find it. */
export interface RuntimeState {
  readonly port: number;
  /** What AWS clients take as their endpoint. */
  readonly endpointUrl: string;
  readonly speed: number;
  /** Real time at which the virtual clock started, in milliseconds since the epoch. */
  readonly epochMs: number;
  /** The Node process that everything else belongs to. */
  readonly host: ProcessIdentity;
  readonly ministack: ProcessIdentity;
  /** The folder with the logs. */
  readonly stateDir: string;
}

/** The folder of the runtime on a port, as an absolute path. @default - `.flywheel` in the current folder as `root` */
export function stateDirOf(port: number, root = '.flywheel'): string {
  return resolve(root, `runtime-${port}`);
}

export function writeState(stateDir: string, state: RuntimeState): void {
  mkdirSync(stateDir, { recursive: true });
  const file = stateFile(stateDir);
  writeFileSync(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}

export function removeState(stateDir: string): void {
  rmSync(stateFile(stateDir), { force: true });
}

/** What the last runtime in this folder wrote, whether it still runs or not. */
export function lastState(stateDir: string): RuntimeState | undefined {
  try {
    return JSON.parse(readFileSync(stateFile(stateDir), 'utf8')) as RuntimeState;
  } catch {
    return undefined;
  }
}

/** The runtime that is up on this port, started from the same folder; undefined when none is. */
export function readRuntimeState(port: number = DEFAULT_PORT, root?: string): RuntimeState | undefined {
  const state = lastState(stateDirOf(port, root));
  return state !== undefined && isAlive(state.host) ? state : undefined;
}

function stateFile(stateDir: string): string {
  return join(stateDir, 'runtime.json');
}
