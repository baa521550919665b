import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { CHAMPION } from '../../lib/registry/contract';
import { StoryError } from './story-error';
import type { World } from './world';

/** Walks back from the live endpoint to the bytes of the data, and prints each link. */
export async function showLineage(world: World): Promise<void> {
  const { model } = world.outputs;
  const alias = await world.store.getAlias(model, CHAMPION);
  const version = alias === undefined ? undefined : await world.store.getModelVersion(model, alias.version);
  const run = version?.runId === undefined ? undefined : await world.store.getRun(version.runId);
  const endpoint = await world.context.sageMaker.send(new DescribeEndpointCommand({ EndpointName: model }));
  if (alias === undefined || version === undefined || run === undefined) {
    throw new StoryError(`The live model of ${model} can't be traced back to its run.`);
  }
  const links: [string, string][] = [
    ['endpoint', `${model}, ${endpoint.EndpointStatus}, configuration ${endpoint.EndpointConfigName}`],
    [
      'alias',
      `${CHAMPION} -> version ${alias.version} since ${alias.movedAt} (revision ${alias.revision}, before: ${alias.previous ?? 'none'})`,
    ],
    ['model version', `${version.version}, approved by ${version.approvedBy}, ${version.artifactUri}`],
    ['run', `${run.runId}, trigger ${run.trigger}: ${run.reasons.join('; ')}`],
    [
      'metrics',
      Object.entries(version.metrics)
        .map(([name, value]) => `${name} ${value.toFixed(4)}`)
        .join(', '),
    ],
    ['verdict', version.verdict?.reasons.join('; ') ?? 'none'],
    ['dataset version', `${run.datasetVersion}`],
  ];
  world.narrator.text('\nWhere the live model comes from:');
  for (const [name, text] of links) {
    world.narrator.text(`  ${name.padEnd(16)} ${text}`);
  }
}
