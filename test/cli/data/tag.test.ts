import { beforeEach, describe, expect, it } from 'vitest';
import { describeVersion, showVersion } from '../../../cli/commands/data/show';
import { describeTagged, parseTag, tagVersion } from '../../../cli/commands/data/tag';
import { csv, DATASET, LakeWorld } from './lake-world';

let world: LakeWorld;
let version: string;

beforeEach(async () => {
  world = new LakeWorld();
  version = await world.version({ '01.csv': csv('UA,1') }, '2013-02-01T00:00:00.000Z');
});

describe('flywheel data tag', () => {
  const tag = (...texts: string[]) => tagVersion(world.lake, version.slice(0, 8), texts.map(parseTag));

  it('sets and takes away tags, and changes nothing else of the version', async () => {
    const before = await world.catalog.version(DATASET, version);
    expect((await tag('for=audit=2026', 'golden=')).tags).toEqual({ for: 'audit=2026', golden: '' });
    const tagged = await tag('for-', 'owner=ana', 'never-was-');
    expect(tagged.tags).toEqual({ golden: '', owner: 'ana' });
    expect(describeTagged(tagged)).toBe(`Version ${version.slice(0, 12)}: golden=, owner=ana`);
    const { tags: _tags, ...after } = (await world.catalog.version(DATASET, version))!;
    expect(after).toEqual(before);
  });

  it('may be repeated', async () => {
    await tag('a=1', 'b-');
    expect((await tag('a=1', 'b-')).tags).toEqual({ a: '1' });
  });

  it('is seen where the version is shown', async () => {
    await tag('owner=ana');
    expect(describeVersion(await showVersion(world.lake, version, 5))).toMatch(/^tags +owner=ana$/m);
  });

  it.each(['owner', '=ana', '-', ''])('refuses %j, which is no tag', (text) => {
    expect(() => parseTag(text)).toThrow('write key=value to set one, key- to take it away');
  });

  it('has limits', async () => {
    expect(() => parseTag(`${'k'.repeat(129)}=v`)).toThrow('at most 128 characters');
    const many = Array.from({ length: 51 }, (_, i) => `k${i}=v`);
    await expect(tag(...many)).rejects.toThrow('more than 50 tags');
  });
});
