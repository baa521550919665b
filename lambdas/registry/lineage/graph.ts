/** What lineage tells of. */
export type LineageKind =
  | 'endpoint'
  | 'deployment'
  | 'model-version'
  | 'run'
  | 'dataset-version'
  | 'files'
  | 'code';

export interface LineageNode {
  /** `<kind>:<name>`. */
  readonly id: string;
  readonly kind: LineageKind;
  readonly name: string;
  /** What is known of it, in the order in which it is told. */
  readonly facts: readonly (readonly [name: string, text: string])[];
}

/** `from` came to be by `to`. */
export interface LineageEdge {
  readonly from: string;
  readonly to: string;
  readonly relation: 'serves' | 'deployed' | 'made by' | 'learnt from' | 'consists of' | 'ran';
}

/** Where things come from: from the live endpoint down to the files, and back up. */
export interface LineageGraph {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
}

/** A node and what it leads to. */
export interface LineageTree {
  readonly node: LineageNode;
  /** How the node above it is related to this one. */
  readonly relation?: LineageEdge['relation'];
  readonly children: readonly LineageTree[];
}

/** What the node came from, down to files and code. @returns undefined when there is no such node. */
export function originsOf(graph: LineageGraph, id: string): LineageTree | undefined {
  return grow(graph, id, (edge) => [edge.from, edge.to]);
}

/** What came of the node, up to the endpoint. @returns undefined when there is no such node. */
export function consequencesOf(graph: LineageGraph, id: string): LineageTree | undefined {
  return grow(graph, id, (edge) => [edge.to, edge.from]);
}

function grow(
  graph: LineageGraph,
  root: string,
  ends: (edge: LineageEdge) => readonly [here: string, there: string],
): LineageTree | undefined {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const onward = new Map<string, { readonly to: string; readonly relation: LineageEdge['relation'] }[]>();
  for (const edge of graph.edges) {
    const [here, there] = ends(edge);
    onward.set(here, [...(onward.get(here) ?? []), { to: there, relation: edge.relation }]);
  }
  const treeOf = (
    id: string,
    relation: LineageEdge['relation'] | undefined,
    path: ReadonlySet<string>,
  ): LineageTree | undefined => {
    const node = nodes.get(id);
    if (node === undefined || path.has(id)) return undefined;
    const within = new Set([...path, id]);
    const children = (onward.get(id) ?? [])
      .map((edge) => treeOf(edge.to, edge.relation, within))
      .filter((child) => child !== undefined);
    return { node, ...(relation === undefined ? {} : { relation }), children };
  };
  return treeOf(root, undefined, new Set());
}

/** The tree as indented lines: name, then what is known. */
export function treeLines(tree: LineageTree, depth = 0): string[] {
  const { node, relation, children } = tree;
  const indent = '  '.repeat(depth);
  const lead = relation === undefined ? '' : `${relation} `;
  return [
    `${indent}${lead}${node.kind} ${node.name}`,
    ...node.facts.map(([name, text]) => `${indent}    ${name}: ${text}`),
    ...children.flatMap((child) => treeLines(child, depth + 1)),
  ];
}
