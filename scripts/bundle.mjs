// Bundles every Lambda handler (lambdas/<area>/<name>/index.ts) and copies the processing scripts to assets/,
// which the package ships: whoever uses the constructs needs neither esbuild nor Docker.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const lambdas = join(root, 'lambdas');
const assets = join(root, 'assets');

const folders = (path) => readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());

const entries = folders(lambdas)
  .flatMap((area) => folders(join(lambdas, area.name)).map((handler) => join(area.name, handler.name)))
  .filter((handler) => existsSync(join(lambdas, handler, 'index.ts')));

rmSync(assets, { recursive: true, force: true });
await build({
  entryPoints: entries.map((handler) => ({
    in: join(lambdas, handler, 'index.ts'),
    out: join('lambdas', handler, 'index'),
  })),
  outdir: assets,
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
if (existsSync(join(root, 'jobs'))) {
  mkdirSync(assets, { recursive: true });
  cpSync(join(root, 'jobs'), join(assets, 'jobs'), {
    recursive: true,
    filter: (p) => !p.includes('__pycache__'),
  });
}
console.log(`bundled ${entries.length} functions into assets/`);
