import { existsSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Checkout } from './checkout';

let checkout: Checkout;
beforeEach(() => {
  checkout = new Checkout();
});
afterEach(() => rmSync(checkout.folder, { recursive: true, force: true }));

/** Everything but the Python environment is there. */
function withoutPython(): Checkout {
  checkout.installPackages().makeBundles();
  return checkout;
}

describe('setup', () => {
  test('says nothing and changes nothing when everything is there', () => {
    const { status, said } = withoutPython().installPython().run('setup.mjs');
    expect({ status, said }).toEqual({ status: 0, said: '' });
  });

  test('makes the environment with the Python that FLYWHEEL_PYTHON names, and only once', () => {
    const FLYWHEEL_PYTHON = withoutPython().fakePython();
    const first = checkout.run('setup.mjs', { FLYWHEEL_PYTHON });
    expect(first.said).toMatch(/Python environment \.venv ready \(\d+\.\d s\)/);
    expect(checkout.run('setup.mjs', { FLYWHEEL_PYTHON })).toEqual({ status: 0, said: '' });
  });

  test('makes the environment again when the requirements changed', () => {
    const FLYWHEEL_PYTHON = withoutPython().fakePython();
    checkout.run('setup.mjs', { FLYWHEEL_PYTHON });
    checkout.write('requirements.txt', '# other\n');
    expect(checkout.run('setup.mjs', { FLYWHEEL_PYTHON }).said).toContain('Python environment .venv ready');
  });

  test('says which Python is missing and how to get one', () => {
    const { status, said } = withoutPython().run('setup.mjs', { FLYWHEEL_PYTHON: '/nowhere/python' });
    expect(status).toBe(1);
    expect(said).toContain('Python 3.11 or newer with the module venv is needed');
    expect(said).toContain('FLYWHEEL_PYTHON names /nowhere/python, which does not run');
  });

  test('says that a Python is too old', () => {
    const FLYWHEEL_PYTHON = withoutPython().fakePython({ version: '3.9.2' });
    expect(checkout.run('setup.mjs', { FLYWHEEL_PYTHON }).said).toContain('is 3.9.2, which is too old');
  });

  test('says that a Python lacks venv', () => {
    const FLYWHEEL_PYTHON = withoutPython().fakePython({ venv: 'no' });
    expect(checkout.run('setup.mjs', { FLYWHEEL_PYTHON }).said).toContain(
      'lacks the modules venv and ensurepip',
    );
  });

  test('shows the last lines of an installation that failed, and tries again the next time', () => {
    const pip = 'echo "No matching distribution found for ministack"; exit 1';
    const FLYWHEEL_PYTHON = withoutPython().fakePython({ pip });
    for (const _ of ['first', 'second']) {
      const { status, said } = checkout.run('setup.mjs', { FLYWHEEL_PYTHON });
      expect(status).toBe(1);
      expect(said).toContain('No matching distribution found for ministack');
      expect(said).toContain('failed with exit status 1');
      expect(said).toContain('run `npm run setup` again');
    }
  });

  test('takes turns with another setup of the same checkout', async () => {
    const FLYWHEEL_PYTHON = withoutPython().fakePython({ pip: 'sleep 1' });
    const both = await Promise.all([
      checkout.start('setup.mjs', { FLYWHEEL_PYTHON }),
      checkout.start('setup.mjs', { FLYWHEEL_PYTHON }),
    ]);
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    expect(both.filter(({ said }) => said.includes('waiting for another setup'))).toHaveLength(1);
    expect(both.filter(({ said }) => said.includes('.venv ready'))).toHaveLength(1);
    expect(existsSync(checkout.path('.setup.lock'))).toBe(false);
  });

  test('takes over from a setup that died', () => {
    const FLYWHEEL_PYTHON = withoutPython().fakePython();
    checkout.write('.setup.lock', '999999999');
    expect(checkout.run('setup.mjs', { FLYWHEEL_PYTHON }).status).toBe(0);
  });
});
