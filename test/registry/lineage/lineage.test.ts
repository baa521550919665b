import { describe, expect, it } from 'vitest';
import type { Deployment, Run } from '../../../lambdas/registry/entities';
import { buildLineage, type LineageFacts, lineageId } from '../../../lambdas/registry/lineage/build';
import { compareRuns } from '../../../lambdas/registry/lineage/compare-runs';
import {
  consequencesOf,
  type LineageTree,
  originsOf,
  treeLines,
} from '../../../lambdas/registry/lineage/graph';
import { readLineageFacts } from '../../../lambdas/registry/lineage/read-facts';
import { by, modelWorld } from '../models/world';
import { aRun, aVersion, MODEL } from '../samples';

const OLD = '1'.repeat(64);
const NEW = '2'.repeat(64);

const deployment = (id: string, version: number, overrides: Partial<Deployment> = {}): Deployment => ({
  deploymentId: id,
  model: MODEL,
  version,
  trigger: 'data',
  status: 'live',
  endpointName: MODEL,
  endpointConfigName: `flights-v${version}-${id}`,
  reasons: ['new data'],
  startedAt: '2013-02-01T00:00:00.000Z',
  ...overrides,
});

const run = (runId: string, datasetVersion: string, overrides: Partial<Run> = {}): Run =>
  aRun({ runId, datasetVersion, ...overrides });

async function facts(): Promise<LineageFacts> {
  const { pipeline, store, tracking } = modelWorld();
  const code = { tags: { 'mlflow.source.git.commit': 'c0ffee'.repeat(7) } };
  await pipeline.createRun(run('run-1', OLD, code));
  await pipeline.createRun(run('run-2', NEW, code));
  await pipeline.createRun(run('run-3', NEW, { status: 'REJECTED' }));
  await pipeline.createModelVersion(aVersion({ runId: 'run-1' }), 'a');
  await pipeline.createModelVersion(aVersion({ runId: 'run-2' }), 'b');
  await store.createVersion({ name: MODEL, source: 's3://by-hand' }, by('ada'));
  await pipeline.putDeployment(deployment('d1', 1));
  await pipeline.putDeployment(deployment('d2', 2));
  await pipeline.putDeployment(deployment('d3', 2, { status: 'rolled-back', requestedBy: 'ada' }));
  return readLineageFacts(
    {
      store: pipeline,
      tracking,
      models: store,
      datasetVersion: async (dataset, id) =>
        ({
          ...{ dataset, id, status: 'accepted', manifestUri: `s3://lake/manifests/${id}`, objects: 3 },
          ...{ rows: 100, bytes: 5000, createdAt: '2013-01-31T00:00:00.000Z' },
        }) as never,
      endpoint: async (name) => ({ name, status: 'InService', configName: 'flights-v2-d2' }),
    },
    MODEL,
  );
}

const kinds = (tree: LineageTree | undefined): string[] =>
  tree === undefined
    ? []
    : [`${tree.node.kind} ${tree.node.name}`, ...tree.children.flatMap((child) => kinds(child))];

