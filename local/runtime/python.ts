import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The project's folder: local/runtime is two below it. */
export const PROJECT_ROOT = join(__dirname, '..', '..');

/**
 * The Python of the project's virtual environment.
 *
 * @throws Error that says how to make it.
 */
export function projectPython(): string {
  const python = join(PROJECT_ROOT, '.venv', 'bin', 'python');
  if (!existsSync(python)) {
    throw new Error(`${python} is missing: run \`npm run setup\` first.`);
  }
  return python;
}
