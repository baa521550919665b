import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';

const ROOT = join(__dirname, '..', '..');

export interface Tarball {
  readonly file: string;
  readonly bytes: number;
  /** Paths in the package. */
  readonly files: string[];
}

const temporaryFolder = (name: string) => mkdtempSync(join(inject('temporary'), `${name}-`));

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Builds the package and packs it, as a release does. */
export function pack(): Tarball {
  const folder = temporaryFolder('pack');
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'package.mjs')], { cwd: ROOT, stdio: 'pipe' });
  const answer = npm(ROOT, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder);
  const packed = JSON.parse(answer);
  const [{ filename, size, files }] = Array.isArray(packed) ? packed : Object.values(packed);
  return {
    file: join(folder, filename),
    bytes: size,
    files: files.map((entry: { path: string }) => entry.path),
  };
}

/**
 * An empty CDK app in a folder of its own with the package installed from the tarball, and nothing else but
 * aws-cdk-lib and constructs: no esbuild, no TypeScript.
 */
export function emptyApp(tarball: Tarball): string {
  const folder = temporaryFolder('app');
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty-app', private: true }));
  const peers = ['aws-cdk-lib', 'constructs'].map((name) => join(ROOT, 'node_modules', name));
  npm(folder, 'install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', tarball.file, ...peers);
  return folder;
}

/** Writes files of the app, by path. */
export function write(folder: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Runs a program of the app as `cdk synth` does, with nothing on the PATH but Node.js. @returns the assembly. */
export function synth(folder: string, program: string): string {
  const assembly = join(folder, 'cdk.out');
  execFileSync(process.execPath, [program], {
    cwd: folder,
    env: { PATH: dirname(process.execPath), HOME: folder, CDK_OUTDIR: assembly },
    stdio: 'pipe',
  });
  return assembly;
}
