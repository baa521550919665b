import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { DatasetSk, datasetPk } from '../../../lib/data-lake/contract';
import { COLLECTING } from './gc-plan';

/** The steps of a removal that the catalog keeps. */
export interface VersionItems {
  /**
   * Marks a version, so that it cannot become current any more.
   *
   * @throws StillCurrentError when it is current by now
   */
  markCollecting(dataset: string, id: string): Promise<void>;
  /** Notes that the version's objects are gone, so that its manifest need not be read again. */
  markObjectsDeleted(dataset: string, id: string, at: Date): Promise<void>;
  remove(dataset: string, id: string): Promise<void>;
}

/** A version became current while it was about to be removed. */
export class StillCurrentError extends Error {
  override readonly name = 'StillCurrentError';
}

export function versionItems(client: DynamoDBDocumentClient, table: string): VersionItems {
  const itemOf = (dataset: string, id: string) => ({
    TableName: table,
    Key: { PK: datasetPk(dataset), SK: DatasetSk.version(id) },
  });
  return {
    async markCollecting(dataset, id) {
      const isOther = {
        TableName: table,
        Key: { PK: datasetPk(dataset), SK: DatasetSk.CURRENT },
        ConditionExpression: 'attribute_not_exists(PK) OR #version <> :id',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':id': id },
      };
      const marked = {
        ...itemOf(dataset, id),
        UpdateExpression: 'SET #status = :collecting',
        ConditionExpression: 'attribute_exists(PK)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':collecting': COLLECTING },
      };
      try {
        await client.send(
          new TransactWriteCommand({ TransactItems: [{ ConditionCheck: isOther }, { Update: marked }] }),
        );
      } catch (error) {
        if ((error as Error).name !== 'TransactionCanceledException') throw error;
        throw new StillCurrentError(
          `Version ${id} of dataset ${dataset} became current in this moment: nothing of it was removed. Run gc again.`,
        );
      }
    },

    async markObjectsDeleted(dataset, id, at) {
      await client.send(
        new UpdateCommand({
          ...itemOf(dataset, id),
          UpdateExpression: 'SET objectsDeletedAt = if_not_exists(objectsDeletedAt, :at)',
          ConditionExpression: 'attribute_exists(PK)',
          ExpressionAttributeValues: { ':at': at.toISOString() },
        }),
      );
    },

    async remove(dataset, id) {
      await client.send(new DeleteCommand(itemOf(dataset, id)));
    },
  };
}
