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
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeGot, getVersion } from '../../../cli/commands/data/get';
import { collisions, targetPath } from '../../../cli/data/target-paths';
import { LakeWorld } from './lake-world';

const FILES = {
  '2013/01.csv': 'january',
  '2013/02.csv': 'february',
  'a b+c%2B é.csv': 'odd',
  'empty/é.csv': 'x',
};

let folder: string;
let world: LakeWorld;
let id: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flywheel-get-'));
  world = new LakeWorld();
  id = await world.version(FILES, '2013-02-01T00:00:00.000Z');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const files = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );

describe('flywheel data get', () => {
  it('writes the exact bytes of a version, whatever its keys', async () => {
    const got = await getVersion(world.lake, id, folder);
    expect(files()).toEqual(FILES);
    expect(describeGot(got)).toBe(
      `4 files of version ${id.slice(0, 12)} (19 bytes) are in ${folder}, each with the manifest's checksum`,
    );
  });

  it('writes what the version has, although files were overwritten and deleted since', async () => {
    await world.version({ '2013/01.csv': 'JANUARY', '2013/02.csv': undefined }, '2013-03-01T00:00:00.000Z');
    await getVersion(world.lake, id, folder);
    expect(files()).toEqual(FILES);
  });

  it('keeps what is there with the right bytes and replaces what is not; other files stay', async () => {
    mkdirSync(join(folder, '2013'));
    writeFileSync(join(folder, '2013/01.csv'), 'january');
    writeFileSync(join(folder, '2013/02.csv'), 'FEBRUARY');
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    const got = await getVersion(world.lake, id, folder);
    expect(files()).toEqual({ ...FILES, 'notes.txt': 'mine' });
    expect(got).toMatchObject({ files: 4, kept: 1 });
    expect(
      world.bucket.requests.filter(({ name, input }) => name === 'GetObject' && input.VersionId),
    ).toHaveLength(3);
  });

  it('goes on in the middle of a file that was cut off', async () => {
    const large = await world.version({ 'large.bin': 'abcdefghij' }, '2013-03-01T00:00:00.000Z');
    world.bucket.cutBody = (key) => (key.endsWith('large.bin') ? 5 : undefined);
    await expect(getVersion(world.lake, large, folder)).rejects.toThrow('connection lost');
    expect(Object.keys(files())).not.toContain('large.bin');
    world.bucket.cutBody = () => undefined;
    await getVersion(world.lake, large, folder);
    expect(files()).toEqual({ ...FILES, 'large.bin': 'abcdefghij' });
    expect(world.bucket.requests.map(({ input }) => input.Range)).toContain('bytes=5-');
  });

  it('fetches a file anew when what was there of it is damaged', async () => {
    world.bucket.cutBody = (key) => (key.endsWith('01.csv') ? 4 : undefined);
    await expect(getVersion(world.lake, id, folder)).rejects.toThrow('connection lost');
    world.bucket.cutBody = () => undefined;
    const unfinished = join(folder, '.flywheel-get');
    for (const name of readdirSync(unfinished)) writeFileSync(join(unfinished, name), 'XX');
    await getVersion(world.lake, id, folder);
    expect(files()).toEqual(FILES);
  });

  it('fails when S3 has other bytes than the manifest says', async () => {
    world.bucket.versions.find(({ key }) => key.endsWith('2013/02.csv'))!.body.write('F');
    await expect(getVersion(world.lake, id, folder)).rejects.toThrow(
      /of raw\/flights\/2013\/02\.csv does not have the bytes of the manifest \(8 bytes, sha256:/,
    );
  });

  it('says which S3 version is gone', async () => {
    world.bucket.versions.splice(0, 1);
    await expect(getVersion(world.lake, id, folder)).rejects.toThrow(
      /^S3 version v1 of raw\/flights\/.* is gone/,
    );
  });

  it('does not follow a link out of the folder', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'flywheel-outside-'));
    symlinkSync(outside, join(folder, '2013'));
    await expect(getVersion(world.lake, id, folder)).rejects.toThrow(/a link in .* leads out of it/);
    expect(readdirSync(outside)).toEqual([]);
    rmSync(outside, { recursive: true });
  });

  it('refuses a key that is a folder of another one', async () => {
    const both = await world.version({ '2013': 'a file' }, '2013-03-01T00:00:00.000Z');
    await expect(getVersion(world.lake, both, folder)).rejects.toThrow(
      /The keys "2013" and "2013\/0[12]\.csv" cannot both be files .*: one is a folder of the other/,
    );
  });
});

describe('the path of a key', () => {
  it.each(['../x', 'a/../../x', '/etc/passwd', 'C:x', 'a//b', './a', 'a/', 'a\u0000b'])(
    'that would leave the folder or is no file is refused: %j',
    (key) =>
      expect(() => targetPath('/data', key)).toThrow(/^The key ".*" is not written to the folder, because/),
  );

  it('is always below the folder', () => {
    const part = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('..', '.', '', 'a', '~', '\\..'));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        let path: string;
        try {
          path = targetPath('/data', parts.join('/'));
        } catch {
          return;
        }
        expect(path.startsWith('/data/')).toBe(true);
        expect(path.split('/')).not.toContain('..');
      }),
    );
  });
});

describe('keys that cannot both be files', () => {
  it('are those that differ in case or in how accents are written, and folders of others', () => {
    expect(collisions(['a.csv', 'A.csv'])).toEqual([{ kind: 'name', first: 'a.csv', second: 'A.csv' }]);
    expect(collisions(['caf\u00e9.csv', 'cafe\u0301.csv'])).toHaveLength(1);
    expect(collisions(['a', 'a-b', 'a/b'])).toEqual([{ kind: 'folder', first: 'a', second: 'a/b' }]);
    expect(collisions(['a/b', 'a/c', 'b'])).toEqual([]);
  });
});
