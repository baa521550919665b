import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sourceVersion, withoutCredentials } from '../../lib/training/source-version';

let folder: string;
let code: string;

const git = (...args: string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=ada', '-c', 'user.email=ada@example.com', ...args], {
    encoding: 'utf8',
  }).trim();

function commit(file: string, text: string): string {
  writeFileSync(join(folder, file), text);
  git('add', '-A');
  git('commit', '--quiet', '--message', file);
  return git('rev-parse', 'HEAD');
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'source-version-'));
  code = join(folder, 'code');
  mkdirSync(code);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the version of a code folder', () => {
  it('is unknown outside a repository, and before the first commit', () => {
    expect(sourceVersion(code)).toBeUndefined();
    git('init', '--quiet');
    expect(sourceVersion(code)).toBeUndefined();
  });

  it('is the last commit that changed the folder, whatever was committed elsewhere', () => {
    git('init', '--quiet');
    const made = commit('code/train.py', 'print(1)');
    commit('README.md', 'words');
    expect(sourceVersion(code)).toEqual({ commit: made, dirty: false });
  });

  it('tells of changes that are not committed, in this folder only', () => {
    git('init', '--quiet');
    commit('code/train.py', 'print(1)');
    writeFileSync(join(folder, 'notes.txt'), 'elsewhere');
    expect(sourceVersion(code)?.dirty).toBe(false);
    writeFileSync(join(code, 'train.py'), 'print(2)');
    expect(sourceVersion(code)?.dirty).toBe(true);
  });

  it('says where the repository comes from, but no password', () => {
    git('init', '--quiet');
    commit('code/train.py', 'print(1)');
    git('remote', 'add', 'origin', 'https://ada:secret@example.com/flights.git');
    expect(sourceVersion(code)?.repository).toBe('https://example.com/flights.git');
    expect(withoutCredentials('git@example.com:flights.git')).toBe('git@example.com:flights.git');
  });
});
