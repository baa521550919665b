import { describe, expect, it, vi } from 'vitest';
import { createSearchService } from '../../../lambdas/registry/search/create-search-service';
import type { SearchableRun } from '../../../lambdas/registry/tracking/tracking-store';
import { MemorySource } from './support/memory-source';

function aRun(at: number, change: Partial<SearchableRun> = {}): SearchableRun {
  return {
    runId: `run${at}`,
    runName: `name ${at}`,
    experimentId: '1',
    userId: 'user',
    status: 'RUNNING',
    startTime: at,
    artifactUri: 's3://bucket',
    lifecycle: { stage: 'active', at: 10 },
    params: new Map(),
    tags: new Map(),
    metrics: new Map([['loss', { value: at, timestamp: 1, step: 1 }]]),
    datasets: [],
    modelInputs: [],
    modelOutputs: [],
    ...change,
  };
}

function world(count: number, memoryBytes?: number) {
  const source = new MemorySource();
  source.addExperiment('1');
  for (let at = 0; at < count; at += 1) source.put(aRun(at));
  const service = createSearchService({ tracking: source as never, models: {} as never, memoryBytes });
  return { source, service };
}

const ids = (page: { items: readonly { runId: string }[] }) => page.items.map((run) => run.runId);

describe('a page token', () => {
  const request = {
    experimentIds: ['1'],
    filter: 'metrics.loss > 0',
    orderBy: ['metrics.loss'],
    maxResults: 2,
  };

  it('goes on with the same query, also when fewer results a page are asked for', async () => {
    const { service } = world(6);
    const first = await service.searchRuns(request);
    const second = await service.searchRuns({ ...request, maxResults: 1, pageToken: first.nextPageToken });
    expect(ids(first)).toEqual(['run1', 'run2']);
    expect(ids(second)).toEqual(['run3']);
  });

  it.each([
    ['another filter', { filter: 'metrics.loss > 1' }],
    ['another order', { orderBy: ['metrics.loss DESC'] }],
    ['other experiments', { experimentIds: ['1', '2'] }],
    ['another view', { viewType: 'ALL' as const }],
  ])('is refused with %s', async (_, change) => {
    const { service } = world(6);
    const { nextPageToken } = await service.searchRuns(request);
    await expect(service.searchRuns({ ...request, ...change, pageToken: nextPageToken })).rejects.toThrow(
      'Invalid page token, it belongs to another query',
    );
  });

  it.each(['x', '{}', 'eyJvZmZzZXQiOiAyfQ==', Buffer.from('null').toString('base64url')])(
    'that is not of this server is refused: %s',
    async (pageToken) => {
      const { service } = world(6);
      await expect(service.searchRuns({ ...request, pageToken })).rejects.toMatchObject({
        errorCode: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining('Invalid page token'),
      });
    },
  );

  it('that was bent to values of another type is refused', async () => {
    const { service } = world(6);
    const { nextPageToken } = await service.searchRuns(request);
    const token = JSON.parse(Buffer.from(nextPageToken!, 'base64url').toString());
    const bent = Buffer.from(JSON.stringify({ ...token, k: ['a', 'b', 'c'] })).toString('base64url');
    await expect(service.searchRuns({ ...request, pageToken: bent })).rejects.toThrow('does not fit');
  });

  it('is given only when something follows', async () => {
    const { service } = world(3);
    expect((await service.searchRuns({ ...request, maxResults: 2 })).nextPageToken).toBeUndefined();
    expect((await service.searchRuns({ experimentIds: [] })).nextPageToken).toBeUndefined();
  });
});

describe('the number of results', () => {
  it.each([
    [0, "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer"],
    [-1, "Invalid value -1 for parameter 'max_results' supplied. It must be a positive integer"],
    [50_001, "Invalid value 50001 for parameter 'max_results' supplied. It must be at most 50000"],
  ])('%i is refused in the words of MLflow', async (maxResults, message) => {
    const { service } = world(0);
    await expect(service.searchRuns({ experimentIds: ['1'], maxResults })).rejects.toThrow(message);
  });

  it('is 1000 unless the client says otherwise', async () => {
    const { source, service } = world(1001);
    source.pageSize = 500;
    const page = await service.searchRuns({ experimentIds: ['1'] });
    expect(page.items).toHaveLength(1000);
    expect(page.nextPageToken).toBeDefined();
  });
});

