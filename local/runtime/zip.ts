import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { projectPython } from './python';

/**
 * The files of a zip archive, by name; folders are left out. Python's zipfile reads it, Node has no reader.
 *
 * @throws Error when it is no zip archive.
 */
export function readZip(archive: Buffer): Map<string, Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'flywheel-zip-'));
  try {
    const file = join(folder, 'archive.zip');
    writeFileSync(file, archive);
    execFileSync(projectPython(), ['-m', 'zipfile', '-e', file, join(folder, 'files')], { stdio: 'pipe' });
    return filesBelow(join(folder, 'files'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The files in a folder and below it, by path relative to it. */
export function filesBelow(folder: string): Map<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
  return new Map(files.map((path) => [relative(folder, path), readFileSync(path)]));
}
