import { invalid, TableError, TransactionCanceled } from './errors';
import type { Items } from './items';
import { MAX_TRANSACTION_ACTIONS, MAX_TRANSACTION_BYTES } from './limits';
import type { Mutation } from './mutation';
import type { Request } from './requests';
import { type Action, allows, mutationOf, type PlannedWrite, plan } from './writes';

const FINE = { Code: 'None' };

/** What a transaction changes, all of it. @throws TransactionCanceled when any action is refused. */
export function transaction(actions: readonly Readonly<Record<string, Request>>[], items: Items): Mutation[] {
  const writes = planned(actions);
  const refusals = writes.map((write) =>
    allows(write, items)
      ? FINE
      : { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
  );
  if (refusals.some((reason) => reason !== FINE)) throw new TransactionCanceled(refusals);
  const mutations: Mutation[] = [];
  for (const [index, write] of writes.entries()) {
    try {
      const mutation = mutationOf(write, items);
      if (mutation !== undefined) mutations.push(mutation);
    } catch (error) {
      if (!(error instanceof TableError)) throw error;
      throw new TransactionCanceled(
        writes.map((_, at) => (at === index ? { Code: 'ValidationError', Message: error.message } : FINE)),
      );
    }
  }
  const bytes = mutations.reduce((sum, { entry }) => sum + (entry?.bytes ?? 0), 0);
  if (bytes > MAX_TRANSACTION_BYTES) {
    throw invalid('Transaction request exceeds the maximum size of 4 MB');
  }
  return mutations;
}

function planned(actions: readonly Readonly<Record<string, Request>>[]): PlannedWrite[] {
  if (actions.length === 0 || actions.length > MAX_TRANSACTION_ACTIONS) {
    throw invalid(
      `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to ${MAX_TRANSACTION_ACTIONS}; it has ${actions.length}`,
    );
  }
  const writes = actions.map((action) => {
    const [name, request] = Object.entries(action).find(([, value]) => value !== undefined)!;
    return plan(name as Action, request);
  });
  const keys = new Set(writes.map(({ key }) => `${key.pk}\u0000${key.sk}`));
  if (keys.size < writes.length) {
    throw invalid('Transaction request cannot include multiple operations on one item');
  }
  return writes;
}
