import type { Command } from 'commander';
import { codeFacts } from '../../../lambdas/registry/lineage/code-version';
import { dataOf, findKnownRun, type KnownRun } from '../../../lambdas/registry/lineage/known-run';
import { UserError } from '../../errors';
import { print, table } from '../../output';
import { factLines, figure, moment, short } from '../../registry/format';
import {
  openRegistry,
  type Registry,
  type RegistryOptions,
  registryCommand,
  requireModel,
} from '../../registry/registry';

export function addShow(runs: Command): void {
  registryCommand(runs.command('show'))
    .description(
      'one run with params, metrics, verdict, data and code; of the pipeline, or logged by a client',
    )
    .argument('[run]', 'its id; of a run of the pipeline the first characters do (default: its newest)')
    .addHelpText('after', '\nExample:\n  flywheel runs show data-3fa9c1de-00000002 --local')
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RegistryOptions>();
      const run = await findRun(await openRegistry(options), id);
      print(options.json, run, () => describeRun(run));
    });
}

const SEARCHED = 200;

/** @throws UserError when there is no such run, or when several begin so. */
export async function findRun(registry: Registry, id: string | undefined): Promise<KnownRun> {
  const exact = id === undefined ? undefined : await findKnownRun(registry, id);
  if (exact !== undefined) return exact;
  const runs = await registry.store.listRuns(requireModel(registry), SEARCHED);
  const [found, another] = runs.filter(({ runId }) => runId.startsWith(id ?? ''));
  if (found === undefined) {
    throw new UserError(
      id === undefined
        ? 'No run has begun yet: drop data to start one.'
        : `No run is called "${id}", nor does one of the newest ${SEARCHED} begin so: see "flywheel runs list".`,
      'run',
    );
  }
  if (id !== undefined && another !== undefined) {
    throw new UserError(`"${id}" may be ${found.runId} or ${another.runId}: give more characters.`, 'run');
  }
  return found;
}

export function describeRun(run: KnownRun): string {
  const facts = factLines([
    ['run', run.runId],
    ['model', run.model],
    ['status', run.status],
    ['experiment', run.experimentId],
    ['by', run.user],
    ['trigger', run.trigger && `${run.trigger}: ${run.reasons.join('; ')}`],
    ['begun', `${moment(run.startedAt)} UTC`],
    ['ended', run.endedAt && `${moment(run.endedAt)} UTC`],
    ...dataOf(run).map(({ dataset, datasetVersion }) => ['data', `${dataset} ${datasetVersion}`] as const),
    ['compared with', run.championVersion === undefined ? undefined : `version ${run.championVersion}`],
    [
      'verdict',
      run.verdict &&
        `${run.verdict.accepted ? 'accepted' : 'not accepted'}: ${run.verdict.reasons.join('; ')}`,
    ],
    ['version', run.modelVersion === undefined ? undefined : String(run.modelVersion)],
    ['became', run.deployment],
    ['failure', run.failure],
    ['execution', run.executionArn],
    ...codeFacts(run),
  ]);
  const params = Object.entries(run.params).map(([name, value]) => [short(name, 50), short(value, 100)]);
  const metrics = metricRows(run);
  return [
    facts,
    ...(metrics.length === 0 ? [] : [table(['metric', 'candidate', 'champion'], metrics)]),
    ...(params.length === 0 ? [] : [table(['param', 'value'], params)]),
  ].join('\n\n');
}

function metricRows(run: KnownRun): string[][] {
  return Object.entries(run.metrics).map(([name, value]) => [
    short(name, 50),
    figure(value),
    figure(run.verdict?.champion?.[name]),
  ]);
}
