import type { Command } from 'commander';
import { addCompare } from './compare';
import { addList } from './list';
import { addShow } from './show';

/** `flywheel runs ...`: runs of the training pipeline, and those that clients log. */
export function addRuns(program: Command): void {
  const runs = program
    .command('runs')
    .description('runs of the training pipeline, and of experiments: why, with what, how well');
  for (const add of [addList, addShow, addCompare]) add(runs);
}
