// Makes what `npm pack` ships, in dist/npm: the constructs compiled by jsii, the bundled handlers and the command.
// Nothing is written beside the sources: a compiled .js next to its .ts would be what Node and vitest load.
// With --only-constructs, just the constructs: the check that lib/ keeps to what jsii can offer to Python.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleFingerprint } from './fingerprint.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const output = join(root, 'dist', 'npm');

function node(script, ...args) {
  const { status } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    stdio: 'inherit',
    // jsii supports newer releases of Node.js only, and works on 20.
    env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' },
  });
  if (status !== 0) process.exit(status ?? 1);
}

function compileConstructs() {
  for (const stale of ['dist/npm', 'dist/jsii', '.jsii', 'tsconfig.tsbuildinfo']) {
    rmSync(join(root, stale), { recursive: true, force: true });
  }
  mkdirSync(output, { recursive: true });
  node(join(root, 'node_modules', 'jsii', 'bin', 'jsii'));
}

function addHandlers() {
  const assets = join(root, 'assets');
  const manifest = join(assets, 'manifest.json');
  const current =
    existsSync(manifest) &&
    JSON.parse(readFileSync(manifest, 'utf8')).fingerprint === bundleFingerprint(root);
  if (!current) node(join(root, 'scripts', 'bundle.mjs'));
  cpSync(assets, join(output, 'assets'), { recursive: true });
}

async function addCommand() {
  await build({
    absWorkingDir: root,
    entryPoints: { flywheel: 'cli/flywheel.ts' },
    outdir: join(output, 'cli'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'warning',
  });
}

compileConstructs();
if (!process.argv.includes('--only-constructs')) {
  addHandlers();
  await addCommand();
}
