import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as tar from 'tar';

const REQUIREMENTS = 'requirements.txt';
/** Files of tools, which change without the code changing. */
const LITTER =
  /(^|\/)(__pycache__|\.git|\.venv|\.ipynb_checkpoints|\.pytest_cache|\.mypy_cache|\.DS_Store)(\/|$)|\.py[co]$/;

/** Files of a source folder that belong into the archive, with `/` between folders, sorted. @internal */
export function sourceFiles(directory: string): string[] {
  return fs
    .readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => !LITTER.test(file) && file !== REQUIREMENTS)
    .filter((file) => fs.statSync(path.join(directory, file)).isFile())
    .sort();
}

/** Digest of names and contents: the same on every machine. @internal */
export function sourceDigest(directory: string): string {
  const digest = createHash('sha256');
  for (const file of sourceFiles(directory)) {
    const content = createHash('sha256')
      .update(fs.readFileSync(path.join(directory, file)))
      .digest('hex');
    digest.update(`${file}\t${content}\n`);
  }
  return digest.digest('hex');
}

/**
 * Writes the folder as a `tar.gz` that depends on nothing but names and contents: no owners, no times, a fixed
 * order.
 *
 * @internal
 */
export function writeSourceArchive(directory: string, file: string): void {
  tar.create(
    {
      sync: true,
      file,
      cwd: directory,
      gzip: { portable: true, level: 9 },
      portable: true,
      noPax: true,
      noDirRecurse: true,
      follow: true,
      mtime: new Date(0),
    },
    sourceFiles(directory),
  );
}

/**
 * Checks that the image holds whatever the folder's `requirements.txt` asks for: jobs and endpoints have no network,
 * so nothing can be installed when they start. Versions are not compared. The file itself is not shipped.
 *
 * @throws Error naming the first line that the image cannot fulfil.
 * @internal
 */
export function checkRequirements(directory: string, packages: readonly string[], image: string): void {
  const file = path.join(directory, REQUIREMENTS);
  if (!fs.existsSync(file)) return;
  const known = new Set(packages.map(normalized));
  fs.readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .forEach((line, index) => {
      const asked = line.replace(/(^|\s)#.*/, '').trim();
      if (asked === '') return;
      const name = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*([<>=!~;].*)?$/.exec(asked)?.[1];
      if (name !== undefined && known.has(normalized(name))) return;
      throw new Error(
        `${file}, line ${index + 1}: "${asked}" is not known to be in the image ${image}. Training and serving run without a network, where pip can install nothing: build an image that holds the package and name it in Image.fromEcrRepository(repository, tag, packages).`,
      );
    });
}

/** Package names compare without regard to case, and `-`, `_` and `.` are one (PEP 503). */
function normalized(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}
