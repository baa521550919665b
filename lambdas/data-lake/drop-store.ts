import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { DatasetSk, datasetPk } from '../../lib/data-lake/contract';
import type { Closing, DropEvent, OpenDrop } from './drop';

/** Where the state of drops is kept. */
export interface DropStore {
  /** Counts one more event, opening the drop when none is open. */
  record(event: DropEvent, now: Date): Promise<OpenDrop>;
  /** Closes the drop unless a newer event has a closing of its own; says whether it did. */
  close(closing: Closing, limit: string, now: Date): Promise<boolean>;
  /** Whether a drop is open whose first object came after the limit: its closing is still to come. */
  isOpen(dataset: string, limit: string): Promise<boolean>;
  /** Up to which event drops are closed; undefined while none was. */
  closedSequence(dataset: string): Promise<number | undefined>;
}

/** Drops in the catalog table, one item a dataset; every change is one conditional or additive write. */
export function dropStore(client: DynamoDBDocumentClient, table: string): DropStore {
  const key = (dataset: string) => ({ PK: datasetPk(dataset), SK: DatasetSk.DROP });
  const read = async (dataset: string) =>
    (await client.send(new GetCommand({ TableName: table, Key: key(dataset), ConsistentRead: true }))).Item;
  return {
    async record({ dataset, at, deleted }, now) {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName: table,
          Key: key(dataset),
          UpdateExpression:
            'SET #sequence = if_not_exists(#sequence, :zero) + :one, ' +
            'firstEventAt = if_not_exists(firstEventAt, :eventAt), lastEventAt = :now, dataset = :dataset, ' +
            `created = ${deleted ? 'if_not_exists(created, :created)' : ':created'}`,
          ExpressionAttributeNames: { '#sequence': 'sequence' },
          ExpressionAttributeValues: {
            ':zero': 0,
            ':one': 1,
            ':eventAt': at,
            ':created': !deleted,
            ':now': now.toISOString(),
            ':dataset': dataset,
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      const { sequence, firstEventAt, created } = Attributes as OpenDrop;
      return { dataset, sequence, firstEventAt, created };
    },

    async close(closing, limit, now) {
      try {
        await client.send(
          new UpdateCommand({
            TableName: table,
            Key: key(closing.dataset),
            // The drop's sequence, not the closing's: it never goes back, whichever closing comes again.
            UpdateExpression: 'SET closedAt = :now, closedSequence = #sequence REMOVE firstEventAt, created',
            ConditionExpression: closing.marker
              ? '#sequence >= :sequence'
              : '#sequence = :sequence OR firstEventAt <= :limit',
            ExpressionAttributeNames: { '#sequence': 'sequence' },
            ExpressionAttributeValues: {
              ':now': now.toISOString(),
              ':sequence': closing.sequence,
              ...(closing.marker ? {} : { ':limit': limit }),
            },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },

    async isOpen(dataset, limit) {
      const firstEventAt: unknown = (await read(dataset))?.firstEventAt;
      return typeof firstEventAt === 'string' && firstEventAt > limit;
    },

    closedSequence: async (dataset) => (await read(dataset))?.closedSequence as number | undefined,
  };
}
