import type { Command } from 'commander';
import { addAccept } from './accept';
import { addAsOf } from './as-of';
import { addDiff } from './diff';
import { addGc } from './gc';
import { addGet } from './get';
import { addLineage } from './lineage';
import { addList } from './list';
import { addSchema } from './schema';
import { addShow } from './show';
import { addTag } from './tag';
import { addValidate } from './validate';

export function addData(program: Command): void {
  const data = program
    .command('data')
    .description('dataset versions: what there is, what changed, what came of it')
    .addHelpText('after', '\nExamples:\n  flywheel data list --local\n  flywheel data diff 3fa9c1 current');
  for (const add of [
    ...[addList, addShow, addDiff, addAsOf, addGet],
    ...[addSchema, addValidate, addAccept, addTag, addGc, addLineage],
  ]) {
    add(data);
  }
}
