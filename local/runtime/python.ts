import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The project's folder: local/runtime is two below it. */
export const PROJECT_ROOT = join(__dirname, '..', '..');

/**
 * The Python of the project's virtual environment.
 *
 * @throws Error that says how to make it, or that this is an installed package without the laptop runtime.
 */
export function projectPython(): string {
  if (!existsSync(join(PROJECT_ROOT, 'local', 'ministack', 'launcher.py'))) {
    throw new Error(
      'The laptop runtime is not in the npm package: run it from a checkout of the repository.',
    );
  }
  const python = join(PROJECT_ROOT, '.venv', 'bin', 'python');
  if (!existsSync(python)) {
    throw new Error(`${python} is missing: run \`npm run setup\` first.`);
  }
  return python;
}
