import { beforeEach, describe, expect, it } from 'vitest';
import { acceptVersion, describeAccepted } from '../../../cli/commands/data/accept';
import { csv, DATASET, LakeWorld } from './lake-world';

const how = { reason: 'kilometres since March', by: 'ada', bus: 'default', timeoutMs: 60, pollMs: 10 };

const decision = { reason: how.reason, by: how.by, at: '2013-04-01T00:00:00.000Z' };

let world: LakeWorld;
let good: string;
let bad: string;

beforeEach(async () => {
  world = new LakeWorld();
  good = await world.version({ '01.csv': csv('UA,1') }, '2013-02-01T00:00:00.000Z');
  bad = await world.version({ '02.csv': csv('UA,soon') }, '2013-03-01T00:00:00.000Z', {
    status: 'quarantined',
  });
});

describe('flywheel data accept', () => {
  it('asks the lake on its bus, and tells when the version is let through', async () => {
    world.onEvent = async () => {
      const version = await world.catalog.version(DATASET, bad);
      world.putVersion({ ...version!, status: 'accepted' });
    };
    const accepted = await acceptVersion(world.lake, bad.slice(0, 8), how);
    expect(world.events).toEqual([
      {
        EventBusName: 'default',
        Source: 'flywheel',
        DetailType: 'Dataset Accept Requested',
        Detail: JSON.stringify({
          dataset: DATASET,
          datasetVersion: bad,
          reason: 'kilometres since March',
          by: 'ada',
        }),
      },
    ]);
    expect(accepted).toEqual({ requested: bad, version: bad, by: 'ada', reason: 'kilometres since March' });
    expect(describeAccepted(accepted)).toBe(`Version ${bad.slice(0, 12)} is accepted by ada and current.`);
  });

  it('tells the version that has its content, when other files changed meanwhile', async () => {
    let next = '';
    world.onEvent = () => {
      const acceptance = { dataset: DATASET, datasetVersion: bad, ...decision };
      void world.version({ '03.csv': csv('UA,3') }, '2013-04-01T00:00:00.000Z', { acceptance }).then((id) => {
        next = id;
      });
    };
    const accepted = await acceptVersion(world.lake, bad, how);
    expect(accepted.version).toBe(next);
    expect(describeAccepted(accepted)).toContain(`as part of ${next.slice(0, 12)}`);
  });

  it('does not take the version of another drop for its own', async () => {
    world.onEvent = () => {
      void world.version({ '03.csv': csv('UA,3') }, '2013-04-01T00:00:00.000Z');
    };
    expect((await acceptVersion(world.lake, bad, how)).version).toBeUndefined();
  });

  it('says what to watch when the lake has not done so in time', async () => {
    const accepted = await acceptVersion(world.lake, bad, how);
    expect(accepted.version).toBeUndefined();
    expect(describeAccepted(accepted)).toContain('Watch: flywheel data list');
  });

  it('asks for nothing when the version was not kept out, or no reason is given', async () => {
    await expect(acceptVersion(world.lake, good, how)).rejects.toThrow(
      `Version ${good.slice(0, 12)} of dataset flights is accepted: only a version that was kept out can be accepted.`,
    );
    await expect(acceptVersion(world.lake, bad, { ...how, reason: ' ' })).rejects.toThrow('--reason "..."');
    expect(world.events).toEqual([]);
  });
});
