import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createSearchService } from '../../../lambdas/registry/search/create-search-service';
import type { SearchRunsRequest, SearchService } from '../../../lambdas/registry/search/search-service';
import type { SearchableRun } from '../../../lambdas/registry/tracking/tracking-store';
import { filter, ordered, runState, runs } from './support/arbitraries';
import { MemorySource } from './support/memory-source';

vi.setConfig({ testTimeout: 120_000 });

const serviceOn = (source: MemorySource): SearchService =>
  createSearchService({ tracking: source as never, models: {} as never });

function sourceOf(all: readonly SearchableRun[], experimentIds = ['1']): MemorySource {
  const source = new MemorySource();
  for (const id of experimentIds) source.addExperiment(id);
  for (const run of all) source.put(run);
  return source;
}

async function pagesOf(service: SearchService, request: SearchRunsRequest): Promise<string[][]> {
  const pages: string[][] = [];
  let pageToken: string | undefined;
  do {
    const page = await service.searchRuns({ ...request, pageToken });
    pages.push(page.items.map((run) => run.runId));
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return pages;
}

const viewType = fc.constantFrom('ACTIVE_ONLY' as const, 'DELETED_ONLY' as const, 'ALL' as const);

describe('pages of a search for runs', () => {
  it('put together are the whole answer, whatever their size, with no run twice and none lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        runs(14),
        filter,
        ordered,
        viewType,
        fc.integer({ min: 1, max: 5 }),
        async (all, text, orderBy, view, maxResults) => {
          const spread = all.map((run, at) => ({ ...run, experimentId: String(1 + (at % 2)) }));
          const service = serviceOn(sourceOf(spread, ['1', '2']));
          const request = { experimentIds: ['1', '2'], filter: text, orderBy, viewType: view };
          const whole = (await service.searchRuns(request)).items.map((run) => run.runId);
          const pages = await pagesOf(service, { ...request, maxResults });
          expect(pages.flat()).toEqual(whole);
          expect(new Set(whole).size).toBe(whole.length);
          expect(pages.every((page) => page.length <= maxResults)).toBe(true);
          expect(pages.slice(0, -1).every((page) => page.length === maxResults)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('keep what stands where it did, also when runs are added between them', async () => {
    await fc.assert(
      fc.asyncProperty(
        runs(10),
        fc.array(
          fc.integer({ min: 100, max: 120 }).chain((at) => runState(at)),
          { maxLength: 6 },
        ),
        ordered,
        async (all, added, orderBy) => {
          const source = sourceOf(all);
          const service = serviceOn(source);
          const request: SearchRunsRequest = {
            experimentIds: ['1'],
            orderBy,
            viewType: 'ALL',
            maxResults: 2,
          };
          const seen: string[] = [];
          const more = [...added];
          let pageToken: string | undefined;
          do {
            const page = await service.searchRuns({ ...request, pageToken });
            seen.push(...page.items.map((run) => run.runId));
            pageToken = page.nextPageToken;
            const next = more.pop();
            if (next !== undefined && !seen.includes(next.runId)) source.put(next);
          } while (pageToken !== undefined);
          const old = all.map((run) => run.runId);
          expect(new Set(seen).size).toBe(seen.length);
          expect(seen.filter((id) => old.includes(id)).sort()).toEqual(old.sort());
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('an index that follows the change log', () => {
  it('answers as one that is built anew, after any changes', async () => {
    const changes = fc.array(
      fc.integer({ min: 0, max: 8 }).chain((at) => runState(at)),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(
        changes,
        fc.array(fc.tuple(filter, ordered), { minLength: 1 }),
        async (all, queries) => {
          const source = sourceOf([]);
          const followed = serviceOn(source);
          for (const [at, run] of all.entries()) {
            source.put(run);
            const [text, orderBy] = queries[at % queries.length]!;
            const request: SearchRunsRequest = {
              experimentIds: ['1'],
              filter: text,
              orderBy,
              viewType: 'ALL',
            };
            expect(await followed.searchRuns(request)).toEqual(await serviceOn(source).searchRuns(request));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('holds every write that was done before the search began, however calls interleave', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.boolean(), { maxLength: 14 }),
        async (scheduler, steps) => {
          const source = sourceOf([]);
          source.pageSize = 2;
          source.before = (call) => scheduler.schedule(Promise.resolve(), call);
          const service = serviceOn(source);
          const written = new Map<string, number>();
          let value = 0;
          const work = steps.map(async (isWrite, at) => {
            await scheduler.schedule(Promise.resolve(), `step ${at}`);
            if (isWrite) {
              value += 1;
              const run = plainRun(`run${at % 4}`, value);
              source.put(run);
              written.set(run.runId, value);
              return;
            }
            const before = new Map(written);
            const page = await service.searchRuns({ experimentIds: ['1'], filter: 'metrics.m > 0' });
            const found = new Map(page.items.map((run) => [run.runId, run.metrics.get('m')!.value]));
            for (const [id, least] of before) expect(found.get(id)).toBeGreaterThanOrEqual(least);
          });
          await scheduler.waitFor(Promise.all(work));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

function plainRun(runId: string, value: number): SearchableRun {
  return {
    runId,
    runName: runId,
    experimentId: '1',
    userId: '',
    status: 'RUNNING',
    startTime: 1,
    artifactUri: '',
    lifecycle: { stage: 'active', at: 0 },
    params: new Map(),
    tags: new Map(),
    metrics: new Map([['m', { value, timestamp: 1, step: 1 }]]),
    datasets: [],
    modelInputs: [],
    modelOutputs: [],
  };
}

describe('a run in an answer', () => {
  it('is the run as the store read it', async () => {
    await fc.assert(
      fc.asyncProperty(runs(6), runs(6), async (first, second) => {
        const source = sourceOf(first);
        const service = serviceOn(source);
        await service.searchRuns({ experimentIds: ['1'] });
        for (const run of second) source.put(run);
        const page = await service.searchRuns({ experimentIds: ['1'], viewType: 'ALL', orderBy: ['run_id'] });
        const stored = source.all('1').sort((a, b) => (a.runId < b.runId ? -1 : 1));
        const wanted = await source.resolveRuns(stored, { stage: 'active', at: 0 });
        expect(page.items).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });
});
