import { beforeEach, describe, expect, it } from 'vitest';
import { decideVersion } from '../../../cli/commands/models/approve';
import { askForApproval, describeRequest } from '../../../cli/commands/models/request-approval';
import { goLive } from '../../../cli/registry/go-live';
import type { Registry } from '../../../cli/registry/registry';
import { withEvents } from '../../../lambdas/registry/models/events';
import { whyNotDeployed } from '../../../lambdas/serving/deployable';
import { modelWorld } from '../../registry/models/world';
import { aVersion, MODEL } from '../../registry/samples';

let published: [string, Record<string, unknown>][];
let world: ReturnType<typeof modelWorld>;
let registry: Registry;

beforeEach(async () => {
  published = [];
  world = modelWorld();
  await world.pipeline.createModelVersion(aVersion(), 'a');
  registry = {
    context: { stack: 'FlightDelays' } as Registry['context'],
    model: MODEL,
    store: world.pipeline,
    tracking: world.tracking,
    models: withEvents(world.store, async (type, detail) => {
      published.push([type, detail]);
    }),
    datasetVersion: async () => undefined,
    change: async (reason) => ({ by: 'ada', at: new Date(0), reason }),
  };
});

describe('asking for the approval of a version', () => {
  it('lets it wait, keeps it from going live, and tells the bus', async () => {
    const approval = await askForApproval(registry, 1, {
      reason: 'new sensors',
      evidence: '{"report": "s3://reports/1.html"}',
    });
    expect(approval).toMatchObject({ status: 'PENDING', evidence: { report: 's3://reports/1.html' } });
    expect(describeRequest(MODEL, 1, approval)).toBe(
      `${MODEL}, version 1: waits for approval since 1970-01-01 00:00:00 UTC, asked for by ada (new sensors)`,
    );
    expect(whyNotDeployed((await world.pipeline.getModelVersion(MODEL, 1))!)).toContain('waits for approval');
    const promoted = goLive({ registry, model: MODEL, version: 1, verb: 'promote', wait: true, json: true });
    await expect(promoted).rejects.toThrow('is waiting for approval');
    expect(published).toEqual([
      [
        'Approval Requested',
        { model: MODEL, version: 1, status: 'PENDING', requestedBy: 'ada', reason: 'new sensors' },
      ],
    ]);
  });

  it('ends with a decision and what it rests on', async () => {
    await askForApproval(registry, 1, {});
    const decided = await decideVersion(registry, 1, 'APPROVED', {
      reason: 'checked the nights',
      evidence: 'https://tickets/ML-7',
    });
    expect(decided).toMatchObject({ status: 'APPROVED', evidence: { text: 'https://tickets/ML-7' } });
    expect(whyNotDeployed((await world.pipeline.getModelVersion(MODEL, 1))!)).toBeUndefined();
  });

  it('keeps a text in JSON that is no object as it was written', async () => {
    await askForApproval(registry, 1, { evidence: '[1, 2]' });
    expect((await registry.models.getVersion(MODEL, 1)).approval?.evidence).toEqual({ text: '[1, 2]' });
  });
});
