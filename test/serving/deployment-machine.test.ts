import { beforeEach, describe, expect, it } from 'vitest';
import { createModelStore } from '../../lambdas/registry/models/dynamo-model-store';
import { endpointConfigName } from '../../lambdas/serving/deployed-names';
import { LEASE_SECONDS } from '../../lib/serving/contract';
import { aVersion, MODEL } from '../registry/samples';
import { DeploymentWorld } from './fake/deployment-world';
import { StateError } from './fake/state-machine';

let world: DeploymentWorld;

beforeEach(async () => {
  world = new DeploymentWorld();
  await world.start();
});

const config = (version: number, id: string) => endpointConfigName(MODEL, version, id);
const actions = () => world.sageMaker.requests.map(({ action }) => action);

describe('the first deployment', () => {
  it('creates the endpoint, moves the alias and says so', async () => {
    const finished = await world.deploy('deploy-1', 1);
    expect(finished).toEqual({
      status: 'live',
      deploymentId: 'deploy-1',
      endpointConfigName: config(1, 'deploy-1'),
      reasons: [`The endpoint serves configuration ${config(1, 'deploy-1')}.`],
    });
    expect(await world.champion()).toMatchObject({ version: 1, revision: 1, deploymentId: 'deploy-1' });
    expect(await world.deployment('deploy-1')).toMatchObject({
      status: 'live',
      trigger: 'data',
      reasons: ['new data', `The endpoint serves configuration ${config(1, 'deploy-1')}.`],
      startedAt: '2013-02-01T00:00:00.000Z',
    });
    expect(world.published.map(({ type }) => type)).toEqual(['Champion Changed', 'Deployment Completed']);
    expect(await world.lease()).toBeUndefined();
    expect(world.cleanUps).toBe(1);
  });

  it('that fails leaves no endpoint behind, so that the next one can create it', async () => {
    world.sageMaker.endings = ['failed'];
    const finished = await world.deploy('deploy-1', 1);
    expect(finished).toMatchObject({
      status: 'failed',
      reasons: ['The endpoint has failed.', 'SageMaker says: did not pass the ping health check'],
    });
    expect(world.visited).toContain('DeleteUnbornEndpoint');
    expect(world.sageMaker.view()).toBeUndefined();
    expect(await world.champion()).toBeUndefined();
    expect((await world.deploy('deploy-2', 1)).status).toBe('live');
  });
});

