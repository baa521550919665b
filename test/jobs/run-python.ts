import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const VENV = join(ROOT, '.venv', 'bin', 'python');

/** Can the tests that need scikit-learn and the flights run? They need the project's own virtual environment. */
export const hasVenv = existsSync(VENV);

/** Runs the project's Python, or the system's when the virtual environment is not there, in the repository's root. */
export function python(args: string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  const { status, stdout, stderr, error } = spawnSync(hasVenv ? VENV : 'python3', args, {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...options.env },
    encoding: 'utf8',
  });
  if (error !== undefined) {
    throw new Error(
      `Neither .venv nor python3 could be run (${error.message}): run \`npm run setup\` first.`,
    );
  }
  return { status, stdout, stderr };
}
