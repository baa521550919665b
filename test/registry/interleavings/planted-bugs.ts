import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { RegistrySk } from '../../../lib/registry/contract';
import type { Bug, Command } from './harness';

type Action = Record<string, { Item?: Record<string, unknown>; Key?: Record<string, unknown> } & object>;

const itemOf = (action: Action): Record<string, unknown> => {
  const [write] = Object.values(action);
  return write?.Item ?? write?.Key ?? {};
};

const sortKey = (action: Action): string => String(itemOf(action).SK);

/** A bug in transactions: what each action becomes; none when it is left out. */
const inTransactions =
  (change: (action: Action) => readonly Action[]): Bug =>
  (command) => {
    if (!(command instanceof TransactWriteCommand)) return [command];
    const TransactItems = (command.input.TransactItems as unknown as Action[]).flatMap(change);
    return [new TransactWriteCommand({ ...command.input, TransactItems } as never)];
  };

const withoutCondition = ([kind, write]: [string, object]): Action => {
  const {
    ConditionExpression: _c,
    ExpressionAttributeValues: _v,
    ...rest
  } = write as Record<string, unknown>;
  return { [kind]: rest } as Action;
};

/** Writes of the model, its versions and its trail no longer depend on what was read. */
export const droppedCondition: Bug = inTransactions((action) => {
  const isOfModel = sortKey(action) === 'META' || /^(VERSION|AUDIT)#/.test(sortKey(action));
  return [isOfModel ? withoutCondition(Object.entries(action)[0]!) : action];
});

/** The champion is looked up as an index would answer: some writes late. */
export const readFromAnIndex: Bug = (command) =>
  command instanceof GetCommand && String(command.input.Key?.SK).startsWith('ALIAS#')
    ? [new GetCommand({ ...command.input, ConsistentRead: undefined })]
    : [command];

/** The token of a registration is not kept. */
export const lostToken: Bug = inTransactions((action) =>
  sortKey(action).startsWith('TOKEN#') ? [] : [action],
);

/** A version is numbered by the minute in which it was made instead of by those that are there. */
export const orderedByTime: Bug = inTransactions((action) => {
  const item = itemOf(action);
  if (!sortKey(action).startsWith('VERSION#') || item.createdAt === undefined) return [action];
  const version = (Math.floor(Date.parse(String(item.createdAt)) / 60_000) % 10) + 1;
  return [{ Put: { ...action.Put, Item: { ...item, version, SK: RegistrySk.version(version) } } } as Action];
});

/** The champion is moved in two steps: first the alias, then the model and its trail. */
export const twoStepPromote: Bug = (command) => {
  if (!(command instanceof TransactWriteCommand)) return [command];
  const actions = command.input.TransactItems as unknown as Action[];
  const alias = actions.find((action) => action.Put !== undefined && sortKey(action).startsWith('ALIAS#'));
  if (alias === undefined) return [command];
  return [
    new TransactWriteCommand({ TransactItems: [alias] as never }),
    new TransactWriteCommand({ TransactItems: actions.filter((action) => action !== alias) as never }),
  ];
};

/** Registrations no longer check the lease that they were made under. */
export const noFence: Bug = inTransactions((action) =>
  sortKey(action).startsWith('LEASE#') ? [] : [action],
);

/** Reads of runs do not ask for consistency. */
export const eventuallyConsistentRead: Bug = (command) => {
  const { ConsistentRead, ...input } = command.input;
  if (ConsistentRead !== true) return [command];
  return [new command.constructor(input) as Command];
};