describe('a deployment to a live endpoint', () => {
  beforeEach(async () => {
    await world.deploy('deploy-1', 1);
    world.published.length = 0;
    world.sageMaker.requests.length = 0;
  });

  it('shifts traffic with the alarms that roll it back', async () => {
    expect((await world.deploy('deploy-2', 2)).status).toBe('live');
    const update = world.sageMaker.requests.find(({ action }) => action === 'updateEndpoint');
    expect(update?.args).toMatchObject({
      EndpointName: MODEL,
      EndpointConfigName: config(2, 'deploy-2'),
      DeploymentConfig: { AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'flights-server-errors' }] } },
    });
    expect(await world.champion()).toMatchObject({ version: 2, previous: 1, revision: 2 });
    expect(world.published[0]).toMatchObject({
      type: 'Champion Changed',
      detail: { model: MODEL, version: 2, previous: 1, deploymentId: 'deploy-2' },
    });
  });

  it('that was rolled back never moves the alias, and names the alarm although it has recovered', async () => {
    world.sageMaker.endings = ['rolled-back'];
    const finished = await world.deploy('deploy-2', 2);
    expect(finished.status).toBe('rolled-back');
    expect(finished.reasons).toEqual([
      `The endpoint went back to configuration ${config(1, 'deploy-1')}.`,
      'Alarm "flights-server-errors" fired: 0.5 was greater than 0.05',
    ]);
    expect(world.sageMaker.alarm.state).toBe('OK');
    expect(await world.champion()).toMatchObject({ version: 1, revision: 1 });
    expect(world.published.map(({ type }) => type)).toEqual(['Deployment Completed']);
    expect(await world.deployment('deploy-2')).toMatchObject({
      status: 'rolled-back',
      previousVersion: 1,
      previousEndpointConfigName: config(1, 'deploy-1'),
    });
    expect(await world.lease()).toBeUndefined();
  });

  it('of a version that was rolled back before can be tried again', async () => {
    world.sageMaker.endings = ['rolled-back', 'good'];
    await world.deploy('deploy-2', 2);
    expect((await world.deploy('deploy-3', 2)).status).toBe('live');
    expect(world.visited).toContain('Refused');
    expect(await world.champion()).toMatchObject({ version: 2, deploymentId: 'deploy-3' });
  });

  it('does not announce a new champion when the same version is deployed again', async () => {
    expect((await world.deploy('deploy-2', 1)).status).toBe('live');
    expect(world.published.map(({ type }) => type)).toEqual(['Deployment Completed']);
    expect(await world.champion()).toMatchObject({ version: 1, revision: 2, deploymentId: 'deploy-2' });
  });

  it('that broke the endpoint leaves it to the next deployment to replace it', async () => {
    world.sageMaker.endings = ['failed'];
    expect((await world.deploy('deploy-2', 2)).status).toBe('failed');
    expect(world.sageMaker.view()?.status).toBe('Failed');
    expect((await world.deploy('deploy-3', 1)).status).toBe('live');
    expect(world.visited).toContain('DeleteFailedEndpoint');
    expect(actions().filter((action) => action === 'createEndpoint')).toHaveLength(1);
  });

  it('is not confused when every reply of SageMaker is lost once', async () => {
    const lost = new Set<string>();
    world.sageMaker.replyLost = (action) =>
      action !== 'describeEndpoint' && !lost.has(action) && !!lost.add(action);
    expect((await world.deploy('deploy-2', 2)).status).toBe('live');
    expect([...lost].sort()).toEqual(['createEndpointConfig', 'createModel', 'updateEndpoint']);
    expect(await world.champion()).toMatchObject({ version: 2 });
  });

  it('lets an alarm of the deployment before recover for ten minutes, then goes ahead', async () => {
    world.sageMaker.alarm = { ...world.sageMaker.alarm, state: 'ALARM' };
    expect((await world.deploy('deploy-2', 2)).status).toBe('live');
    expect(world.visited.filter((state) => state === 'WaitForTurn')).toHaveLength(20);
  });

  it('that loses its lease while it moves the alias does not move it', async () => {
    world.table.beforeCall = async (call) => {
      if (call !== 'TransactWriteCommand') return;
      const lease = world.table.get(`MODEL#${MODEL}`, 'LEASE#deployment')!;
      world.table.put({ ...lease, owner: 'other', token: Number(lease.token) + 1 });
    };
    const finished = await world.deploy('deploy-2', 2);
    expect(finished.status).toBe('failed');
    expect(finished.reasons.join(' ')).toContain('has ended or passed to another holder');
    expect(await world.champion()).toMatchObject({ version: 1, revision: 1 });
    expect((await world.lease())?.owner).toBe('other');
  });

  it('fails without touching the alias when something else deletes the endpoint', async () => {
    world.beforeHandler = (name) => {
      if (name === 'check') world.sageMaker.faultOf = () => gone;
    };
    const gone = new StateError('SageMaker.SageMakerException', 'Could not find endpoint "arn:flights".');
    expect(await world.deploy('deploy-2', 2)).toMatchObject({
      status: 'failed',
      reasons: ['The endpoint is gone: something else deleted it.'],
    });
    expect(await world.champion()).toMatchObject({ version: 1 });
  });

  it('does not move the alias when a person moved it meanwhile', async () => {
    let moved = false;
    world.beforeHandler = async (name) => {
      if (name !== 'finish' || moved) return;
      moved = true;
      const at = world.clock.now().toISOString();
      const move = { model: MODEL, alias: 'champion', version: 1, reason: 'by hand', at };
      await world.store.moveAlias({ ...move, expectedRevision: 1 });
    };
    const finished = await world.deploy('deploy-2', 2);
    expect(finished.status).toBe('failed');
    expect(finished.reasons.join(' ')).toContain('was expected at revision 1, but it is at revision 2');
    expect(await world.champion()).toMatchObject({ version: 1, reason: 'by hand' });
    expect(await world.lease()).toBeUndefined();
  });
});

