import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import type { Command } from 'commander';
import { buildLineage, type EndpointFacts, lineageId } from '../../../lambdas/registry/lineage/build';
import {
  consequencesOf,
  type LineageGraph,
  type LineageTree,
  originsOf,
  treeLines,
} from '../../../lambdas/registry/lineage/graph';
import { readLineageFacts } from '../../../lambdas/registry/lineage/read-facts';
import type { Context } from '../../context';
import { UserError } from '../../errors';
import { print, printable } from '../../output';
import { openRegistry, type RegistryOptions, registryCommand, requireModel } from '../../registry/registry';
import { versionNumber } from '../../registry/version-argument';

interface LineageOptions extends RegistryOptions {
  readonly of?: string;
  readonly all?: boolean;
}

export function addLineage(models: Command): void {
  registryCommand(models.command('lineage'))
    .description('where a version comes from, down to files and code; or what came of data or of a run')
    .argument('[version]', 'number of the version (default: what the endpoint serves, else the champion)')
    .option('--of <id>', 'what came of it: a run, or a dataset version (its first digits do)')
    .option('--all', 'the whole graph, as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel models lineage --local\n  flywheel models lineage 3\n  flywheel models lineage --of 3fa9c1',
    )
    .action(async (version: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<LineageOptions>();
      const registry = await openRegistry(options);
      const model = requireModel(registry);
      const facts = await readLineageFacts(
        { ...registry, endpoint: (name) => describeEndpoint(registry.context, name) },
        model,
      );
      const graph = buildLineage(facts);
      if (options.all === true) {
        print(true, graph, () => '');
        return;
      }
      const tree =
        options.of === undefined
          ? originsOf(graph, originId(graph, model, version, facts.champion))
          : consequencesOf(graph, findNode(graph, options.of));
      if (tree === undefined) throw new UserError(`Model "${model}" has no version ${version}.`, 'version');
      print(options.json, tree, () => describeTree(tree));
    });
}

function originId(
  graph: LineageGraph,
  model: string,
  version: string | undefined,
  champion: number | undefined,
): string {
  if (version !== undefined) return lineageId.version(model, versionNumber(version));
  const endpoint = lineageId.endpoint(model);
  if (graph.edges.some((edge) => edge.from === endpoint)) return endpoint;
  if (champion !== undefined) return lineageId.version(model, champion);
  throw new UserError(`Model "${model}" has no champion: name a version.`, 'version');
}

/** A run or dataset version, by its id or the first digits of it. @throws UserError when it is not one of them */
export function findNode(graph: LineageGraph, text: string): string {
  const candidates = graph.nodes.filter(
    ({ kind, name }) =>
      (kind === 'run' && name.startsWith(text)) ||
      (kind === 'dataset-version' && (name.startsWith(text) || name.split('/').at(-1)?.startsWith(text))),
  );
  const exact = candidates.find(({ name }) => name === text || name.endsWith(`/${text}`));
  const [only, another] = candidates;
  if (exact !== undefined) return exact.id;
  if (only !== undefined && another === undefined) return only.id;
  throw new UserError(
    only === undefined
      ? `Neither a run nor a dataset version of this model begins with "${text}".`
      : `"${text}" may be ${candidates.map(({ name }) => name).join(' or ')}: give more digits.`,
    'of',
  );
}

export const describeTree = (tree: LineageTree): string =>
  treeLines(tree)
    .map((line) => printable(line).replace(/[\r\n\t]+/g, ' '))
    .join('\n');

async function describeEndpoint(context: Context, name: string): Promise<EndpointFacts | undefined> {
  try {
    const answer = await context.sageMaker.send(new DescribeEndpointCommand({ EndpointName: name }));
    const image = answer.ProductionVariants?.[0]?.DeployedImages?.[0]?.ResolvedImage;
    return {
      name,
      status: answer.EndpointStatus ?? 'unknown',
      configName: answer.EndpointConfigName,
      image,
    };
  } catch (error) {
    if (error instanceof Error && /Could not find/.test(error.message)) return undefined;
    throw error;
  }
}
