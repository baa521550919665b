import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelStore } from '../../../lambdas/registry/models/model-store';
import {
  createSearchService,
  type SearchService,
} from '../../../lambdas/registry/search/create-search-service';
import { by, modelWorld } from '../models/world';

let store: ModelStore;
let search: SearchService;
let read: string[];

beforeEach(() => {
  store = modelWorld().store;
  read = [];
  const models = {
    ...store,
    listVersions: (name?: string) => {
      read.push(name ?? 'all');
      return store.listVersions(name);
    },
  };
  search = createSearchService({ tracking: {} as never, models });
});

async function register(name: string, runId: string, tags?: ReadonlyMap<string, string>): Promise<void> {
  await store.createModel({ name }, by('ada')).catch(() => undefined);
  await store.createVersion({ name, source: 's3://a', runId, tags }, by('ada'));
}

const find = async (filter: string): Promise<string[]> =>
  (await search.searchModelVersions({ filter })).items
    .map(({ name, version }) => `${name}/${version}`)
    .sort();

describe('a search of versions', () => {
  beforeEach(async () => {
    await register('taxi', 'run-1');
    await register('taxi', 'run-2');
    await register('bus', 'run-2');
    await register('tram', 'run-3');
  });

  it('of one model reads that model only', async () => {
    expect(await find("name = 'taxi'")).toEqual(['taxi/1', 'taxi/2']);
    expect(await find("attribute.name='nowhere'")).toEqual([]);
    expect(await find(`name = '${'x'.repeat(5000)}'`)).toEqual([]);
    expect(read).toEqual(['taxi', 'nowhere', 'x'.repeat(5000)]);
  });

  it('of one run reads the models that it made only', async () => {
    expect(await find("run_id = 'run-2'")).toEqual(['bus/1', 'taxi/2']);
    expect(read.sort()).toEqual(['bus', 'taxi']);
    expect(await find(`run_id = '${'x'.repeat(5000)}'`)).toEqual([]);
    expect(await find("run_id = 'run-2' AND name = 'bus'")).toEqual(['bus/1']);
  });

  it('that demands neither reads all', async () => {
    expect(await find("name LIKE 't%'")).toEqual(['taxi/1', 'taxi/2', 'tram/1']);
    expect(await find("tags.name = 'taxi'")).toEqual([]);
    expect(await find("run_id IN ('run-1', 'run-3')")).toEqual(['taxi/1', 'tram/1']);
    expect(read).toEqual(['all', 'all', 'all']);
  });

  it('of one run leaves out a model that is a prompt by another version', async () => {
    await register('bus', 'run-9', new Map([['mlflow.prompt.is_prompt', 'true']]));
    expect(await find("run_id = 'run-2'")).toEqual(['taxi/2']);
  });
});

describe('a page of the registry', () => {
  it('stays below what can be answered, however long the texts are', async () => {
    const description = 'x'.repeat(250_000);
    for (let at = 0; at < 20; at += 1) {
      await store.createModel({ name: `m${at}`, description }, by('ada'));
      await store.createVersion({ name: `m${at}`, source: 's3://a', description }, by('ada'));
    }
    const pages: number[] = [];
    let pageToken: string | undefined;
    do {
      const page = await search.searchModelVersions({ pageToken });
      pages.push(page.items.length);
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    expect(pages).toEqual([15, 5]);
    // A model is answered with its newest version.
    expect((await search.searchRegisteredModels({})).items).toHaveLength(7);
  });
});
