// Makes a fresh clone ready: npm packages, the Python environment .venv and the bundled handlers.
// Plain Node without dependencies. Quick when everything is there; `npm start` and `npm test` begin with it.
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFingerprint, fileDigest } from './fingerprint.mjs';
import { findPython, NODE_MINIMUM, tooOldNode } from './setup/machine.mjs';
import { packagesAreInstalled } from './setup/packages.mjs';
import { Problem, Progress, run, withLock } from './setup/steps.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const venv = join(root, '.venv');
const venvPython = join(venv, 'bin', 'python');
const venvStamp = join(venv, 'flywheel-requirements.sha256');

const readText = (file) => (existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined);

const packagesReady = () => packagesAreInstalled(root);
const pythonReady = () =>
  existsSync(venvPython) && readText(venvStamp) === fileDigest(join(root, 'requirements.txt'));
const bundlesReady = () => {
  const manifest = readText(join(root, 'assets', 'manifest.json'));
  return manifest !== undefined && JSON.parse(manifest).fingerprint === bundleFingerprint(root);
};

async function installPackages(progress) {
  // npm tells its scripts where it is itself: that one, and not another on the PATH, installs.
  const npm = process.env.npm_execpath?.endsWith('.js')
    ? [process.execPath, process.env.npm_execpath]
    : ['npm'];
  await progress.step('npm packages', () =>
    run(root, [...npm, 'ci', '--no-audit', '--no-fund', '--prefer-offline'], {
      hint: 'Check the network and the registry of npm (`npm config get registry`), then run `npm run setup` again.',
    }),
  );
}

async function installPython(progress, python) {
  rmSync(venvStamp, { force: true });
  await progress.step('Python environment .venv', async () => {
    // An environment of another Python, or of one that is gone, is made anew.
    await run(root, [...python, '-m', 'venv', '--clear', venv], {
      hint: 'The folder .venv could not be made. Remove it and run `npm run setup` again.',
    });
    const pip = [venvPython, '-m', 'pip', 'install', '--disable-pip-version-check', '--no-input'];
    await run(root, [...pip, '--prefer-binary', '-r', 'requirements.txt'], {
      hint: 'Check the network and the index of pip (`pip config list`), then run `npm run setup` again.',
    });
    writeFileSync(venvStamp, `${fileDigest(join(root, 'requirements.txt'))}\n`);
  });
}

async function bundle(progress) {
  await progress.step('Lambda bundles', () =>
    run(root, [process.execPath, join(root, 'scripts', 'bundle.mjs')], {
      hint: 'A handler under lambdas/ does not bundle; the message above names the file.',
    }),
  );
}

/** `npx flywheel` looks for the command where those of the dependencies are. */
function linkCommand() {
  const link = join(root, 'node_modules', '.bin', 'flywheel');
  if (existsSync(link)) return;
  rmSync(link, { force: true });
  symlinkSync(join('..', '..', 'cli', 'bin.cjs'), link);
}

async function setup() {
  const old = tooOldNode();
  if (old) {
    throw new Problem(
      `Node.js ${NODE_MINIMUM} or newer is needed, but this is ${old}. Install it from nodejs.org or with nvm (\`nvm install ${NODE_MINIMUM}\`).`,
    );
  }
  if (packagesReady() && pythonReady() && bundlesReady()) return linkCommand();

  await withLock(join(root, '.setup.lock'), async () => {
    const progress = new Progress(process.stderr);
    try {
      const python = pythonReady() ? undefined : findPython();
      const installs = await Promise.allSettled([
        packagesReady() ? undefined : installPackages(progress),
        python ? installPython(progress, python) : undefined,
      ]);
      const failed = installs.filter((result) => result.status === 'rejected').map((result) => result.reason);
      if (failed.length > 0)
        throw failed.length === 1 ? failed[0] : new Problem(failed.map(String).join('\n\n'));
      if (!bundlesReady()) await bundle(progress);
      linkCommand();
    } finally {
      progress.end();
    }
  });
}

try {
  await setup();
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(`\nsetup: ${error.message}\n`);
  process.exitCode = 1;
}
