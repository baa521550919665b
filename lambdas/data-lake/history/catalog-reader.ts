import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { DatasetSk, datasetPk } from '../../../lib/data-lake/contract';
import type { DatasetVersion } from '../entities';
import type { PointerMove } from './as-of';

/** What the catalog tells of a dataset's past. Reads are strongly consistent. */
export interface Catalog {
  /** All versions, quarantined ones as well, oldest first. */
  versions(dataset: string): Promise<DatasetVersion[]>;
  version(dataset: string, id: string): Promise<DatasetVersion | undefined>;
  /** Which version is current, and how often the pointer has moved. */
  current(dataset: string): Promise<{ readonly version: string; readonly revision: number } | undefined>;
  /** Every move of the pointer, oldest first. */
  moves(dataset: string): Promise<PointerMove[]>;
}

const VERSION_PREFIX = DatasetSk.version('');

/** The record without the attributes that only place it in the table. */
function withoutKeys<T>({ PK, SK, GSI1PK, GSI1SK, ...record }: Record<string, unknown>): T {
  return record as T;
}

/** @param table the lake's catalog */
export function readCatalog(client: DynamoDBDocumentClient, table: string): Catalog {
  async function get<T>(dataset: string, SK: string): Promise<T | undefined> {
    const Key = { PK: datasetPk(dataset), SK };
    const { Item } = await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    return Item === undefined ? undefined : withoutKeys<T>(Item);
  }

  async function query<T>(dataset: string, prefix: string): Promise<T[]> {
    const found: T[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
          ExpressionAttributeValues: { ':pk': datasetPk(dataset), ':prefix': prefix },
          ConsistentRead: true,
          ExclusiveStartKey,
        }),
      );
      found.push(...(page.Items ?? []).map((item) => withoutKeys<T>(item)));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return found;
  }

  return {
    async versions(dataset) {
      const all = await query<DatasetVersion>(dataset, VERSION_PREFIX);
      return all.sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0));
    },
    version: (dataset, id) => get(dataset, DatasetSk.version(id)),
    current: (dataset) => get(dataset, DatasetSk.CURRENT),
    moves: (dataset) => query(dataset, DatasetSk.HISTORY_PREFIX),
  };
}
