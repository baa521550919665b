import { modelPk, RegistrySk, TTL_ATTRIBUTE } from '../../../lib/registry/contract';
import type { PendingTrigger, SettledTrigger } from '../entities';
import {
  CONDITION_FAILED,
  getItem,
  queryItems,
  type RegistryTable,
  transact,
  untilUncontended,
  withoutKeys,
} from './table';

const REMEMBER_SECONDS = 90 * 24 * 3600;

/**
 * Keeps a trigger until it is settled. The same key again changes nothing.
 *
 * @returns `pending`, or how the trigger was settled before.
 */
export async function putPendingTrigger(
  table: RegistryTable,
  model: string,
  trigger: PendingTrigger,
): Promise<'pending' | SettledTrigger> {
  const pk = modelPk(model);
  return untilUncontended(table, `Keeping trigger "${trigger.key}" of model "${model}"`, async () => {
    const refused = await transact(table, [
      {
        Put: {
          TableName: table.name,
          Item: { ...trigger, PK: pk, SK: RegistrySk.pending(trigger.key), entity: 'trigger' },
          ConditionExpression: 'attribute_not_exists(PK)',
        },
      },
      {
        ConditionCheck: {
          TableName: table.name,
          Key: { PK: pk, SK: RegistrySk.settled(trigger.key) },
          ConditionExpression: 'attribute_not_exists(PK)',
        },
      },
    ]);
    if (refused === undefined) return 'pending' as const;
    const [pending, settled] = refused;
    if (settled === CONDITION_FAILED) return getSettledTrigger(table, model, trigger.key);
    return pending === CONDITION_FAILED ? ('pending' as const) : undefined;
  });
}

/** In the order of their keys. */
export async function listPendingTriggers(table: RegistryTable, model: string): Promise<PendingTrigger[]> {
  return (await queryItems(table, modelPk(model), 'PENDING#')).map((item) =>
    withoutKeys<PendingTrigger>(item),
  );
}

/** How a trigger was settled; it is remembered for 90 days. */
export async function getSettledTrigger(
  table: RegistryTable,
  model: string,
  key: string,
): Promise<SettledTrigger | undefined> {
  const item = await getItem(table, modelPk(model), RegistrySk.settled(key));
  if (item === undefined) return undefined;
  const { [TTL_ATTRIBUTE]: _forgottenAt, ...settled } = withoutKeys<SettledTrigger & Record<string, unknown>>(
    item,
  );
  return settled as unknown as SettledTrigger;
}

/** Ends a trigger's wait: removes it and remembers what became of it. The first settlement stands. */
export async function settleTrigger(
  table: RegistryTable,
  model: string,
  settled: SettledTrigger,
): Promise<void> {
  const pk = modelPk(model);
  await untilUncontended(table, `Settling trigger "${settled.key}" of model "${model}"`, async () => {
    const refused = await transact(table, [
      { Delete: { TableName: table.name, Key: { PK: pk, SK: RegistrySk.pending(settled.key) } } },
      {
        Put: {
          TableName: table.name,
          Item: {
            ...settled,
            PK: pk,
            SK: RegistrySk.settled(settled.key),
            entity: 'settled-trigger',
            [TTL_ATTRIBUTE]: Math.floor(Date.parse(settled.at) / 1000) + REMEMBER_SECONDS,
          },
          ConditionExpression: 'attribute_not_exists(PK)',
        },
      },
    ]);
    return refused === undefined || refused[1] === CONDITION_FAILED ? true : undefined;
  });
}