describe('deployments at the same time', () => {
  it('take turns', async () => {
    const other = {
      model: MODEL,
      name: 'deployment',
      owner: 'other',
      now: world.clock.now(),
      ttlSeconds: 900,
    };
    const lease = await world.store.acquireLease(other);
    let plans = 0;
    world.beforeHandler = async (name) => {
      plans += name === 'plan' ? 1 : 0;
      if (plans === 3) {
        await world.store.releaseLease({
          model: MODEL,
          name: 'deployment',
          owner: 'other',
          token: lease!.token,
        });
      }
    };
    expect((await world.deploy('deploy-1', 1)).status).toBe('live');
    expect(world.visited.filter((state) => state === 'WaitForTurn')).toHaveLength(2);
  });

  it('give up in the end when the turn does not come, and change nothing', async () => {
    world.beforeHandler = async (name) => {
      if (name !== 'plan') return;
      const now = world.clock.now();
      await world.store.acquireLease({
        model: MODEL,
        name: 'deployment',
        owner: 'other',
        now,
        ttlSeconds: 900,
      });
    };
    const finished = await world.deploy('deploy-1', 1);
    expect(finished).toMatchObject({
      status: 'failed',
      reasons: ['Gave up after waiting 3600 s for its turn: deployment "other" is in progress.'],
    });
    expect(actions()).toEqual([]);
    expect((await world.lease())?.owner).toBe('other');
    expect(world.cleanUps).toBe(0);
    expect(await world.deployment('deploy-1')).toMatchObject({ status: 'failed' });
  });

  it('stop when their lease has passed to another, without moving the alias', async () => {
    let checks = 0;
    world.beforeHandler = async (name) => {
      checks += name === 'check' ? 1 : 0;
      if (name !== 'check' || checks !== 2) return;
      world.clock.advance(LEASE_SECONDS + 1);
      const now = world.clock.now();
      await world.store.acquireLease({
        model: MODEL,
        name: 'deployment',
        owner: 'other',
        now,
        ttlSeconds: 900,
      });
    };
    expect(await world.deploy('deploy-1', 1)).toMatchObject({
      status: 'failed',
      reasons: ['The lease ended while this deployment waited, and another deployment has taken its turn.'],
    });
    expect(await world.champion()).toBeUndefined();
    expect((await world.lease())?.owner).toBe('other');
  });

  it('wait for an update that something else has begun', async () => {
    world.sageMaker.serve('flights-v1-made-by-hand');
    world.sageMaker.call('updateEndpoint', { EndpointConfigName: 'flights-v2-made-by-hand' });
    expect((await world.deploy('deploy-1', 1)).status).toBe('live');
    expect(world.visited.filter((state) => state === 'WaitForTurn').length).toBeGreaterThan(5);
  });

  it('plan anew when an update is refused because another one came first', async () => {
    world.sageMaker.serve('flights-v1-made-by-hand');
    let raced = false;
    world.sageMaker.faultOf = (action) => {
      if (action !== 'updateEndpoint' || raced) return undefined;
      raced = true;
      return new StateError(
        'SageMaker.SageMakerException',
        'Cannot update in-progress endpoint "arn:flights".',
      );
    };
    expect((await world.deploy('deploy-1', 1)).status).toBe('live');
    expect(world.visited).toContain('TakeTurnAgain');
  });
});

describe('a deployment that a person asked for', () => {
  it('is recorded under their name, and so is the move of the champion', async () => {
    const requestedBy = 'arn:aws:iam::123456789012:user/ada';
    await world.execute('promote-v1', { model: MODEL, version: 1, reasons: ['better'], requestedBy });
    expect(await world.deployment('promote-v1')).toMatchObject({ requestedBy, trigger: 'manual' });
    const [last] = await world.store.listAudit(MODEL, 1);
    expect(last).toMatchObject({ action: 'move-alias', by: requestedBy, reason: 'better' });
    expect(world.published[0]?.detail).toMatchObject({ version: 1, by: requestedBy });
  });
});

