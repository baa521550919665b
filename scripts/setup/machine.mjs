// What setup needs of the machine: Node.js and a Python with `venv`.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { Problem } from './steps.mjs';

export const NODE_MINIMUM = 20;
const PYTHON_MINIMUM = [3, 11];

/** The version of this Node.js when it is too old, else undefined. */
export function tooOldNode(version = process.versions.node) {
  return Number(version.split('.')[0]) < NODE_MINIMUM ? version : undefined;
}

const CANDIDATES = ['python3.11', 'python3.12', 'python3.13', 'python3', 'python3.14', 'python'];
const PROBE = `
import sys
print(".".join(map(str, sys.version_info[:3])))
try:
    import venv, ensurepip
    print("venv")
except ImportError:
    print("no venv")
`;

function probe(command) {
  const { status, stdout } = spawnSync(command, ['-c', PROBE], { encoding: 'utf8', timeout: 20_000 });
  if (status !== 0) return undefined;
  const [version, venv] = stdout.trim().split(/\r?\n/);
  const [major, minor] = version.split('.').map(Number);
  const newEnough = major === PYTHON_MINIMUM[0] && minor >= PYTHON_MINIMUM[1];
  return { command, version, newEnough, venv: venv === 'venv' };
}

/**
 * The command of a Python that is new enough and has `venv`: FLYWHEEL_PYTHON when that is set, else the first of
 * the usual names. Throws a Problem that says what was found and how to get what is missing.
 */
export function findPython(environment = process.env) {
  const found = [];
  for (const command of environment.FLYWHEEL_PYTHON ? [environment.FLYWHEEL_PYTHON] : CANDIDATES) {
    const python = probe(command);
    if (python?.newEnough && python.venv) return [command];
    if (python) found.push(python);
  }
  throw new Problem(pythonIsMissing(found, environment.FLYWHEEL_PYTHON));
}

function pythonIsMissing(found, asked) {
  const wanted = PYTHON_MINIMUM.join('.');
  const seen =
    found
      .map(({ command, version, newEnough }) =>
        newEnough
          ? `${command} is ${version} but lacks the modules venv and ensurepip`
          : `${command} is ${version}, which is too old`,
      )
      .join('; ') ||
    (asked ? `FLYWHEEL_PYTHON names ${asked}, which does not run` : 'none was found on the PATH');
  return [
    `Python ${wanted} or newer with the module venv is needed for the laptop runtime: ${seen}.`,
    ...howToGetPython(wanted),
    'Or name one yourself: FLYWHEEL_PYTHON=/path/to/python npm run setup',
  ].join('\n');
}

function howToGetPython(wanted) {
  if (process.platform === 'darwin') return ['On macOS: brew install python@3.12'];
  if (process.platform === 'win32') return ['On Windows, use WSL 2 (wsl --install) and run Flywheel in it.'];
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (/^ID(_LIKE)?=.*(debian|ubuntu)/m.test(release)) {
    return [
      `On Debian and Ubuntu: sudo apt-get install python3 python3-venv (or python${wanted} python${wanted}-venv)`,
    ];
  }
  if (/^ID(_LIKE)?=.*(fedora|rhel)/m.test(release)) return ['On Fedora: sudo dnf install python3.12'];
  if (/^ID(_LIKE)?=.*amzn/m.test(release)) return ['On Amazon Linux: sudo dnf install python3.12'];
  if (/^ID(_LIKE)?=.*arch/m.test(release)) return ['On Arch: sudo pacman -S python'];
  if (/^ID(_LIKE)?=.*alpine/m.test(release)) return ['On Alpine: apk add python3'];
  return ['Install it with the package manager of the system.'];
}
