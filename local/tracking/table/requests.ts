import { unsupported } from './errors';
import type { Placeholders } from './expressions';
import type { Item, Value } from './values';

/** What the commands of the document client carry, as far as the table understands them. */
export interface Request {
  readonly TableName?: string;
  readonly Key?: Readonly<Record<string, Value>>;
  readonly Item?: Item;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, Value>>;
  readonly ConsistentRead?: boolean;
  readonly IndexName?: string;
  readonly Limit?: number;
  readonly ScanIndexForward?: boolean;
  readonly ExclusiveStartKey?: Readonly<Record<string, Value>>;
  readonly Select?: string;
  readonly ReturnValues?: string;
}

/** @throws when the request carries something that the table would silently ignore. */
export function checkParameters(operation: string, request: object, known: ReadonlySet<string>): void {
  for (const [name, value] of Object.entries(request)) {
    if (value !== undefined && !known.has(name)) throw unsupported(`${name} of ${operation}`);
  }
}

export const placeholdersOf = (request: Request): Placeholders => ({
  names: request.ExpressionAttributeNames,
  values: request.ExpressionAttributeValues,
});

const EXPRESSIONS = ['ExpressionAttributeNames', 'ExpressionAttributeValues'];

/** Parameters that each operation takes. */
export const PARAMETERS = {
  Get: new Set(['TableName', 'Key', 'ConsistentRead']),
  Put: new Set(['TableName', 'Item', 'ConditionExpression', 'ReturnValues', ...EXPRESSIONS]),
  Update: new Set([
    'TableName',
    'Key',
    'UpdateExpression',
    'ConditionExpression',
    'ReturnValues',
    ...EXPRESSIONS,
  ]),
  Delete: new Set(['TableName', 'Key', 'ConditionExpression', 'ReturnValues', ...EXPRESSIONS]),
  ConditionCheck: new Set(['TableName', 'Key', 'ConditionExpression', ...EXPRESSIONS]),
  Query: new Set([
    'TableName',
    'IndexName',
    'KeyConditionExpression',
    'FilterExpression',
    'ConsistentRead',
    'Limit',
    'ScanIndexForward',
    'ExclusiveStartKey',
    'Select',
    ...EXPRESSIONS,
  ]),
  BatchGet: new Set(['RequestItems']),
  BatchWrite: new Set(['RequestItems']),
  TransactWrite: new Set(['TransactItems', 'ClientRequestToken']),
} as const satisfies Record<string, ReadonlySet<string>>;
