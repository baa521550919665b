import { beforeEach, describe, expect, it } from 'vitest';
import { describeComparison } from '../../../cli/commands/runs/compare';
import { describeRuns } from '../../../cli/commands/runs/list';
import { describeRun, findRun } from '../../../cli/commands/runs/show';
import { experimentRuns } from '../../../cli/registry/experiment-runs';
import type { Registry } from '../../../cli/registry/registry';
import { compareRuns } from '../../../lambdas/registry/lineage/compare-runs';
import { modelWorld } from '../../registry/models/world';
import { aRun, MODEL } from '../../registry/samples';

let registry: Registry;
let experimentId: string;
let runIds: string[];

beforeEach(async () => {
  const { pipeline, store, tracking } = modelWorld();
  registry = {
    ...{ context: {} as Registry['context'], model: MODEL, store: pipeline, models: store, tracking },
    datasetVersion: async () => undefined,
    change: async (reason) => ({ by: 'ada', at: new Date(0), reason }),
  };
  await pipeline.createRun(aRun());
  experimentId = await tracking.createExperiment({ name: 'churn' });
  runIds = [];
  for (const depth of [1, 2, 3]) {
    const { runId } = await tracking.createRun({ experimentId, startTime: depth * 1000, userId: 'ada' });
    await tracking.logParam(runId, 'depth', String(depth));
    await tracking.logBatch(runId, { metrics: [{ key: 'loss', value: 1 / depth, timestamp: 1, step: 0 }] });
    runIds.push(runId);
  }
  await tracking.updateRun(runIds[1]!, { status: 'FAILED', endTime: 5000 });
});

const list = async (experiment: string, limit = 20, status?: string) =>
  (await experimentRuns(registry, experiment, limit, status)).map(({ runId }) => runId);

describe('runs that clients logged', () => {
  it('are listed by the experiment, the newest first', async () => {
    const newestFirst = [...runIds].reverse();
    expect(await list('churn')).toEqual(newestFirst);
    expect(await list(experimentId, 2)).toEqual(newestFirst.slice(0, 2));
    expect(await list('churn', 20, 'failed')).toEqual([runIds[1]]);
    await expect(list('nowhere')).rejects.toThrow(/There is no experiment "nowhere": there is .*churn/);
    await expect(list('churn', 20, 'REJECTED')).rejects.toThrow('"REJECTED" is no status');
    const text = describeRuns(await experimentRuns(registry, 'churn', 20), new Date(10_000));
    expect(text).toMatch(/FAILED +loss 0.5 .* 3 s/);
  });

  it('are shown', async () => {
    const text = describeRun(await findRun(registry, runIds[0]));
    expect(text).toMatch(new RegExp(`run +${runIds[0]}`));
    expect(text).toMatch(/by +ada/);
    expect(text).toMatch(/depth +1/);
    expect(text).not.toContain('undefined');
  });

  it('are compared with each other and with runs of the pipeline', async () => {
    const found = await Promise.all([runIds[0], runIds[2], aRun().runId].map((id) => findRun(registry, id)));
    const text = describeComparison(found, compareRuns(found), false);
    expect(text).toMatch(/param +depth +1 +3 +-/);
    expect(text).toMatch(/data +dataset +- +- +flights/);
  });
});
