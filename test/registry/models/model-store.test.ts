import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelStore } from '../../../lambdas/registry/models/model-store';
import { aVersion } from '../samples';
import { by, modelWorld } from './world';

let world: ReturnType<typeof modelWorld>;
let store: ModelStore;

beforeEach(() => {
  world = modelWorld();
  store = world.store;
});

const source = 's3://artifacts/experiments/1/run-1/artifacts/model';

async function aModel(name = 'taxi', versions = 0): Promise<void> {
  await store.createModel({ name }, by('ada'));
  for (let made = 0; made < versions; made += 1) await store.createVersion({ name, source }, by('ada'));
}

const code = (errorCode: string) => expect.objectContaining({ errorCode });

describe('a registered model', () => {
  it('is read back as it was created, at once', async () => {
    const tags = new Map([
      ['team', 'rides'],
      ['__proto__', '<img onerror=alert(1)>'],
    ]);
    await store.createModel({ name: 'taxi', description: 'how long a ride takes', tags }, by('ada'));
    const model = await store.getModel('taxi');
    expect(model).toMatchObject({ name: 'taxi', description: 'how long a ride takes', deployed: false });
    expect(model.tags).toEqual(tags);
    expect(model.creationTimestamp).toBe(model.lastUpdatedTimestamp);
    expect((await store.listModels()).map(({ name }) => name)).toEqual(['taxi']);
  });

  it.each(['rides/"2013"', '\u202egnp.exe', '#~%', 'a#b', '__proto__', 'MODEL#x', '\u001b[31mred'])(
    'may be called %j, which is no other model',
    async (name) => {
      await aModel(name, 1);
      expect((await store.getVersion(name, 1)).name).toBe(name);
      await expect(store.getModel(`${name} `)).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'));
    },
  );

  it('exists once', async () => {
    await aModel();
    await expect(store.createModel({ name: 'taxi' }, by('bob'))).rejects.toEqual(
      code('RESOURCE_ALREADY_EXISTS'),
    );
  });

  it.each(['', 'x'.repeat(257)])('is not called %j', async (name) => {
    await expect(store.createModel({ name }, by('ada'))).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
  });

  it('that was never created is not found', async () => {
    const missing = [
      () => store.getModel('ghost'),
      () => store.updateModel('ghost', { description: 'x' }, by('ada')),
      () => store.setModelTag('ghost', 'a', 'b', by('ada')),
      () => store.createVersion({ name: 'ghost', source }, by('ada')),
      () => store.deleteModel('ghost', by('ada')),
      () => store.latestVersions('ghost'),
      () => store.setAlias({ name: 'ghost', alias: 'a', version: 1 }, by('ada')),
    ];
    for (const attempt of missing) await expect(attempt()).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'));
    expect(await store.listVersions('ghost')).toEqual([]);
  });

  it('changes its description and tags', async () => {
    await aModel();
    await store.setModelTag('taxi', 'team', 'rides', by('ada'));
    await store.setModelTag('taxi', 'tier', 'gold', by('ada'));
    await store.deleteModelTag('taxi', 'tier', by('ada'));
    await store.deleteModelTag('taxi', 'tier', by('ada'));
    const updated = await store.updateModel('taxi', { description: 'rides' }, by('bob'));
    expect(updated.description).toBe('rides');
    expect(updated.tags).toEqual(new Map([['team', 'rides']]));
    expect(updated.lastUpdatedTimestamp).toBeGreaterThan(updated.creationTimestamp);
  });

  it('refuses tags that no client of MLflow could read', async () => {
    await aModel('taxi', 1);
    const bad: [string, string][] = [
      ['a$b', 'x'],
      ['../x', 'x'],
      ['/x', 'x'],
      ['k'.repeat(251), 'x'],
      ['long', 'x'.repeat(100_001)],
    ];
    for (const [key, value] of bad) {
      await expect(store.setModelTag('taxi', key, value, by('ada'))).rejects.toEqual(
        code('INVALID_PARAMETER_VALUE'),
      );
      await expect(store.setVersionTag('taxi', 1, key, value, by('ada'))).rejects.toEqual(
        code('INVALID_PARAMETER_VALUE'),
      );
    }
  });

  it('says so when its tags are more than a record holds', async () => {
    await aModel();
    const text = 'ü'.repeat(90_000);
    await store.setModelTag('taxi', 'one', text, by('ada'));
    await expect(store.setModelTag('taxi', 'two', text, by('ada'))).rejects.toThrow(
      /at most 300000 are kept/,
    );
  });
});

