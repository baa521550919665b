import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as tar from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  checkRequirements,
  sourceDigest,
  sourceFiles,
  writeSourceArchive,
} from '../../lib/training/source-archive';
import { TrainingCode } from '../../lib/training/training-code';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'source-'));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

function folder(name: string, files: Record<string, string>): string {
  for (const [file, content] of Object.entries(files)) {
    const target = path.join(root, name, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, content);
  }
  return path.join(root, name);
}

const digestOf = (file: string) => createHash('sha256').update(fs.readFileSync(file)).digest('hex');
function archived(directory: string, name: string): string {
  const file = path.join(root, name);
  writeSourceArchive(directory, file);
  return file;
}

const code = { 'train.py': 'print(1)', 'inference.py': 'pass', 'lib/features.py': 'x = 1' };

describe('the source archive', () => {
  it('has the same bytes for the same code, whenever and in whatever order it was written', () => {
    const one = folder('one', code);
    const other = folder('other', Object.fromEntries(Object.entries(code).reverse()));
    fs.utimesSync(path.join(other, 'train.py'), new Date(0), new Date(123_456_000));
    expect(digestOf(archived(one, 'a.tgz'))).toBe(digestOf(archived(other, 'b.tgz')));
    expect(sourceDigest(one)).toBe(sourceDigest(other));
  });

  it('differs when a byte of the code differs', () => {
    expect(sourceDigest(folder('one', code))).not.toBe(
      sourceDigest(folder('other', { ...code, 'train.py': 'print(2)' })),
    );
  });

  it('unpacks to the code', () => {
    const target = path.join(root, 'unpacked');
    fs.mkdirSync(target);
    tar.extract({ sync: true, file: archived(folder('one', code), 'a.tgz'), cwd: target });
    expect(sourceFiles(target)).toEqual(['inference.py', 'lib/features.py', 'train.py']);
    expect(fs.readFileSync(path.join(target, 'lib/features.py'), 'utf8')).toBe('x = 1');
  });

  it('leaves out caches and the requirements', () => {
    const directory = folder('one', {
      ...code,
      'requirements.txt': 'numpy',
      '__pycache__/train.cpython-311.pyc': 'x',
      '.git/HEAD': 'x',
      'lib/.DS_Store': 'x',
    });
    expect(sourceFiles(directory)).toEqual(['inference.py', 'lib/features.py', 'train.py']);
  });
});

describe('requirements', () => {
  const check = (text: string) =>
    checkRequirements(folder('r', { 'requirements.txt': text }), ['scikit-learn', 'python-dateutil'], 'img');

  it('are fine when the image holds them, whatever their spelling and version', () => {
    check('# models\nScikit_Learn>=1.2,<2  # comment\n\npython.dateutil ; python_version > "3"\n');
  });

  it.each(['xgboost==2.0', '-r other.txt', 'git+https://example.com/x.git', 'scikit-learn @ file:///x'])(
    'are refused when the image cannot fulfil %j, with the line',
    (line) => {
      expect(() => check(`scikit-learn\n${line}\n`)).toThrow(
        /requirements\.txt, line 2: .* is not known to be in the image img\./,
      );
    },
  );
});

describe('TrainingCode', () => {
  it('says which script is missing', () => {
    const directory = folder('one', { 'train.py': '' });
    expect(() => TrainingCode.fromDirectory(directory)).toThrow(
      /^inference is "inference\.py", but there is no file/,
    );
    expect(() => TrainingCode.fromDirectory(directory, { entryPoint: 'fit.py' })).toThrow(
      /^entryPoint is "fit\.py"/,
    );
  });
});
