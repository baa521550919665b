import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderBackend } from '../../../local/tracking/folder-backend';

let outside: string;
let folder: string;
let backend: FolderBackend;

beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'flywheel-folder-'));
  folder = join(outside, 'artifacts');
  mkdirSync(folder);
  backend = new FolderBackend(folder);
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

const text = async (key: string) => {
  const content = await backend.read(key);
  return content && (await buffer(content.body as Readable)).toString();
};

describe('artifacts in a folder', () => {
  it('are written with their folders, listed by name and read again', async () => {
    await backend.write('1/r/artifacts/model/MLmodel', Buffer.from('flavors'));
    await backend.write('1/r/artifacts/a.txt', Readable.from([Buffer.from('he'), Buffer.from('llo')]), 5);
    expect(await backend.list('1/r/artifacts')).toEqual([
      { name: 'a.txt', isFolder: false, size: 5 },
      { name: 'model', isFolder: true },
    ]);
    expect(await text('1/r/artifacts/a.txt')).toBe('hello');
  });

  it('that are not there are an empty list and nothing', async () => {
    expect(await backend.list('nowhere')).toEqual([]);
    expect(await backend.read('nowhere')).toBeUndefined();
    expect(await backend.read('x'.repeat(5000))).toBeUndefined();
    await backend.remove('nowhere');
  });

  it('that are folders are not read as files, and files not listed as folders', async () => {
    await backend.write('a/b.txt', Buffer.from('b'));
    expect(await backend.read('a')).toBeUndefined();
    expect(await backend.list('a/b.txt')).toEqual([]);
    await expect(backend.write('a', Buffer.from('x'))).rejects.toThrow('a folder has that name');
    expect(await text('a/b.txt')).toBe('b');
  });

  it('whose upload broke off leave nothing behind, and the old file as it was', async () => {
    await backend.write('a.txt', Buffer.from('old'));
    await expect(backend.write('a.txt', Readable.from([Buffer.from('ne')]), 3)).rejects.toThrow(
      '2 of 3 bytes',
    );
    expect(await text('a.txt')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it('are removed with all that is in them', async () => {
    await backend.write('a/b/c.txt', Buffer.from('c'));
    await backend.remove('a');
    expect(await backend.list('')).toEqual([]);
  });

  it('are never read, written or removed outside, neither by path nor by link', async () => {
    writeFileSync(join(outside, 'secret.txt'), 'secret');
    symlinkSync(outside, join(folder, 'link'));
    for (const key of ['../secret.txt', 'link/secret.txt']) {
      await expect(backend.read(key)).rejects.toThrow('outside of the folder');
      await expect(backend.write(key, Buffer.from('x'))).rejects.toThrow('outside of the folder');
      await expect(backend.remove(key)).rejects.toThrow('outside of the folder');
    }
    expect(readFileSync(join(outside, 'secret.txt'), 'utf8')).toBe('secret');
    expect(await backend.list('')).toEqual([]);
  });
});
