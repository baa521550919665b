import { execFileSync } from 'node:child_process';

/** Whether a process still runs; one that is only waiting to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'state=', '-p', `${pid}`])
      .toString()
      .trim();
    return !state.startsWith('Z');
  } catch {
    return false;
  }
}