describe('a rename', () => {
  it('takes versions, aliases and history along and frees the old name', async () => {
    await aModel('taxi', 2);
    await store.setAlias({ name: 'taxi', alias: 'best', version: 2 }, by('ada'));
    const renamed = await store.renameModel('taxi', 'cab', by('ada'));
    expect(renamed.name).toBe('cab');
    expect((await store.getVersionByAlias('cab', 'best')).name).toBe('cab');
    expect((await store.history('cab')).map(({ action }) => action)).toContain('rename-model');
    await expect(store.getModel('taxi')).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'));
    expect((await store.listModels()).map(({ name }) => name)).toEqual(['cab']);
  });

  it('lets another model have the old name, beside the renamed one', async () => {
    await aModel('taxi', 2);
    await store.renameModel('taxi', 'cab', by('ada'));
    await aModel('taxi', 1);
    await store.renameModel('taxi', 'bus', by('ada'));
    await aModel('taxi', 0);
    expect(await store.listVersions('cab')).toHaveLength(2);
    expect(await store.listVersions('bus')).toHaveLength(1);
    expect(await store.listVersions('taxi')).toHaveLength(0);
    expect((await store.listModels()).map(({ name }) => name).sort()).toEqual(['bus', 'cab', 'taxi']);
  });

  it('to a name that is taken is refused', async () => {
    await aModel('taxi');
    await aModel('cab');
    await expect(store.renameModel('taxi', 'cab', by('ada'))).rejects.toEqual(
      code('RESOURCE_ALREADY_EXISTS'),
    );
  });

  it('is refused for a model that a pipeline keeps fresh', async () => {
    await world.pipeline.createModelVersion(aVersion(), 'token');
    const refused = store.renameModel('flights', 'planes', by('ada'));
    await expect(refused).rejects.toEqual(code('RESOURCE_CONFLICT'));
    await expect(refused).rejects.toThrow(/a Flywheel keeps it fresh under this name/);
  });

  it('keeps a pipeline from registering under a name that leads to another model', async () => {
    await aModel('taxi');
    await store.renameModel('taxi', 'flights', by('ada'));
    await expect(world.pipeline.createModelVersion(aVersion(), 'token')).rejects.toThrow(
      'The name "flights" belongs to a model that had another name before',
    );
  });
});

describe('a deleted model', () => {
  it('is gone with its versions and aliases', async () => {
    await aModel('taxi', 2);
    await store.setAlias({ name: 'taxi', alias: 'best', version: 2 }, by('ada'));
    await store.deleteModel('taxi', by('ada'));
    await expect(store.getModel('taxi')).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'));
    await expect(store.getVersion('taxi', 1)).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'));
    expect(await store.listModels()).toEqual([]);
    expect(await store.listVersions()).toEqual([]);
  });

  it('can be created again, and goes on counting, so that a number never means two things', async () => {
    await aModel('taxi', 2);
    await store.setAlias({ name: 'taxi', alias: 'best', version: 2 }, by('ada'));
    await store.deleteModel('taxi', by('ada'));
    await store.createModel({ name: 'taxi', description: 'anew' }, by('bob'));
    expect(await store.getModel('taxi')).toMatchObject({ description: 'anew', latestVersions: [] });
    expect((await store.getModel('taxi')).aliases.size).toBe(0);
    expect((await store.createVersion({ name: 'taxi', source }, by('bob'))).version).toBe(3);
    await expect(store.getVersion('taxi', 2)).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'));
    expect(await store.setAlias({ name: 'taxi', alias: 'best', version: 3 }, by('bob'))).toMatchObject({
      previous: undefined,
      revision: 3,
    });
  });

  it('cannot be one that a pipeline keeps fresh', async () => {
    await world.pipeline.createModelVersion(aVersion(), 'token');
    await expect(store.deleteModel('flights', by('ada'))).rejects.toEqual(code('RESOURCE_CONFLICT'));
  });
});

