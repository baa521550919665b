import type { Command } from 'commander';
import type { Run } from '../../../lambdas/registry/entities';
import { codeName } from '../../../lambdas/registry/lineage/code-version';
import type { KnownRun } from '../../../lambdas/registry/lineage/known-run';
import { age, print, table } from '../../output';
import { experimentRuns } from '../../registry/experiment-runs';
import { figure, short } from '../../registry/format';
import { openRegistry, type RegistryOptions, registryCommand, requireModel } from '../../registry/registry';
import { countOf } from '../../registry/version-argument';
import { serverTime } from '../../server-time';

interface ListOptions extends RegistryOptions {
  readonly limit: string;
  readonly status?: string;
  readonly experiment?: string;
}

export function addList(runs: Command): void {
  registryCommand(runs.command('list'))
    .description('the newest runs of the pipeline, or of an experiment: how they ended, how well they did')
    .option('--limit <n>', 'at most so many', '20')
    .option('--status <status>', 'only RUNNING, FINISHED, FAILED or REJECTED ones')
    .option(
      '--experiment <name or id>',
      'runs that clients of MLflow logged there (default: those of the pipeline)',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel runs list --local\n  flywheel runs list --status FAILED --limit 5 --json\n  flywheel runs list --experiment churn',
    )
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ListOptions>();
      const limit = countOf(options.limit);
      const registry = await openRegistry(options);
      const { experiment, status } = options;
      const found =
        experiment !== undefined
          ? await experimentRuns(registry, experiment, limit, status)
          : await newest(registry.store.listRuns, requireModel(registry), limit, status);
      const now = new Date(await serverTime(registry.context));
      print(options.json, found, () =>
        found.length === 0 && experiment !== undefined
          ? 'The experiment has no such run.'
          : describeRuns(found, now),
      );
    });
}

/** Asks for more as long as too few have the status. */
async function newest(
  list: (model: string, limit: number) => Promise<Run[]>,
  model: string,
  limit: number,
  status: string | undefined,
): Promise<Run[]> {
  for (let asked = limit; ; asked *= 4) {
    const runs = await list(model, asked);
    const wanted = runs.filter((run) => status === undefined || run.status === status.toUpperCase());
    if (wanted.length >= limit || runs.length < asked) return wanted.slice(0, limit);
  }
}

export function describeRuns(runs: readonly KnownRun[], now: Date): string {
  if (runs.length === 0) return 'No run has begun yet: drop data to start one.';
  return table(
    ['run', 'trigger', 'status', 'metrics', 'version', 'became', 'data', 'code', 'begun', 'took'],
    runs.map((run) => [
      run.runId,
      run.trigger ?? '-',
      run.status,
      short(
        Object.entries(run.verdict?.candidate ?? run.metrics)
          .slice(0, 2)
          .map(([name, value]) => `${name} ${figure(value)}`)
          .join(', ') || '-',
        40,
      ),
      run.modelVersion === undefined ? '-' : String(run.modelVersion),
      run.deployment ?? '-',
      short(run.datasetVersion?.slice(0, 8), 8),
      short(codeName(run), 26),
      age(run.startedAt, now),
      took(run, now),
    ]),
  );
}

function took(run: KnownRun, now: Date): string {
  const seconds =
    ((run.endedAt === undefined ? now.getTime() : Date.parse(run.endedAt)) - Date.parse(run.startedAt)) /
    1000;
  const text = seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
  return run.endedAt === undefined ? `${text} so far` : text;
}
