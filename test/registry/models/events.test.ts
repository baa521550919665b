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
