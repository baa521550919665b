import { describe, expect, it } from 'vitest';
import { allModels, readModelFacts } from '../../../cli/data/model-facts';
import { registryStore } from '../../../lambdas/registry/registry-store';
import { aVersion, MODEL } from '../../registry/samples';
import { LakeWorld } from './lake-world';

describe('what the registry tells of the models that learn from a dataset', () => {
  it('covers every model of the registry and those that an option names, once each', async () => {
    const world = new LakeWorld();
    const registered = [{ name: 'delays' }, { name: 'cancellations' }] as never[];
    const models = await allModels(world.lake, { listModels: async () => registered });
    expect(models).toEqual(['delays', 'cancellations']);
  });

  it('is read from the table that the lake shares with the registry', async () => {
    const world = new LakeWorld();
    const store = registryStore(world.table.client, 'catalog');
    await store.createModelVersion({ ...aVersion(), dataset: 'flights', datasetVersion: 'abc' }, 'token');
    const facts = await readModelFacts({ ...world.lake, models: [MODEL] });
    expect(facts.modelVersions).toMatchObject([
      { model: MODEL, version: 1, dataset: 'flights', datasetVersion: 'abc', usable: true },
    ]);
    expect(facts.champions.size).toBe(0);
  });
});