describe('a version', () => {
  it('is numbered from one, beside those that a pipeline registers', async () => {
    await world.pipeline.createModelVersion(aVersion({ runId: 'run-9' }), 'token');
    const second = await store.createVersion({ name: 'flights', source, runId: 'run-1' }, by('ada'));
    const third = await world.pipeline.createModelVersion(aVersion(), 'token-3');
    expect([second.version, third.version]).toEqual([2, 3]);
    expect((await store.listVersions('flights')).map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(await store.getVersion('flights', 1)).toMatchObject({
      runId: 'run-9',
      source: aVersion().artifactUri,
      approval: { status: 'APPROVED', decidedBy: 'judge' },
    });
    await expect(world.pipeline.getModelVersion('flights', 2)).rejects.toThrow(
      'Version 2 of model "flights" cannot be served: it was registered without artifactUri, image, environment, features, threshold.',
    );
    expect((await world.pipeline.listModelVersions('flights')).map(({ version }) => version)).toEqual([1, 3]);
  });

  it('is ready at once, in stage None, with what the client said', async () => {
    await aModel();
    const made = await store.createVersion(
      {
        name: 'taxi',
        source,
        runId: 'run-1',
        runLink: 'https://runs/1',
        description: 'first',
        tags: new Map([['a', 'b']]),
      },
      by('ada'),
    );
    expect(await store.getVersion('taxi', 1)).toEqual(made);
    expect(made).toMatchObject({ stage: 'None', userId: 'ada', storageLocation: source, runId: 'run-1' });
    expect((await store.getModel('taxi')).latestVersions).toEqual([made]);
  });

  it('is the same version for the same client token, however often it is asked for', async () => {
    await aModel();
    const request = { name: 'taxi', source, clientToken: 'once' };
    const made = await Promise.all([
      store.createVersion(request, by('ada')),
      store.createVersion(request, by('ada')),
    ]);
    expect(made.map(({ version }) => version)).toEqual([1, 1]);
    expect(await store.listVersions('taxi')).toHaveLength(1);
    await expect(store.createVersion({ ...request, source: 's3://other' }, by('ada'))).rejects.toThrow(
      /client token was used for another version/,
    );
  });

  it('without a token is a version for each call, as the same source registered twice is two versions', async () => {
    await aModel('taxi', 2);
    expect(await store.listVersions('taxi')).toHaveLength(2);
  });

  it('of a logged model has its location and its run', async () => {
    await aModel();
    const made = await store.createVersion(
      { name: 'taxi', source: 'models:/m-1', modelId: 'm-1' },
      by('ada'),
    );
    expect(made).toMatchObject({ source: 'models:/m-1', runId: 'run-1', modelId: 'm-1' });
    expect(await store.downloadUri('taxi', 1)).toBe('s3://artifacts/experiments/1/models/m-1/artifacts');
    expect(await store.versionsOfRun('run-1')).toEqual([made]);
    await expect(store.createVersion({ name: 'taxi', source: 'models:/m-2' }, by('ada'))).rejects.toEqual(
      code('RESOURCE_DOES_NOT_EXIST'),
    );
  });

  it.each(['models:/taxi/1', 'models:/taxi@best', 'models:/taxi/production'])(
    'copied from %s has the location of that version',
    async (from) => {
      await aModel('taxi', 1);
      await aModel('cab');
      await store.setAlias({ name: 'taxi', alias: 'best', version: 1 }, by('ada'));
      await store.transitionStage('taxi', 1, 'Production', false, by('ada'));
      await store.createVersion({ name: 'cab', source: from }, by('ada'));
      expect(await store.downloadUri('cab', 1)).toBe(source);
    },
  );

  it.each(['models:/taxi/9', 'models:/taxi@none', 'models:/taxi/Staging', 'models://x', 'models:/a/b/c'])(
    'cannot be copied from %s',
    async (from) => {
      await aModel('taxi', 1);
      await expect(store.createVersion({ name: 'taxi', source: from }, by('ada'))).rejects.toMatchObject({
        errorCode: expect.stringMatching(/RESOURCE_DOES_NOT_EXIST|INVALID_PARAMETER_VALUE/),
      });
    },
  );

  it('keeps its number after it is deleted, and takes its aliases with it', async () => {
    await aModel('taxi', 2);
    await store.setAlias({ name: 'taxi', alias: 'best', version: 2 }, by('ada'));
    await store.deleteVersion('taxi', 2, by('ada'));
    await expect(store.getVersion('taxi', 2)).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'));
    await expect(store.getVersionByAlias('taxi', 'best')).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
    expect((await store.getModel('taxi')).latestVersions.map(({ version }) => version)).toEqual([1]);
    expect((await store.createVersion({ name: 'taxi', source }, by('ada'))).version).toBe(3);
    await expect(store.deleteVersion('taxi', 2, by('ada'))).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'));
  });

  it('changes its description and tags, and nothing else of itself', async () => {
    await aModel('taxi', 1);
    const before = await store.getVersion('taxi', 1);
    await store.setVersionTag('taxi', 1, 'checked', 'yes', by('bob'));
    await store.setVersionTag('taxi', 1, 'draft', 'no', by('bob'));
    await store.deleteVersionTag('taxi', 1, 'draft', by('bob'));
    const after = await store.updateVersion('taxi', 1, { description: 'better' }, by('bob'));
    expect(after).toEqual({
      ...before,
      description: 'better',
      tags: new Map([['checked', 'yes']]),
      lastUpdatedTimestamp: after.lastUpdatedTimestamp,
    });
  });
});

describe('a stage', () => {
  const stages = async () => (await store.listVersions('taxi')).map(({ stage }) => stage);

  it('is written in any case of letters, and the newest version of each is known', async () => {
    await aModel('taxi', 4);
    await store.transitionStage('taxi', 1, 'production', false, by('ada'));
    await store.transitionStage('taxi', 3, 'STAGING', false, by('ada'));
    await store.transitionStage('taxi', 2, 'Staging', false, by('ada'));
    expect(await stages()).toEqual(['Production', 'Staging', 'Staging', 'None']);
    const newest = async (wanted?: string[]) =>
      (await store.latestVersions('taxi', wanted)).map(({ version, stage }) => `${stage} ${version}`).sort();
    expect(await newest()).toEqual(['None 4', 'Production 1', 'Staging 3']);
    expect(await newest(['staging'])).toEqual(['Staging 3']);
    await store.transitionStage('taxi', 3, 'None', false, by('ada'));
    expect(await newest(['staging', 'none'])).toEqual(['None 4', 'Staging 2']);
    await expect(store.latestVersions('taxi', ['Prod'])).rejects.toThrow(
      'Invalid Model Version stage: Prod. Value must be one of None, Staging, Production, Archived.',
    );
  });

  it('is cleared of the others when asked', async () => {
    await aModel('taxi', 3);
    await store.transitionStage('taxi', 1, 'Production', false, by('ada'));
    await store.transitionStage('taxi', 2, 'Production', false, by('ada'));
    const moved = await store.transitionStage('taxi', 3, 'Production', true, by('ada'));
    expect(moved.stage).toBe('Production');
    expect(await stages()).toEqual(['Archived', 'Archived', 'Production']);
    await expect(store.transitionStage('taxi', 1, 'Archived', true, by('ada'))).rejects.toEqual(
      code('INVALID_PARAMETER_VALUE'),
    );
  });

  it('is cleared of more versions than one transaction holds', async () => {
    await aModel('taxi', 90);
    for (let version = 1; version < 90; version += 1) {
      await store.transitionStage('taxi', version, 'Staging', false, by('ada'));
    }
    await store.transitionStage('taxi', 90, 'Staging', true, by('ada'));
    expect((await stages()).filter((stage) => stage === 'Archived')).toHaveLength(89);
  });
});

describe('an alias', () => {
  it('points at one version, remembers the one before, and goes back to exactly that', async () => {
    await aModel('taxi', 3);
    const alias = 'champion';
    await store.setAlias({ name: 'taxi', alias, version: 1 }, by('ada'));
    await store.setAlias({ name: 'taxi', alias, version: 3 }, by('ada'));
    expect((await store.getVersionByAlias('taxi', alias)).version).toBe(3);
    expect(await store.rollbackAlias('taxi', alias, 2, by('bob'))).toEqual({
      alias,
      version: 1,
      previous: 3,
      revision: 3,
    });
    await expect(store.rollbackAlias('taxi', alias, 2, by('eve'))).rejects.toEqual(code('RESOURCE_CONFLICT'));
    expect((await store.getModel('taxi')).aliases).toEqual(new Map([['champion', 1]]));
    expect((await store.getVersion('taxi', 1)).aliases).toEqual(['champion']);
  });

  it('that was never elsewhere cannot be rolled back', async () => {
    await aModel('taxi', 1);
    await expect(store.rollbackAlias('taxi', 'champion', undefined, by('ada'))).rejects.toThrow(
      'has no alias "champion"',
    );
    await store.setAlias({ name: 'taxi', alias: 'champion', version: 1 }, by('ada'));
    await expect(store.rollbackAlias('taxi', 'champion', undefined, by('ada'))).rejects.toThrow(
      'there is no version before',
    );
  });

  it('moves only for those who saw where it was, if they say so', async () => {
    await aModel('taxi', 2);
    await store.setAlias({ name: 'taxi', alias: 'a', version: 1, expectedRevision: 0 }, by('ada'));
    await expect(
      store.setAlias({ name: 'taxi', alias: 'a', version: 2, expectedRevision: 0 }, by('bob')),
    ).rejects.toThrow('was expected at revision 0, but it is at revision 1 (version 1)');
  });

  it('goes on counting after it was deleted, so that an old sight of it is never taken for a new one', async () => {
    await aModel('taxi', 2);
    await store.setAlias({ name: 'taxi', alias: 'a', version: 1 }, by('ada'));
    await store.deleteAlias('taxi', 'a', by('ada'));
    await store.deleteAlias('taxi', 'a', by('ada'));
    expect(await store.getAlias('taxi', 'a')).toBeUndefined();
    expect(await store.setAlias({ name: 'taxi', alias: 'a', version: 1 }, by('ada'))).toMatchObject({
      revision: 3,
      previous: undefined,
    });
  });

  it.each(['latest', 'LATEST', 'v1', 'V22', '', 'a b', 'a/b', 'x'.repeat(256)])(
    'is not called %j',
    async (alias) => {
      await aModel('taxi', 1);
      await expect(store.setAlias({ name: 'taxi', alias, version: 1 }, by('ada'))).rejects.toEqual(
        code('INVALID_PARAMETER_VALUE'),
      );
    },
  );

  it('called latest is always the newest version', async () => {
    await aModel('taxi', 3);
    await store.transitionStage('taxi', 2, 'Production', false, by('ada'));
    expect((await store.getVersionByAlias('taxi', 'latest')).version).toBe(3);
    await store.deleteVersion('taxi', 3, by('ada'));
    expect((await store.getVersionByAlias('taxi', 'Latest')).version).toBe(2);
  });

  it('that is missing is an invalid parameter, and a missing version is not found', async () => {
    await aModel('taxi', 1);
    await expect(store.getVersionByAlias('taxi', 'none')).rejects.toThrow(
      'Registered model alias none not found.',
    );
    await expect(store.setAlias({ name: 'taxi', alias: 'a', version: 7 }, by('ada'))).rejects.toEqual(
      code('RESOURCE_DOES_NOT_EXIST'),
    );
  });
});

describe('the champion of a model that is deployed', () => {
  beforeEach(async () => {
    await world.pipeline.createModelVersion(aVersion(), 'a');
    await world.pipeline.createModelVersion(aVersion(), 'b');
    await world.pipeline.putDeployment({
      deploymentId: 'd1',
      model: 'flights',
      version: 1,
      trigger: 'data',
      status: 'in-progress',
      endpointName: 'flights',
      endpointConfigName: 'flights-v1-d1',
      reasons: [],
      startedAt: '2013-02-01T00:00:00.000Z',
    });
    await world.pipeline.moveAlias({
      model: 'flights',
      alias: 'champion',
      version: 1,
      expectedRevision: undefined,
      reason: 'healthy',
      deploymentId: 'd1',
      at: '2013-02-01T00:00:00.000Z',
    });
  });

  it('does not move by hand, and the refusal names the command that moves it', async () => {
    const attempts = [
      store.setAlias({ name: 'flights', alias: 'champion', version: 2 }, by('ada')),
      store.rollbackAlias('flights', 'champion', undefined, by('ada')),
      store.deleteAlias('flights', 'champion', by('ada')),
      store.deleteVersion('flights', 1, by('ada')),
    ];
    for (const refused of await Promise.allSettled(attempts)) {
      expect(refused).toMatchObject({ status: 'rejected', reason: { errorCode: 'RESOURCE_CONFLICT' } });
    }
    await expect(
      store.setAlias({ name: 'flights', alias: 'champion', version: 2 }, by('ada')),
    ).rejects.toThrow('run "flywheel models promote 2"');
    expect((await world.pipeline.getAlias('flights', 'champion'))?.version).toBe(1);
  });

  it('leaves other aliases and versions free', async () => {
    await store.setAlias({ name: 'flights', alias: 'challenger', version: 2 }, by('ada'));
    await store.deleteVersion('flights', 2, by('ada'));
    expect((await store.getModel('flights')).aliases).toEqual(new Map([['champion', 1]]));
    expect((await store.getModel('flights')).deployed).toBe(true);
  });

  it('is not moved to a version that was deleted meanwhile', async () => {
    await store.deleteVersion('flights', 2, by('ada'));
    await expect(
      world.pipeline.moveAlias({
        model: 'flights',
        alias: 'champion',
        version: 2,
        expectedRevision: 1,
        reason: 'healthy',
        deploymentId: 'd2',
        at: '2013-02-01T00:00:00.000Z',
      }),
    ).rejects.toThrow('has no version 2 to move "champion" to');
  });
});

describe('an approval', () => {
  beforeEach(async () => {
    await aModel('taxi', 2);
  });

  it('is asked for and given, with who, when, why and on what evidence', async () => {
    const asked = by('ada', 'rides got longer');
    const given = by('grace', 'looks right');
    await store.requestApproval('taxi', 1, { evidence: { report: 's3://reports/1' } }, asked);
    await store.decideApproval('taxi', 1, 'APPROVED', given);
    expect((await store.getVersion('taxi', 1)).approval).toEqual({
      status: 'APPROVED',
      requestedBy: 'ada',
      requestedAt: asked.at.toISOString(),
      reason: 'rides got longer',
      evidence: { report: 's3://reports/1' },
      decidedBy: 'grace',
      decidedAt: given.at.toISOString(),
      decision: 'looks right',
    });
  });

  it('that was given or refused stands until it is asked for anew', async () => {
    await store.requestApproval('taxi', 1, {}, by('ada'));
    await store.decideApproval('taxi', 1, 'REJECTED', by('grace'));
    expect((await store.decideApproval('taxi', 1, 'REJECTED', by('eve'))).decidedBy).toBe('grace');
    await expect(store.decideApproval('taxi', 1, 'APPROVED', by('ada'))).rejects.toThrow(
      /was rejected by grace at .*: request approval again/,
    );
    await store.requestApproval('taxi', 1, {}, by('ada'));
    expect((await store.decideApproval('taxi', 1, 'APPROVED', by('grace'))).status).toBe('APPROVED');
  });

  it('may be taken back', async () => {
    await store.decideApproval('taxi', 1, 'APPROVED', by('grace'));
    const taken = await store.decideApproval('taxi', 1, 'REJECTED', by('grace', 'biased'));
    expect(taken).toMatchObject({ status: 'REJECTED', decision: 'biased' });
    expect((await store.history('taxi')).at(-1)).toMatchObject({ action: 'reject', before: 'APPROVED' });
  });

  it('that is waited for keeps a version from becoming champion', async () => {
    await store.requestApproval('taxi', 1, {}, by('ada'));
    const promote = () => store.setAlias({ name: 'taxi', alias: 'champion', version: 1 }, by('ada'));
    await expect(promote()).rejects.toThrow('Version 1 of model "taxi" is waiting for approval');
    await store.decideApproval('taxi', 1, 'REJECTED', by('grace'));
    await expect(promote()).rejects.toThrow('Version 1 of model "taxi" is rejected');
    await store.requestApproval('taxi', 1, {}, by('ada'));
    await store.decideApproval('taxi', 1, 'APPROVED', by('grace'));
    expect(await promote()).toMatchObject({ version: 1 });
  });

  it('rests on the evidence of who asked and of who decided, kept with the version and in the history', async () => {
    await store.requestApproval('taxi', 1, { evidence: { report: 's3://reports/1' } }, by('ada'));
    const decided = await store.decideApproval('taxi', 1, 'APPROVED', by('grace'), { ticket: 'ML-7' });
    expect(decided.evidence).toEqual({ report: 's3://reports/1', ticket: 'ML-7' });
    expect((await store.getVersion('taxi', 1)).approval?.evidence).toEqual(decided.evidence);
    expect((await store.history('taxi')).slice(-2).map(({ after }) => after)).toEqual([
      { status: 'PENDING', evidence: { report: 's3://reports/1' } },
      { status: 'APPROVED', evidence: { ticket: 'ML-7' } },
    ]);
  });

  it('is refused when its evidence is more than is kept', async () => {
    const evidence = { report: 'x'.repeat(60_000) };
    await expect(store.decideApproval('taxi', 1, 'APPROVED', by('grace'), evidence)).rejects.toThrow(
      /The evidence would take 60\d\d\d bytes; at most 50000/,
    );
  });
});
