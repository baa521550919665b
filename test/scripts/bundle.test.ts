import { readdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Checkout } from './checkout';

const HANDLER = 'export const handler = async (event: { n: number }) => event.n + 1;\n';

let checkout: Checkout;
beforeEach(() => {
  checkout = new Checkout().linkPackages();
  checkout.write('lambdas/area/add/index.ts', HANDLER);
});
afterEach(() => rmSync(checkout.folder, { recursive: true, force: true }));

const manifest = () => JSON.parse(checkout.read('assets/manifest.json'));

describe('the bundler', () => {
  test('bundles each handler and says how large it is', () => {
    const { status, said } = checkout.run('bundle.mjs');
    expect(status).toBe(0);
    expect(said).toMatch(/\d+ kB {2}.*gzip {2}area\/add/);
    expect(Object.keys(manifest().functions)).toEqual(['area/add']);
  });

  test('makes the same bytes from the same sources', () => {
    checkout.run('bundle.mjs');
    const first = manifest();
    checkout.run('bundle.mjs');
    expect(manifest()).toEqual(first);
  });

  test('copies the processing scripts without their caches', () => {
    checkout.write('jobs/prepare.py', 'pass\n');
    checkout.write('jobs/__pycache__/prepare.pyc', '');
    checkout.run('bundle.mjs');
    expect(readdirSync(checkout.path('assets', 'jobs'))).toEqual(['prepare.py']);
  });

  test('leaves out what is no longer there', () => {
    checkout.run('bundle.mjs');
    rmSync(checkout.path('lambdas', 'area', 'add'), { recursive: true });
    checkout.write('lambdas/area/other/index.ts', HANDLER);
    checkout.run('bundle.mjs');
    expect(readdirSync(checkout.path('assets', 'lambdas', 'area'))).toEqual(['other']);
  });

  test('refuses a file without a handler, and leaves the bundles of before', () => {
    checkout.run('bundle.mjs');
    const before = manifest();
    checkout.write('lambdas/area/add/index.ts', 'export const handle = 1;\n');
    const { status, said } = checkout.run('bundle.mjs');
    expect(status).toBe(1);
    expect(said).toContain('lambdas/area/add/index.ts exports handle, but Lambda calls `handler`');
    expect(manifest()).toEqual(before);
    expect(readdirSync(checkout.folder).filter((name) => name.startsWith('.assets'))).toEqual([]);
  });

  test('refuses a handler that imports a construct, and takes a contract', () => {
    checkout.write('lib/area/contract.ts', 'export const ONE = 1;\n');
    checkout.write(
      'lambdas/area/add/index.ts',
      `export { ONE as handler } from '../../../lib/area/contract';\n`,
    );
    expect(checkout.run('bundle.mjs').status).toBe(0);
    checkout.write('lib/area/area.ts', 'export const ONE = 1;\n');
    checkout.write('lambdas/area/add/index.ts', `export { ONE as handler } from '../../../lib/area/area';\n`);
    expect(checkout.run('bundle.mjs').said).toContain('lib/area/area.ts is bundled into a handler');
  });
});