describe('a page', () => {
  it('stays under 4 MB of JSON and goes on with the next run', async () => {
    const { source, service } = world(0);
    const text = 'é"'.repeat(3000);
    for (let at = 0; at < 400; at += 1) {
      source.put(aRun(at, { params: new Map([['text', `${at}${text}`]]) }));
    }
    const seen: string[] = [];
    let pages = 0;
    let pageToken: string | undefined;
    do {
      const page = await service.searchRuns({ experimentIds: ['1'], pageToken });
      const bytes = Buffer.byteLength(JSON.stringify(page.items.map((run) => [...run.params])));
      expect(bytes).toBeLessThan(4_000_000);
      seen.push(...ids(page));
      pages += 1;
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    expect(pages).toBe(2);
    expect(new Set(seen).size).toBe(400);
  });

  it('holds one run at least, however large', async () => {
    const { source, service } = world(0);
    const huge = new Map(Array.from({ length: 800 }, (_, key) => [`${key}`, 'x'.repeat(6000)] as const));
    source.put(aRun(1, { params: huge }));
    source.put(aRun(2, { params: huge }));
    expect((await service.searchRuns({ experimentIds: ['1'] })).items).toHaveLength(1);
  });
});

describe('the stage of a run', () => {
  it('is its own or its experiment’s, whichever was set later, without reading the runs again', async () => {
    const { source, service } = world(2);
    source.put(aRun(2, { lifecycle: { stage: 'deleted', at: 20 } }));
    const find = async (viewType: 'ACTIVE_ONLY' | 'DELETED_ONLY') =>
      ids(await service.searchRuns({ experimentIds: ['1'], viewType })).sort();
    expect(await find('ACTIVE_ONLY')).toEqual(['run0', 'run1']);
    source.setLifecycle('1', { stage: 'deleted', at: 15 });
    expect(await find('ACTIVE_ONLY')).toEqual([]);
    expect(await find('DELETED_ONLY')).toEqual(['run0', 'run1', 'run2']);
    source.setLifecycle('1', { stage: 'active', at: 30 });
    expect(await find('ACTIVE_ONLY')).toEqual(['run0', 'run1', 'run2']);
    expect(source.calls.filter((call) => call === 'readSearchableRuns')).toEqual([]);
  });

  it('does not matter for an experiment that does not exist: it has no runs', async () => {
    const { service } = world(2);
    expect(ids(await service.searchRuns({ experimentIds: ['7', '1'] }))).toEqual(['run1', 'run0']);
    await expect(service.searchRuns({ experimentIds: ['x'] })).rejects.toThrow("Invalid experiment ID 'x'");
  });
});

describe('the name of a run in a filter', () => {
  it('is the tag that repeats it, as with MLflow', async () => {
    const { source, service } = world(0);
    source.put(aRun(1, { runName: 'net', tags: new Map([['mlflow.runName', 'net']]) }));
    source.put(aRun(2, { runName: 'net' }));
    const page = await service.searchRuns({ experimentIds: ['1'], filter: "run_name = 'net'" });
    expect(ids(page)).toEqual(['run1']);
  });
});

describe('a search of the model registry', () => {
  it('looks at all models and at all versions', async () => {
    const listed = (name: string) => ({
      ...{ name, tags: new Map(), aliases: new Map(), latestVersions: [] },
      ...{ lastUpdatedTimestamp: 1, version: 2 },
    });
    const models = {
      listModels: async () => [listed('a'), listed('b')],
      listVersions: async () => [{ ...listed('c'), aliases: [] }],
    };
    const service = createSearchService({ tracking: {} as never, models: models as never });
    const first = await service.searchRegisteredModels({ maxResults: 1 });
    const second = await service.searchRegisteredModels({ maxResults: 1, pageToken: first.nextPageToken });
    expect([...first.items, ...second.items].map((model) => model.name)).toEqual(['a', 'b']);
    expect((await service.searchModelVersions({ filter: 'version_number = 2' })).items).toHaveLength(1);
    await expect(service.searchModelVersions({ pageToken: first.nextPageToken })).rejects.toThrow(
      'another query',
    );
    await expect(service.searchRegisteredModels({ maxResults: 1001 })).rejects.toThrow(
      'Invalid value for request parameter max_results. It must be at most 1000, but got value 1001',
    );
    await expect(service.searchModelVersions({ maxResults: 0 })).rejects.toThrow(
      'Invalid value for max_results. It must be a positive integer, but got 0',
    );
  });
});

describe('the memory for searches', () => {
  it('is not exceeded: the search is refused with what to do', async () => {
    const { service } = world(2000, 50_000);
    await expect(
      service.searchRuns({ experimentIds: ['1'], filter: 'metrics.loss > 1' }),
    ).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('give the server more memory for searches'),
    });
  });

  it('is given to the experiments that were searched last', async () => {
    const { source, service } = world(300, 800_000);
    for (const experimentId of ['2', '3', '4', '5', '6']) {
      source.addExperiment(experimentId);
      for (let at = 0; at < 300; at += 1)
        source.put(aRun(at, { runId: `${experimentId}-${at}`, experimentId }));
    }
    const search = async (experimentId: string) => {
      source.calls.length = 0;
      const page = await service.searchRuns({ experimentIds: [experimentId], filter: 'metrics.loss >= 0' });
      expect(page.items).toHaveLength(300);
      return source.calls.includes('scanRuns') ? 'cold' : 'warm';
    };
    expect(await search('1')).toBe('cold');
    expect(await search('1')).toBe('warm');
    for (const other of ['2', '3', '4', '5', '6']) expect(await search(other)).toBe('cold');
    expect(await search('6')).toBe('warm');
    expect(await search('1')).toBe('cold');
  });
});

