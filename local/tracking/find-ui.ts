import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where MLflow's wheel has the built UI. */
const BUILD = join('mlflow', 'server', 'js', 'build');
const VIRTUAL_ENVIRONMENTS = ['.venv', 'venv', '.venv-mlflow3', '.env'];

const HOW_TO_GET_IT =
  'The UI comes with the PyPI package mlflow (not with mlflow-skinny). Get it with\n' +
  '  python3 -m venv .venv && .venv/bin/pip install mlflow\n' +
  'or without installing, and name the file:\n' +
  '  pip download --no-deps mlflow && flywheel tracking --ui mlflow-*.whl';

/**
 * The folder of MLflow's web UI.
 *
 * @param given - a folder with the UI, an environment or a site-packages with mlflow, or a wheel.
 *   @default - the active virtual environment, `.venv` and the like here, or the system's Python
 * @throws Error that says how to get it.
 */
export function findUi(given?: string): string {
  if (given !== undefined) {
    const found = given.endsWith('.whl') ? fromWheel(resolve(given)) : uiIn(resolve(given));
    if (found === undefined) throw new Error(`There is no MLflow UI in ${given}. ${HOW_TO_GET_IT}`);
    return found;
  }
  const places = [process.env.VIRTUAL_ENV, ...VIRTUAL_ENVIRONMENTS.map((name) => resolve(name))];
  for (const place of places) {
    const found = place === undefined ? undefined : uiIn(place);
    if (found !== undefined) return found;
  }
  const installed = packagesOfPython()
    .map(uiIn)
    .find((found) => found !== undefined);
  if (installed === undefined) throw new Error(`No MLflow UI was found. ${HOW_TO_GET_IT}`);
  return installed;
}

function uiIn(folder: string): string | undefined {
  return [folder, join(folder, BUILD), ...sitePackages(folder).map((packages) => join(packages, BUILD))].find(
    (each) => existsSync(join(each, 'index.html')),
  );
}

/** `lib/python3.11/site-packages` of an environment; `Lib/site-packages` on Windows. */
function sitePackages(environment: string): string[] {
  const lib = join(environment, 'lib');
  const versions = existsSync(lib) ? readdirSync(lib).filter((name) => name.startsWith('python')) : [];
  return [
    ...versions.map((version) => join(lib, version, 'site-packages')),
    join(environment, 'Lib', 'site-packages'),
  ];
}

function packagesOfPython(): string[] {
  try {
    const code = 'import json, sys; print(json.dumps(sys.path))';
    const paths: unknown = JSON.parse(
      execFileSync('python3', ['-c', code], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: 5000,
      }),
    );
    return Array.isArray(paths)
      ? paths.filter((path): path is string => typeof path === 'string' && path !== '')
      : [];
  } catch {
    return [];
  }
}

/** Unpacks the wheel once, beside the other temporary files. */
function fromWheel(wheel: string): string | undefined {
  if (!existsSync(wheel)) throw new Error(`There is no file ${wheel}.`);
  const { size, mtimeMs } = statSync(wheel);
  const key = createHash('sha256').update(`${wheel} ${size} ${mtimeMs}`).digest('hex').slice(0, 16);
  const folder = join(tmpdir(), `flywheel-mlflow-ui-${process.getuid?.() ?? 0}-${key}`);
  if (!existsSync(folder)) {
    const unpacked = mkdtempSync(join(tmpdir(), 'flywheel-mlflow-ui-'));
    try {
      execFileSync('python3', ['-m', 'zipfile', '-e', wheel, unpacked], { stdio: 'pipe' });
      renameSync(unpacked, folder);
    } catch (error) {
      rmSync(unpacked, { recursive: true, force: true });
      if (!existsSync(folder)) throw new Error(`${wheel} can't be unpacked: ${(error as Error).message}`);
    }
  }
  return uiIn(folder);
}
