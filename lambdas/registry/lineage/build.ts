import type { DatasetVersion } from '../../data-lake/entities';
import type { Deployment } from '../entities';
import type { RegisteredVersion } from '../models/model-store';
import { codeFacts, codeName } from './code-version';
import type { LineageEdge, LineageGraph, LineageNode } from './graph';
import { dataOf, type KnownRun } from './known-run';

/** What an endpoint serves, as SageMaker says it. */
export interface EndpointFacts {
  readonly name: string;
  readonly status: string;
  readonly configName?: string;
  /** The image that it resolved to, with its digest. */
  readonly image?: string;
}

/** Everything that is known of one model. What is not read is left out of the graph. */
export interface LineageFacts {
  readonly model: string;
  readonly endpoint?: EndpointFacts;
  /** The version that `champion` stands on. */
  readonly champion?: number;
  readonly deployments: readonly Deployment[];
  readonly versions: readonly RegisteredVersion[];
  readonly runs: readonly KnownRun[];
  readonly datasetVersions: readonly DatasetVersion[];
}

/** Ids of the nodes. */
export const lineageId = {
  endpoint: (name: string): string => `endpoint:${name}`,
  deployment: (id: string): string => `deployment:${id}`,
  version: (model: string, version: number): string => `model-version:${model}/${version}`,
  run: (runId: string): string => `run:${runId}`,
  dataset: (dataset: string, version: string): string => `dataset-version:${dataset}/${version}`,
  files: (dataset: string, version: string): string => `files:${dataset}/${version}`,
  code: (name: string): string => `code:${name}`,
};

/**
 * Joins what is known of a model into one graph: live endpoint, deployments, versions, runs, dataset versions, files
 * and code. Both directions are read from it, by `originsOf` and `consequencesOf`.
 */
export function buildLineage(facts: LineageFacts): LineageGraph {
  const parts = [
    endpointPart(facts),
    ...facts.deployments.map((deployment) => deploymentPart(deployment)),
    ...facts.versions.map((version) => versionPart(facts, version)),
    ...facts.runs.map(runPart),
    ...facts.datasetVersions.map(datasetPart),
  ];
  const nodes = new Map(parts.flatMap((part) => part.nodes).map((node) => [node.id, node]));
  const edges = new Map(
    parts.flatMap((part) => part.edges).map((edge) => [`${edge.from} ${edge.relation} ${edge.to}`, edge]),
  );
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

interface Part {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
}

type Facts = readonly (readonly [string, string | undefined])[];

function nodeOf(id: string, facts: Facts): LineageNode {
  const at = id.indexOf(':');
  return {
    id,
    kind: id.slice(0, at) as LineageNode['kind'],
    name: id.slice(at + 1),
    facts: facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined),
  };
}

/** The endpoint serves what the newest deployment that went live put there. */
function endpointPart({ endpoint, deployments }: LineageFacts): Part {
  if (endpoint === undefined) return { nodes: [], edges: [] };
  const id = lineageId.endpoint(endpoint.name);
  const node = nodeOf(id, [
    ['status', endpoint.status],
    ['configuration', endpoint.configName],
    ['image', endpoint.image],
  ]);
  const live = deployments.find(
    (deployment) => deployment.status === 'live' && deployment.endpointConfigName === endpoint.configName,
  );
  if (live === undefined) return { nodes: [node], edges: [] };
  const edge = { from: id, to: lineageId.deployment(live.deploymentId), relation: 'serves' } as const;
  return { nodes: [node], edges: [edge] };
}

function deploymentPart(deployment: Deployment): Part {
  const id = lineageId.deployment(deployment.deploymentId);
  const { status, startedAt, endedAt, trigger, requestedBy, reasons, model, version } = deployment;
  const node = nodeOf(id, [
    ['status', endedAt === undefined ? status : `${status} since ${endedAt}`],
    ['begun', `${startedAt}, trigger ${trigger}${requestedBy === undefined ? '' : `, by ${requestedBy}`}`],
    ['why', reasons.length === 0 ? undefined : reasons.join('; ')],
  ]);
  return {
    nodes: [node],
    edges: [{ from: id, to: lineageId.version(model, version), relation: 'deployed' }],
  };
}

