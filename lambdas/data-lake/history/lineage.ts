import type { DatasetVersion } from '../entities';

/** What a run says of its data. */
export interface RunFact {
  readonly runId: string;
  readonly model: string;
  readonly status: string;
  readonly trigger: string;
  readonly dataset: string;
  readonly datasetVersion: string;
  readonly startedAt: string;
  readonly modelVersion?: number;
}

/** What a model version says of where it comes from. */
export interface ModelVersionFact {
  readonly model: string;
  readonly version: number;
  readonly dataset?: string;
  readonly datasetVersion?: string;
  readonly runId?: string;
  readonly createdAt: string;
  /** False when it was rejected or deleted, so that it cannot be deployed. */
  readonly usable: boolean;
}

/** What a deployment says of what it made live. */
export interface DeploymentFact {
  readonly deploymentId: string;
  readonly model: string;
  readonly version: number;
  readonly status: string;
  readonly startedAt: string;
}

/** What is known of the models that learn from a dataset. */
export interface ModelFacts {
  readonly runs: readonly RunFact[];
  readonly modelVersions: readonly ModelVersionFact[];
  readonly deployments: readonly DeploymentFact[];
  /** The version behind each model's alias `champion`. */
  readonly champions: ReadonlyMap<string, number>;
}

/** One model version that comes from data, and what became of it. */
export interface ModelLine {
  readonly modelVersion: ModelVersionFact;
  readonly live: boolean;
  readonly deployments: readonly DeploymentFact[];
}

/** Forward from a dataset version: the runs that learnt from it, and what came of each. */
export interface RunLine {
  readonly run: RunFact;
  readonly models: readonly ModelLine[];
}

/** Runs of a dataset version, oldest first, with the model versions and the deployments that they led to. */
export function forward(version: Pick<DatasetVersion, 'dataset' | 'id'>, facts: ModelFacts): RunLine[] {
  return facts.runs
    .filter((run) => run.dataset === version.dataset && run.datasetVersion === version.id)
    .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
    .map((run) => ({
      run,
      models: facts.modelVersions
        .filter(({ model, runId }) => model === run.model && runId === run.runId)
        .map((modelVersion) => modelLine(modelVersion, facts)),
    }));
}

/** Model versions that name the dataset version but no run that is known, for example those brought by a person. */
export function broughtModels(
  version: Pick<DatasetVersion, 'dataset' | 'id'>,
  facts: ModelFacts,
): ModelLine[] {
  const runs = new Set(facts.runs.map(({ runId }) => runId));
  return facts.modelVersions
    .filter(({ dataset, datasetVersion }) => dataset === version.dataset && datasetVersion === version.id)
    .filter(({ runId }) => runId === undefined || !runs.has(runId))
    .map((modelVersion) => modelLine(modelVersion, facts));
}

function modelLine(modelVersion: ModelVersionFact, facts: ModelFacts): ModelLine {
  const { model, version } = modelVersion;
  return {
    modelVersion,
    live: facts.champions.get(model) === version,
    deployments: facts.deployments
      .filter((deployment) => deployment.model === model && deployment.version === version)
      .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)),
  };
}

/** The version and its ancestors, newest first, as far as they are known. */
export function ancestry<V extends Pick<DatasetVersion, 'id' | 'parent'>>(
  versions: readonly V[],
  id: string,
): V[] {
  const byId = new Map(versions.map((version) => [version.id, version]));
  const line: V[] = [];
  const seen = new Set<string>();
  for (let at = byId.get(id); at !== undefined && !seen.has(at.id); at = byId.get(at.parent ?? '')) {
    line.push(at);
    seen.add(at.id);
  }
  return line;
}

/** Who needs a dataset version to stay: its id with the users in words. */
export function usesOf(facts: ModelFacts, dataset: string): Map<string, string[]> {
  const uses = new Map<string, string[]>();
  const add = (id: string | undefined, use: string) => {
    if (id !== undefined) uses.set(id, [...(uses.get(id) ?? []), use]);
  };
  const runs = new Map(facts.runs.map((run) => [run.runId, run]));
  for (const one of facts.modelVersions) {
    const run = one.runId === undefined ? undefined : runs.get(one.runId);
    if ((one.dataset ?? run?.dataset) !== dataset) continue;
    const live = facts.champions.get(one.model) === one.version;
    if (!live && !one.usable) continue;
    add(
      one.datasetVersion ?? run?.datasetVersion,
      `made ${live ? 'live ' : ''}model ${one.model}:${one.version}`,
    );
  }
  for (const run of facts.runs) {
    if (run.dataset === dataset && run.status === 'RUNNING') {
      add(run.datasetVersion, `run ${run.runId} learns from it now`);
    }
  }
  return uses;
}
