// Virtual environments with pinned clients, made once and kept beside .venv: .venv-mlflow3 and .venv-mlflow2.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython } from '../../scripts/setup/machine.mjs';
import { run } from '../../scripts/setup/steps.mjs';

const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '..', '..');
export const CLIENTS = ['3', '2'];

export const environmentOf = (client) => join(root, `.venv-mlflow${client}`);
export const pythonOf = (client) => join(environmentOf(client), 'bin', 'python');

/** Makes the environment, unless it is there with just these requirements. */
export async function prepare(client) {
  const requirements = join(here, `requirements-${client}.txt`);
  const folder = environmentOf(client);
  const mark = join(folder, 'requirements.sha256');
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
  rmSync(folder, { recursive: true, force: true });
  await run(root, [...findPython(), '-m', 'venv', folder], {
    hint: 'Python with the module venv is needed.',
  });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
  await run(root, [pythonOf(client), ...pip, '-r', requirements], {
    hint: 'The packages of the MLflow client could not be installed; is the package index reachable?',
  });
  writeFileSync(mark, wanted);
}
