import type { Command } from 'commander';
import { type ComparedRow, compareRuns } from '../../../lambdas/registry/lineage/compare-runs';
import type { KnownRun } from '../../../lambdas/registry/lineage/known-run';
import { UserError } from '../../errors';
import { print, table } from '../../output';
import { figure, short } from '../../registry/format';
import { openRegistry, type RegistryOptions, registryCommand } from '../../registry/registry';
import { findRun } from './show';

export function addCompare(runs: Command): void {
  registryCommand(runs.command('compare'))
    .description('runs side by side: data, code, params and metrics')
    .argument('<runs...>', 'two or more ids; of runs of the pipeline the first characters do')
    .option('--all', 'also show in what they are alike')
    .addHelpText(
      'after',
      '\nExample:\n  flywheel runs compare data-3fa9c1de-00000002 drift-81b2a0c4-00000003',
    )
    .action(async (ids: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RegistryOptions & { all?: boolean }>();
      if (ids.length < 2) throw new UserError('Give two runs or more to compare.', 'runs');
      const registry = await openRegistry(options);
      const found = await Promise.all(ids.map((id) => findRun(registry, id)));
      const rows = compareRuns(found);
      print(options.json, { runs: found.map(({ runId }) => runId), rows }, () =>
        describeComparison(found, rows, options.all ?? false),
      );
    });
}

export function describeComparison(
  runs: readonly KnownRun[],
  rows: readonly ComparedRow[],
  all: boolean,
): string {
  const shown = rows.filter((row) => all || row.differs);
  const lines = table(
    ['', 'name', ...runs.map(({ runId }) => runId)],
    [
      ['run', 'status', ...runs.map(({ status }) => status)],
      ...shown.map(({ kind, name, values }) => [
        kind,
        short(name, 40),
        ...values.map((value) => (typeof value === 'number' ? figure(value) : short(value, 40))),
      ]),
    ],
  );
  const alike = rows.length - shown.length;
  return alike === 0 ? lines : `${lines}\nAlike in ${alike} more; see them with --all`;
}
