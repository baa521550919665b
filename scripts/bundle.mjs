// Bundles every Lambda handler (lambdas/<area>/<name>/index.ts) and copies the processing scripts to assets/,
// which the package ships: whoever uses the constructs needs neither esbuild nor Docker. Same sources, same bytes.
// The new folder is built beside the old one and takes its place in two renames, so that a reader never meets a half.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { bundleFingerprint, isContract } from './fingerprint.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const assets = join(root, 'assets');

const folders = (path) =>
  existsSync(path)
    ? readdirSync(path, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .sort()
    : [];

const lambdas = join(root, 'lambdas');
const handlers = folders(lambdas).flatMap((area) =>
  folders(join(lambdas, area))
    .filter((name) => existsSync(join(lambdas, area, name, 'index.ts')))
    .map((name) => `${area}/${name}`),
);

async function bundleHandlers(target) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: handlers.map((handler) => ({
      in: `lambdas/${handler}/index.ts`,
      out: `lambdas/${handler}/index`,
    })),
    outdir: target,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // The SDK's CommonJS files can't be shaken: with its modules a bundle is half as large and loads in a quarter.
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    logLevel: 'warning',
  });
  for (const input of Object.keys(metafile.inputs)) {
    if (input.startsWith('lib/') && !isContract(input)) {
      throw new Error(
        `${input} is bundled into a handler. Handlers may import only contract files from lib/.`,
      );
    }
  }
}

/** Reads the exports without running the handler, which would want its environment. */
async function assertExportsHandler(handler, file) {
  const { exports } = await build({
    absWorkingDir: root,
    entryPoints: [`lambdas/${handler}/index.ts`],
    bundle: false,
    write: false,
    format: 'esm',
    metafile: true,
    outdir: dirname(file),
  }).then(({ metafile }) => Object.values(metafile.outputs)[0]);
  if (!exports.includes('handler')) {
    throw new Error(
      `lambdas/${handler}/index.ts exports ${exports.join(', ') || 'nothing'}, but Lambda calls \`handler\`. Export it.`,
    );
  }
}

const size = (bytes) => `${(bytes / 1024).toFixed(0).padStart(6)} kB`;
const temporary = mkdtempSync(join(root, '.assets-'));
chmodSync(temporary, 0o755);
try {
  const fingerprint = bundleFingerprint(root);
  if (handlers.length > 0) await bundleHandlers(temporary);
  const functions = {};
  for (const handler of handlers) {
    const file = join(temporary, 'lambdas', handler, 'index.js');
    await assertExportsHandler(handler, file);
    const code = readFileSync(file);
    functions[handler] = { bytes: code.length, sha256: createHash('sha256').update(code).digest('hex') };
    console.log(`${size(code.length)}  ${size(gzipSync(code).length)} gzip  ${handler}`);
  }
  if (existsSync(join(root, 'jobs'))) {
    cpSync(join(root, 'jobs'), join(temporary, 'jobs'), {
      recursive: true,
      filter: (path) => !path.includes('__pycache__'),
    });
  }
  writeFileSync(join(temporary, 'manifest.json'), `${JSON.stringify({ fingerprint, functions }, null, 2)}\n`);

  const old = join(root, `.assets-old-${process.pid}`);
  if (existsSync(assets)) renameSync(assets, old);
  renameSync(temporary, assets);
  rmSync(old, { recursive: true, force: true });
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
console.log(`bundled ${handlers.length} functions into assets/`);
