import type { Command } from 'commander';
import { addApprove, addReject } from './approve';
import { addHistory } from './history';
import { addLineage } from './lineage';
import { addList } from './list';
import { addPromote } from './promote';
import { addRequestApproval } from './request-approval';
import { addRollback } from './rollback';
import { addShow } from './show';

/** `flywheel models ...`: the registry of models. */
export function addModels(program: Command): void {
  const models = program.command('models').description('models, their versions, and who may go live');
  for (const add of [
    addList,
    addShow,
    addRequestApproval,
    addApprove,
    addReject,
    addPromote,
    addRollback,
    addHistory,
    addLineage,
  ]) {
    add(models);
  }
}