function versionPart({ champion }: LineageFacts, version: RegisteredVersion): Part {
  const id = lineageId.version(version.name, version.version);
  const { approval } = version;
  const node = nodeOf(id, [
    ['champion', champion === version.version ? 'yes' : undefined],
    ['artifact', version.storageLocation],
    ['registered', `${new Date(version.creationTimestamp).toISOString()} by ${version.userId ?? 'unknown'}`],
    [
      'approval',
      approval === undefined
        ? undefined
        : [approval.status, approval.decidedBy && `by ${approval.decidedBy}`, approval.decidedAt]
            .filter((part) => part !== undefined)
            .join(' '),
    ],
    ['decision', approval?.decision],
  ]);
  const { runId } = version;
  const edges: LineageEdge[] =
    runId === undefined ? [] : [{ from: id, to: lineageId.run(runId), relation: 'made by' }];
  return { nodes: [node], edges };
}

/** Data that no catalog knows is known by what the run says of it. */
function runPart(run: KnownRun): Part {
  const id = lineageId.run(run.runId);
  const node = nodeOf(id, [
    ['status', run.endedAt === undefined ? run.status : `${run.status} since ${run.endedAt}`],
    [
      'begun',
      run.trigger === undefined
        ? `${run.startedAt} by ${run.user ?? 'unknown'}`
        : `${run.startedAt}, trigger ${run.trigger}`,
    ],
    ['why', run.reasons.length === 0 ? undefined : run.reasons.join('; ')],
    ['metrics', inWords(run.metrics)],
    ['params', textsInWords(run.params)],
    ['verdict', run.verdict?.reasons.join('; ')],
    ['execution', run.executionArn],
  ]);
  const code = codeName(run);
  const read = dataOf(run);
  const data = read.map(({ dataset, datasetVersion, source }) =>
    nodeOf(lineageId.dataset(dataset, datasetVersion), [['source', source]]),
  );
  const edges: LineageEdge[] = [
    ...read.map(
      ({ dataset, datasetVersion }) =>
        ({ from: id, to: lineageId.dataset(dataset, datasetVersion), relation: 'learnt from' }) as const,
    ),
    ...(code === undefined ? [] : [{ from: id, to: lineageId.code(code), relation: 'ran' } as const]),
  ];
  const nodes =
    code === undefined ? [node, ...data] : [node, ...data, nodeOf(lineageId.code(code), codeFacts(run))];
  return { nodes, edges };
}

function datasetPart(version: DatasetVersion): Part {
  const id = lineageId.dataset(version.dataset, version.id);
  const files = lineageId.files(version.dataset, version.id);
  return {
    nodes: [
      nodeOf(id, [
        ['status', version.status],
        ['created', version.createdAt],
        ['rows', String(version.rows)],
      ]),
      nodeOf(files, [
        ['number', String(version.objects)],
        ['bytes', String(version.bytes)],
        ['manifest', version.manifestUri],
      ]),
    ],
    edges: [{ from: id, to: files, relation: 'consists of' }],
  };
}

function inWords(metrics: Readonly<Record<string, number>>): string | undefined {
  return textsInWords(
    Object.fromEntries(
      Object.entries(metrics).map(([name, value]) => [name, String(Number(value.toPrecision(5)))]),
    ),
  );
}

function textsInWords(texts: Readonly<Record<string, string>>): string | undefined {
  const entries = Object.entries(texts).filter(([name]) => !name.startsWith('flywheel.'));
  return entries.length === 0 ? undefined : entries.map(([name, text]) => `${name} ${text}`).join(', ');
}
