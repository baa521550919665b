import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

export interface Ran {
  readonly status: number | null;
  /** What it said, on both streams. */
  readonly said: string;
}

/** A checkout in a temporary folder with the scripts of this one, and little else. */
export class Checkout {
  readonly folder = mkdtempSync(join(tmpdir(), 'flywheel-checkout-'));

  constructor() {
    cpSync(join(ROOT, 'scripts'), join(this.folder, 'scripts'), { recursive: true });
    this.write('package.json', '{"name":"checkout","private":true}');
    this.write('package-lock.json', '{"lockfileVersion":3,"packages":{"":{}}}');
    this.write('requirements.txt', '# none\n');
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  write(path: string, content: string): string {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), content);
    return this.path(path);
  }

  /** Makes the packages of this repository available, esbuild among them. */
  linkPackages(): this {
    symlinkSync(join(ROOT, 'node_modules'), this.path('node_modules'));
    return this;
  }

  /** As after `npm ci`: npm keeps what it installed in a lock file of its own. */
  installPackages(): this {
    this.write('node_modules/.package-lock.json', '{"packages":{}}');
    mkdirSync(this.path('node_modules', '.bin'), { recursive: true });
    return this;
  }

  /** As after `npm run bundle`; there are no handlers here. */
  makeBundles(): this {
    const { stdout } = spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { bundleFingerprint } from ${JSON.stringify(this.path('scripts', 'fingerprint.mjs'))};
         console.log(bundleFingerprint(${JSON.stringify(this.folder)}));`,
      ],
      { encoding: 'utf8' },
    );
    this.write('assets/manifest.json', JSON.stringify({ fingerprint: stdout.trim(), functions: {} }));
    return this;
  }

  /** As after the environment was made. */
  installPython(): this {
    this.write('.venv/bin/python', '');
    const digest = createHash('sha256').update(this.read('requirements.txt')).digest('hex');
    this.write('.venv/flywheel-requirements.sha256', `${digest}\n`);
    return this;
  }

  /** A program that passes for Python: what it answers to the probe of setup, and what its pip does. */
  fakePython({ version = '3.11.9', venv = 'venv', pip = 'exit 0' } = {}): string {
    const python = this.write(
      'python',
      `#!/bin/sh
if [ "$1" = -c ]; then echo ${version}; echo ${venv}; exit 0; fi
if [ "$2" = venv ]; then
  mkdir -p "$4/bin"
  printf '#!/bin/sh\\n%s\\n' '${pip}' > "$4/bin/python"
  chmod +x "$4/bin/python"
fi
`,
    );
    chmodSync(python, 0o755);
    return python;
  }

  run(script: string, environment: Record<string, string> = {}): Ran {
    const { status, stdout, stderr } = spawnSync(process.execPath, [this.path('scripts', script)], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    });
    return { status, said: stdout + stderr };
  }

  /** The same without waiting. */
  start(script: string, environment: Record<string, string> = {}): Promise<Ran> {
    const child = spawn(process.execPath, [this.path('scripts', script)], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        said += chunk;
      });
    }
    return new Promise((resolve) => child.on('close', (status) => resolve({ status, said })));
  }
}