describe('a deployment that cannot be', () => {
  it('is refused in words', async () => {
    expect(await world.execute('deploy-1', { model: MODEL, version: 9 })).toMatchObject({
      status: 'failed',
      reasons: ['Model "flights" has no version 9.'],
      endpointConfigName: '',
    });
    expect((await world.execute('deploy-2', { model: 'trains', version: 1 })).status).toBe('failed');
    expect((await world.execute('deploy-3', {})).status).toBe('failed');
    expect(actions()).toEqual([]);
    expect(await world.lease()).toBeUndefined();
  });

  it('is refused for a version that was registered without what serving needs', async () => {
    const models = createModelStore({
      client: world.table.client,
      tableName: 'registry',
      loggedModel: async () => ({ artifactLocation: 's3://artifacts/models/m-1' }),
    });
    const change = { by: 'ada', at: world.clock.now() };
    const { version } = await models.createVersion({ name: MODEL, source: 'models:/m-1' }, change);
    const { status, reasons } = await world.deploy('d1', version);
    expect(status).toBe('failed');
    expect(reasons[0]).toMatch(/Version 3 of model "flights" cannot be served: it was registered without/);
    expect(actions()).toEqual([]);
  });

  it("because its features are not the champion's moves no traffic, until the endpoint is deleted", async () => {
    await world.deploy('deploy-1', 1);
    const feature = { name: 'carrier', type: 'string', nullable: false } as const;
    await world.store.createModelVersion(aVersion({ features: [...aVersion().features, feature] }), 'run-3');
    world.sageMaker.requests.length = 0;
    const refused = await world.deploy('deploy-2', 3);
    expect(refused.status).toBe('failed');
    expect(refused.reasons.join(' ')).toContain('(carrier added)');
    expect(actions()).toEqual([]);
    expect(await world.lease()).toBeUndefined();
    expect(await world.champion()).toMatchObject({ version: 1 });
    world.sageMaker.call('deleteEndpoint', {});
    expect((await world.deploy('deploy-3', 3)).status).toBe('live');
  });

  it.each(['createModel', 'createEndpointConfig', 'createEndpoint'])(
    'because SageMaker refuses %s ends with its words and frees the lease',
    async (action) => {
      world.sageMaker.faultOf = (name) =>
        name === action
          ? new StateError('SageMaker.SageMakerException', 'Could not access image')
          : undefined;
      expect(await world.deploy('deploy-1', 1)).toMatchObject({
        status: 'failed',
        reasons: [`${action} failed: SageMaker.SageMakerException: Could not access image`],
      });
      expect(await world.lease()).toBeUndefined();
    },
  );

  it('because SageMaker does not answer, which is an error without a cause, frees the lease', async () => {
    world.sageMaker.faultOf = (name) =>
      name === 'createModel' ? new StateError('States.Timeout') : undefined;
    expect(await world.deploy('deploy-1', 1)).toMatchObject({
      status: 'failed',
      reasons: ['createModel failed: States.Timeout'],
    });
    expect(await world.lease()).toBeUndefined();
  });

  it('because the endpoint can never be described gives up at the deadline', async () => {
    world.sageMaker.faultOf = (name) =>
      name === 'describeEndpoint' ? new StateError('States.Timeout') : undefined;
    const finished = await world.deploy('deploy-1', 1);
    expect(finished.status).toBe('failed');
    expect(finished.reasons.join(' ')).toContain('the endpoint could not be described (States.Timeout)');
  });

  it('because SageMaker stays busy gives up when its turn is over', async () => {
    world.sageMaker.faultOf = (name) =>
      name === 'createEndpoint'
        ? new StateError('SageMaker.SageMakerException', 'Rate exceeded (Status Code: 400)')
        : undefined;
    const finished = await world.deploy('deploy-1', 1);
    expect(finished.status).toBe('failed');
    expect(finished.reasons.join(' ')).toContain('Gave up after 3600 s');
    expect(await world.lease()).toBeUndefined();
  });

  it('because a limit stays exceeded gives up after some attempts', async () => {
    world.sageMaker.faultOf = (name) =>
      name === 'createEndpoint'
        ? new StateError('SageMaker.ResourceLimitExceededException', 'limit 0')
        : undefined;
    expect((await world.deploy('deploy-1', 1)).status).toBe('failed');
    expect(actions().filter((action) => action === 'createEndpoint')).toHaveLength(6);
  });

  it.each(['plan', 'check'])('because the %s handler keeps failing frees the lease', async (handler) => {
    world.beforeHandler = (name) => {
      if (name === handler) throw new Error('out of memory');
    };
    const finished = await world.deploy('deploy-1', 1);
    expect(finished).toMatchObject({
      status: 'failed',
      reasons: [`${handler}Deployment failed: Error: out of memory`],
    });
    expect(await world.lease()).toBeUndefined();
  });

  it('to be recorded fails the execution itself, loudly', async () => {
    world.beforeHandler = (name) => {
      if (name === 'finish') throw new Error('no table');
    };
    await expect(world.deploy('deploy-1', 1)).rejects.toThrow('OutcomeNotRecorded');
  });

  it('finished at once is finished on the second attempt', async () => {
    let finishes = 0;
    world.beforeHandler = (name) => {
      if (name !== 'finish') return;
      finishes += 1;
      let writes = 0;
      // The handler dies after a different number of writes each time.
      world.table.faultOf = (call) => {
        if (call === 'GetCommand' || finishes > 3) return 'none';
        writes += 1;
        return writes > finishes ? 'reply-lost' : 'none';
      };
    };
    const finished = await world.deploy('deploy-1', 1);
    expect(finishes).toBe(4);
    expect(finished.status).toBe('live');
    expect(await world.champion()).toMatchObject({ version: 1, revision: 1 });
    expect(await world.deployment('deploy-1')).toMatchObject({ status: 'live' });
    expect(await world.lease()).toBeUndefined();
  });
});