describe('lineage', () => {
  it('leads from the live endpoint down to files and code', async () => {
    const graph = buildLineage(await facts());
    expect(kinds(originsOf(graph, lineageId.endpoint(MODEL)))).toEqual([
      'endpoint flights',
      'deployment d2',
      'model-version flights/2',
      'run run-2',
      `dataset-version flights/${NEW}`,
      `files flights/${NEW}`,
      'code c0ffeec0ffee',
    ]);
  });

  it('leads from data up to all that came of it, live or not', async () => {
    const graph = buildLineage(await facts());
    const found = kinds(consequencesOf(graph, lineageId.dataset('flights', NEW)));
    expect(found[0]).toBe(`dataset-version flights/${NEW}`);
    expect([...found].sort()).toEqual(
      [
        `dataset-version flights/${NEW}`,
        'run run-2',
        'run run-3',
        'model-version flights/2',
        'deployment d2',
        'deployment d3',
        'endpoint flights',
      ].sort(),
    );
  });

  it('leads from code to every version that it made', async () => {
    const graph = buildLineage(await facts());
    const found = kinds(consequencesOf(graph, lineageId.code('c0ffeec0ffee')));
    expect(found).toContain('model-version flights/1');
    expect(found).toContain('model-version flights/2');
  });

  it('of a version that came from elsewhere ends with it', async () => {
    const graph = buildLineage(await facts());
    expect(kinds(originsOf(graph, lineageId.version(MODEL, 3)))).toEqual(['model-version flights/3']);
    expect(originsOf(graph, lineageId.version(MODEL, 9))).toBeUndefined();
  });

  it('says what is known of each thing, who asked for a deployment included', async () => {
    const graph = buildLineage(await facts());
    const lines = treeLines(consequencesOf(graph, lineageId.run('run-2'))!).join('\n');
    expect(lines).toContain('begun: 2013-02-01T00:00:00.000Z, trigger data, by ada');
    expect(lines).toContain('approval: APPROVED by judge 2013-02-01T00:00:00.000Z');
    expect(lines).toContain('  made by model-version flights/2');
  });

  it('ends, also when what it is told goes in circles', () => {
    const node = (id: string) => ({ id, kind: 'run' as const, name: id, facts: [] });
    const edge = (from: string, to: string) => ({ from, to, relation: 'made by' as const });
    const graph = { nodes: [node('a'), node('b')], edges: [edge('a', 'b'), edge('b', 'a')] };
    expect(kinds(originsOf(graph, 'a'))).toEqual(['run a', 'run b']);
  });
});

describe('runs side by side', () => {
  it('say in what they differ, also where one has nothing', () => {
    const rows = compareRuns([
      aRun({ params: { depth: '3', eta: '0.1' }, metrics: { rocAuc: 0.9 } }),
      aRun({ params: { depth: '4', eta: '0.1' }, metrics: { rocAuc: 0.9, f1: 0.5 }, datasetVersion: NEW }),
    ]);
    expect(rows.filter(({ differs }) => differs).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'data version',
      'param depth',
      'metric f1',
    ]);
    expect(rows.find(({ name }) => name === 'f1')?.values).toEqual([undefined, 0.5]);
  });

  it('take a param called as a method for a param', () => {
    const rows = compareRuns([aRun({ params: { toString: 'x' } }), aRun()]);
    expect(rows.find(({ name }) => name === 'toString')?.values).toEqual(['x', undefined]);
  });
});

describe('a version that a client trained', () => {
  it('leads to its run, all data that the run read and its commit', async () => {
    const { pipeline, store, tracking } = modelWorld();
    const experimentId = await tracking.createExperiment({ name: 'by hand' });
    const { runId } = await tracking.createRun({
      experimentId,
      startTime: Number.MAX_SAFE_INTEGER,
      userId: 'ada',
      tags: new Map([['mlflow.source.git.commit', 'c0ffee']]),
    });
    const dataset = (name: string, source: string) => ({
      dataset: { name, digest: '1', sourceType: 'local', source },
      tags: new Map<string, string>(),
    });
    await tracking.logInputs(runId, {
      datasets: [dataset('rides', '{"uri": "rides.csv"}'), dataset('nights', 'a table')],
    });
    await store.createModel({ name: 'taxi' }, by('ada'));
    await store.createVersion({ name: 'taxi', source: 's3://a', runId }, by('ada'));
    await store.createVersion({ name: 'taxi', source: 's3://b', runId: 'gone' }, by('ada'));
    const read = await readLineageFacts(
      {
        ...{ store: pipeline, models: store, tracking },
        datasetVersion: async () => undefined,
        endpoint: async () => undefined,
      },
      'taxi',
    );
    const tree = originsOf(buildLineage(read), lineageId.version('taxi', 1));
    const lines = treeLines(tree!).map((line) => line.trim());
    expect(lines).toEqual(
      expect.arrayContaining([
        `made by run ${runId}`,
        'learnt from dataset-version rides/1',
        'source: rides.csv',
        'learnt from dataset-version nights/1',
        'source: a table',
        'ran code c0ffee',
      ]),
    );
    expect(lines.some((line) => line.startsWith('begun:') && line.endsWith('by ada'))).toBe(true);
  });
});
