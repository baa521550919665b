import { beforeEach, describe, expect, it } from 'vitest';
import { withEvents } from '../../../lambdas/registry/models/events';
import type { ModelStore } from '../../../lambdas/registry/models/model-store';
import { by, modelWorld } from './world';

let published: [string, Record<string, unknown>][];
let store: ModelStore;

beforeEach(async () => {
  published = [];
  store = withEvents(modelWorld().store, async (type, detail) => {
    published.push([type, detail]);
  });
  await store.createModel({ name: 'taxi' }, by('ada'));
});

const register = () => store.createVersion({ name: 'taxi', source: 's3://a', runId: 'run-1' }, by('ada'));

describe('the world is told', () => {
  it('of a version that is registered', async () => {
    await register();
    expect(published).toEqual([
      [
        'Model Version Registered',
        { model: 'taxi', version: 1, runId: 'run-1', source: 's3://a', by: 'ada' },
      ],
    ]);
  });

  it('of a champion that changes, by whom and why, but not of other aliases', async () => {
    await register();
    await register();
    published = [];
    await store.setAlias({ name: 'taxi', alias: 'best', version: 1 }, by('ada'));
    await store.setAlias({ name: 'taxi', alias: 'champion', version: 1 }, by('ada'));
    await store.setAlias({ name: 'taxi', alias: 'champion', version: 2 }, by('ada', 'better'));
    await store.rollbackAlias('taxi', 'champion', undefined, by('bob', 'worse'));
    expect(published).toEqual([
      [
        'Champion Changed',
        { model: 'taxi', version: 1, previous: undefined, reason: 'Set by ada.', by: 'ada' },
      ],
      ['Champion Changed', { model: 'taxi', version: 2, previous: 1, reason: 'better', by: 'ada' }],
      ['Champion Changed', { model: 'taxi', version: 1, previous: 2, reason: 'worse', by: 'bob' }],
    ]);
  });

  it('of nothing when the champion is set to where it stands', async () => {
    await register();
    await register();
    await store.setAlias({ name: 'taxi', alias: 'champion', version: 1 }, by('ada'));
    await store.setAlias({ name: 'taxi', alias: 'champion', version: 2 }, by('ada'));
    published = [];
    await store.setAlias({ name: 'taxi', alias: 'champion', version: 2 }, by('bob'));
    expect(published).toEqual([]);
  });

  it.each([
    ['its alias is deleted', () => store.deleteAlias('taxi', 'champion', by('bob'))],
    ['its version is deleted', () => store.deleteVersion('taxi', 2, by('bob'))],
    ['its model is deleted', () => store.deleteModel('taxi', by('bob'))],
  ])('of a champion that goes because %s', async (_why, remove) => {
    await register();
    await register();
    await store.setAlias({ name: 'taxi', alias: 'champion', version: 2 }, by('ada'));
    published = [];
    await remove();
    expect(published).toEqual([
      [
        'Champion Changed',
        { model: 'taxi', version: undefined, previous: 2, reason: 'Taken away by bob.', by: 'bob' },
      ],
    ]);
  });

  it('of nothing when another alias or version goes', async () => {
    await register();
    await register();
    await store.setAlias({ name: 'taxi', alias: 'champion', version: 2 }, by('ada'));
    await store.setAlias({ name: 'taxi', alias: 'best', version: 2 }, by('ada'));
    published = [];
    await store.deleteAlias('taxi', 'best', by('bob'));
    await store.deleteVersion('taxi', 1, by('bob'));
    await store.deleteAlias('taxi', 'champion', by('bob'));
    await store.deleteAlias('taxi', 'champion', by('bob'));
    expect(published).toHaveLength(1);
  });

  it('of an approval that is asked for', async () => {
    await register();
    await store.requestApproval('taxi', 1, {}, by('ada', 'rides got longer'));
    expect(published.at(-1)).toEqual([
      'Approval Requested',
      { model: 'taxi', version: 1, status: 'PENDING', requestedBy: 'ada', reason: 'rides got longer' },
    ]);
  });

  it('of nothing that was refused', async () => {
    await expect(
      store.setAlias({ name: 'taxi', alias: 'champion', version: 7 }, by('ada')),
    ).rejects.toThrow();
    expect(published).toEqual([]);
  });
});

describe('a bus that refuses', () => {
  const lost: string[] = [];
  const refusing = (failures: number) => {
    lost.length = 0;
    let calls = 0;
    return withEvents(
      modelWorld().store,
      async (type, detail) => {
        calls += 1;
        if (calls <= failures) throw new Error('throttled');
        published.push([type, detail]);
      },
      (type, _detail, error) => lost.push(`${type}: ${error}`),
    );
  };
  const made = async (failures: number) => {
    published = [];
    const refused = refusing(failures);
    await refused.createModel({ name: 'taxi' }, by('ada'));
    const version = await refused.createVersion({ name: 'taxi', source: 's3://a' }, by('ada'));
    return { version, versions: await refused.listVersions('taxi') };
  };

  it('once is asked again', async () => {
    await made(1);
    expect(published.map(([type]) => type)).toEqual(['Model Version Registered']);
    expect(lost).toEqual([]);
  });

  it('always does not make the change fail, which its caller would then make twice', async () => {
    const { version, versions } = await made(2);
    expect(version.version).toBe(1);
    expect(versions).toHaveLength(1);
    expect(lost).toEqual(['Model Version Registered: Error: throttled']);
  });
});
