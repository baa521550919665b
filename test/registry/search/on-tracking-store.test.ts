import { beforeEach, describe, expect, it } from 'vitest';
import {
  createSearchService,
  type SearchService,
} from '../../../lambdas/registry/search/create-search-service';
import { processChangeLog, tableChangeLog } from '../../../lambdas/registry/tracking/change-log';
import { createTrackingStore } from '../../../lambdas/registry/tracking/create-tracking-store';
import type { TrackingStore } from '../../../lambdas/registry/tracking/tracking-store';
import { FixedClock } from '../../../lambdas/shared/clock';
import { TestTable } from '../support/test-table';

const clock = new FixedClock('2026-03-01T00:00:00Z');
const backoff = { sleep: async () => undefined, random: () => 0 };

describe.each(['of the table', 'of the process'])('with the change log %s, a search', (log) => {
  let tracking: TrackingStore;
  let search: SearchService;
  let experimentId: string;

  beforeEach(async () => {
    // Reads that do not ask for consistency miss the last 50 changes.
    const table = new TestTable({ lag: () => 50 });
    const registryTable = { client: table.client, name: 'registry', backoff };
    tracking = createTrackingStore({
      client: table.client,
      tableName: 'registry',
      defaultArtifactRoot: 's3://bucket/mlflow',
      clock,
      backoff,
      changes: log === 'of the table' ? tableChangeLog(registryTable, clock) : processChangeLog('test'),
    });
    search = createSearchService({ tracking, models: {} as never });
    experimentId = await tracking.createExperiment({ name: 'flights', tags: new Map([['team', 'sky']]) });
  });

  const find = async (filter: string, viewType: 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL' = 'ACTIVE_ONLY') =>
    (await search.searchRuns({ experimentIds: [experimentId], filter, viewType })).items.map(
      (run) => run.runName,
    );

  it('sees each write at once: metrics, params, tags, names, inputs, ends, deletion and restoring', async () => {
    const { runId } = await tracking.createRun({
      experimentId,
      startTime: 5,
      runName: 'first',
      userId: 'ann',
    });
    expect(await find('')).toEqual(['first']);
    await tracking.logBatch(runId, { metrics: [{ key: 'loss', value: 0.5, timestamp: 1, step: 1 }] });
    expect(await find('metrics.loss = 0.5')).toEqual(['first']);
    clock.advance(3600);
    await tracking.logBatch(runId, { metrics: [{ key: 'loss', value: 0.25, timestamp: 2, step: 2 }] });
    expect(await find('metrics.loss = 0.5')).toEqual([]);
    await tracking.logParam(runId, 'lr', '0.1');
    expect(await find("params.lr LIKE '0.%'")).toEqual(['first']);
    await tracking.setTag(runId, 'mlflow.runName', 'renamed');
    expect(await find("attributes.run_name = 'renamed'")).toEqual(['renamed']);
    await tracking.logInputs(runId, {
      datasets: [
        {
          dataset: { name: 'data', digest: 'd1', sourceType: 'code', source: '{}' },
          tags: new Map([['mlflow.data.context', 'train']]),
        },
      ],
    });
    expect(await find("dataset.context = 'train' AND dataset.digest = 'd1'")).toEqual(['renamed']);
    await tracking.updateRun(runId, { status: 'FINISHED', endTime: 9 });
    expect(await find("status = 'FINISHED' AND end_time = 9")).toEqual(['renamed']);
    await tracking.deleteRun(runId);
    expect([await find(''), await find('', 'DELETED_ONLY')]).toEqual([[], ['renamed']]);
    await tracking.restoreRun(runId);
    expect(await find('')).toEqual(['renamed']);
  });

  it('sees what happens to the whole experiment', async () => {
    await tracking.createRun({ experimentId, startTime: 5, runName: 'kept' });
    expect(await find('')).toEqual(['kept']);
    clock.advance(1);
    await tracking.deleteExperiment(experimentId);
    expect([await find(''), await find('', 'DELETED_ONLY')]).toEqual([[], ['kept']]);
    const { items } = await search.searchExperiments({
      filter: "tags.team = 'sky'",
      viewType: 'DELETED_ONLY',
    });
    expect(items.map((experiment) => experiment.name)).toEqual(['flights']);
    clock.advance(1);
    await tracking.restoreExperiment(experimentId);
    expect(await find('')).toEqual(['kept']);
  });

  it('answers the run as the store does', async () => {
    const { runId } = await tracking.createRun({
      experimentId,
      startTime: 5,
      tags: new Map([['__proto__', 'x']]),
    });
    const metrics = [{ key: 'nan', value: Number.NaN, timestamp: 1, step: -1 }];
    await tracking.logBatch(runId, { metrics, params: [['constructor', 'y']] });
    const page = await search.searchRuns({ experimentIds: [experimentId] });
    expect(page.items).toEqual([await tracking.getRun(runId)]);
  });

  it('finds logged models of several experiments by what was measured on a dataset', async () => {
    const other = await tracking.createExperiment({ name: 'other' });
    for (const [id, value] of [
      [experimentId, 0.9],
      [other, 0.8],
    ] as const) {
      const { runId } = await tracking.createRun({ experimentId: id, startTime: 1 });
      const { modelId } = await tracking.createLoggedModel({ experimentId: id, name: `net ${value}` });
      const about = { modelId, datasetName: 'hold-out', datasetDigest: 'd1' };
      await tracking.logBatch(runId, { metrics: [{ key: 'acc', value, timestamp: 1, step: 0, ...about }] });
    }
    const request = {
      experimentIds: [experimentId, other],
      filter: 'metrics.acc > 0.5',
      datasets: [{ datasetName: 'hold-out' }],
      orderBy: [{ fieldName: 'metrics.acc', ascending: false }],
      maxResults: 1,
    };
    const first = await search.searchLoggedModels(request);
    const second = await search.searchLoggedModels({ ...request, pageToken: first.nextPageToken });
    expect([...first.items, ...second.items].map((model) => model.name)).toEqual(['net 0.9', 'net 0.8']);
    expect(second.nextPageToken).toBeUndefined();
    await expect(
      search.searchLoggedModels({ ...request, filter: '', pageToken: first.nextPageToken }),
    ).rejects.toThrow('belongs to another query');
  });
});