describe('searches at the same time', () => {
  it('share the reads that bring the index up to date', async () => {
    const { source, service } = world(50);
    await Promise.all(Array.from({ length: 20 }, () => service.searchRuns({ experimentIds: ['1'] })));
    expect(source.calls).toContain('scanRuns');
    const looks = source.calls.filter((call) => call === 'readRunChanges').length;
    expect(looks).toBeLessThanOrEqual(3);
  });

  it('do not fail for good when one read fails', async () => {
    const { source, service } = world(5);
    source.before = async (call) => {
      if (call === 'scanRuns') throw new Error('throttled');
    };
    await expect(service.searchRuns({ experimentIds: ['1'] })).rejects.toThrow('throttled');
    source.before = async () => undefined;
    expect((await service.searchRuns({ experimentIds: ['1'] })).items).toHaveLength(5);
  });
});

describe('the first search of a large experiment', () => {
  it('reads only the runs that it shows, where the table has their order', async () => {
    const { source, service } = world(2000);
    const seen: string[] = [];
    let pageToken: string | undefined;
    for (let page = 0; page < 4; page += 1) {
      const found = await service.searchRuns({ experimentIds: ['1'], maxResults: 300, pageToken });
      seen.push(...ids(found));
      pageToken = found.nextPageToken;
    }
    expect(seen).toEqual(Array.from({ length: 1200 }, (_, at) => `run${1999 - at}`));
    expect(new Set(source.calls)).toEqual(new Set(['readExperimentLifecycle', 'readShardInOrder']));
  });

  it('answers as a search of all runs does, also with deleted runs among them', async () => {
    const { source, service } = world(900);
    for (let at = 0; at < 900; at += 3) {
      source.put(aRun(at, { lifecycle: { stage: 'deleted', at: 20 }, startTime: at % 7 }));
    }
    for (const viewType of ['ACTIVE_ONLY', 'ALL', 'DELETED_ONLY'] as const) {
      const request = { experimentIds: ['1'], viewType, maxResults: 150 };
      const cold = ids(await service.searchRuns(request));
      const warm = createSearchService({ tracking: source as never, models: {} as never });
      await warm.searchRuns({ experimentIds: ['1'], filter: 'metrics.loss > 0' });
      expect(cold).toEqual(ids(await warm.searchRuns(request)));
    }
  });

  it('builds the index ahead where the process goes on', async () => {
    const { source } = world(2000);
    source.pageSize = 500;
    const service = createSearchService({
      tracking: source as never,
      models: {} as never,
      buildsAhead: true,
    });
    await service.searchRuns({ experimentIds: ['1'], maxResults: 10 });
    await vi.waitFor(() => expect(source.calls.filter((call) => call === 'scanRuns')).toHaveLength(4));
    await service.searchRuns({ experimentIds: ['1'], filter: 'metrics.loss > 1' });
    expect(source.calls.filter((call) => call === 'scanRuns')).toHaveLength(4);
  });

  it('needs no memory for the rest of the experiment', async () => {
    const { service } = world(2000, 200_000);
    const found = await service.searchRuns({ experimentIds: ['1'], maxResults: 10 });
    expect(ids(found)[9]).toBe('run1990');
  });
});
