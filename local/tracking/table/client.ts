import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unsupported } from './errors';
import type { Request } from './requests';
import type { BatchGetRequest, BatchWriteRequest, Table, TransactWriteRequest } from './table';

type Answer = (table: Table, input: never) => object;

const ANSWERS = new Map<unknown, Answer>([
  [GetCommand, (table, input: Request) => table.get(input)],
  [QueryCommand, (table, input: Request) => table.query(input)],
  [PutCommand, (table, input: Request) => table.write('Put', input)],
  [UpdateCommand, (table, input: Request) => table.write('Update', input)],
  [DeleteCommand, (table, input: Request) => table.write('Delete', input)],
  [TransactWriteCommand, (table, input: TransactWriteRequest) => table.transact(input)],
  [BatchWriteCommand, (table, input: BatchWriteRequest) => table.batchWrite(input)],
  [BatchGetCommand, (table, input: BatchGetRequest) => table.batchGet(input)],
]);

/** The table behind the client that stores take. Other tables cannot be reached through it: it ignores names. */
export function documentClient(table: Table): DynamoDBDocumentClient {
  return {
    send: async (command: { readonly constructor: unknown; readonly input: never }) => {
      const answer = ANSWERS.get(command.constructor);
      if (answer === undefined) throw unsupported(String((command.constructor as { name?: string }).name));
      return answer(table, command.input);
    },
    destroy: () => undefined,
  } as unknown as DynamoDBDocumentClient;
}
